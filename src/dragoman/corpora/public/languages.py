"""What a language is called elsewhere: public corpora have codes of their own. A table, and no more."""

_CODES = """
af afr afr_Latn
ar ara arb_Arab
az aze azj_Latn
be bel bel_Cyrl
bg bul bul_Cyrl
bn ben ben_Beng
ca cat cat_Latn
cs ces ces_Latn
da dan dan_Latn
de deu deu_Latn
el ell ell_Grek
en eng eng_Latn
es spa spa_Latn
et est est_Latn
eu eus eus_Latn
fa pes pes_Arab
fi fin fin_Latn
fr fra fra_Latn
ga gle gle_Latn
gl glg glg_Latn
gu guj guj_Gujr
he heb heb_Hebr
hi hin hin_Deva
hr hrv hrv_Latn
hu hun hun_Latn
hy hye hye_Armn
id ind ind_Latn
is isl isl_Latn
it ita ita_Latn
ja jpn jpn_Jpan
ka kat kat_Geor
kk kaz kaz_Cyrl
ko kor kor_Hang
lt lit lit_Latn
lv lvs lvs_Latn
mk mkd mkd_Cyrl
ml mal mal_Mlym
mr mar mar_Deva
ms zsm zsm_Latn
mt mlt mlt_Latn
nb nob nob_Latn
nl nld nld_Latn
pl pol pol_Latn
pt por por_Latn
ro ron ron_Latn
ru rus rus_Cyrl
sk slk slk_Latn
sl slv slv_Latn
sq sqi als_Latn
sr srp srp_Cyrl
sv swe swe_Latn
sw swh swh_Latn
ta tam tam_Taml
te tel tel_Telu
th tha tha_Thai
tl tgl tgl_Latn
tr tur tur_Latn
uk ukr ukr_Cyrl
ur urd urd_Arab
vi vie vie_Latn
yue yue yue_Hant
zh cmn zho_Hans
"""
_TABLE = {line.split()[0]: line.split()[1:] for line in _CODES.strip().splitlines()}


def tatoeba_code(language: str) -> str | None:
    """The three-letter code that Tatoeba has for a BCP-47 tag; such a code itself is left as it is."""
    if language in _TABLE:
        return _TABLE[language][0]
    return language if len(language) == 3 else None


def flores_code(language: str) -> str | None:
    """The code with a script that FLORES has for a BCP-47 tag; such a code itself is left as it is."""
    if language in _TABLE:
        return _TABLE[language][1]
    return language if len(language) == 8 and language[3] == "_" else None


def plain_code(code: str) -> str:
    """The BCP-47 tag of a two- or three-letter code (``en``, ``eng``); an unknown one is left as it is."""
    return next((language for language, others in _TABLE.items() if code == others[0]), code)
