"""The catalogue: which public corpora there are by name, where they lie, and under which licence.

An entry is data alone. Addresses hold the names of languages in braces (:mod:`dragoman.corpora.public.orders` fills
them in); a checksum stands where somebody published one: sacreBLEU for the WMT, IWSLT and Multi30k files, the users of
FLORES for its archive. Where none stands, the first fetch notes one.
"""

from dataclasses import dataclass
from typing import Literal

Form = Literal["lines", "columns", "segments", "tagged"]
"""How text stands in a file: one to a line; both sides as columns; inside ``<seg>``; on lines among lines of tags."""


@dataclass(frozen=True, slots=True)
class File:
    """One file to download.

    Attributes:
        url: its address.
        checksum: ``sha256:…`` or ``md5:…``, or "" where none is known.
    """

    url: str
    checksum: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One pair of files to be made.

    Attributes:
        stem: its name before the language.
        members: where the two sides stand: names inside an archive, or of downloads themselves without ``.gz``.
        form: how the text stands there.
    """

    stem: str
    members: tuple[str, str]
    form: Form = "lines"


@dataclass(frozen=True, slots=True)
class Entry:
    """One public corpus.

    Attributes:
        about: one line: what it is.
        licence: its name, and where that does not tell enough, what it means.
        is_free: whether anybody may use it for anything, perhaps with a mention; if not, it has to be accepted.
        citation: whom to thank.
        page: where to read more.
        pairs: as ``en-de``; empty where they are too many to list, and then ``example`` has one.
        files: what to download; those of a pair in ``files_of`` come instead.
        parts: what becomes of it.
        is_directed: whether en-de and de-en are different files.
    """

    about: str
    licence: str
    is_free: bool
    citation: str
    page: str
    files: tuple[File, ...]
    parts: tuple[Part, ...]
    pairs: tuple[str, ...] = ()
    example: str = ""
    files_of: dict[str, tuple[File, ...]] | None = None
    is_directed: bool = False


_MULTI30K = "https://raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw"
_WIT3 = "https://raw.githubusercontent.com/hlt-mt/WIT3/master/archive/2017-01-trnted"
_WMT_LICENCE = "free for research, says the shared task; the texts belong to the newspapers they are from"
_TED_LICENCE = "CC BY-NC-ND 4.0 (TED talks: no commercial use, no changed copies)"


def _sides(name: str) -> tuple[str, str]:
    return name.replace("{side}", "{source}"), name.replace("{side}", "{target}")


def _news(year: int, url: str, md5: str, name: str, pairs: str, *, is_directed: bool = True) -> Entry:
    """The news test set of a year of WMT."""
    members = (name.format(kind="src", side="{source}"), name.format(kind="ref", side="{target}"))
    return Entry(
        about=f"the news test set of WMT {year}, as sacreBLEU has it",
        licence=_WMT_LICENCE,
        is_free=False,
        citation=f"WMT {year} shared task on translation; Post 2018, A Call for Clarity in Reporting BLEU Scores",
        page=f"https://www.statmt.org/wmt{year % 100:02}/translation-task.html",
        files=(File(url, f"md5:{md5}"),),
        parts=(Part("test", members, "segments"),),
        pairs=tuple(pairs.split()),
        is_directed=is_directed,
    )


def _both_ways(pairs: str) -> str:
    return " ".join(f"{pair} {'-'.join(pair.split('-')[::-1])}" for pair in pairs.split())


_IWSLT_MD5 = {
    "en-de": "d8a32cfc002a4f12b17429cfa78050e6",
    "de-en": "ca2b94d694150d4d6c5dc64c200fa589",
    "en-fr": "3cf07ebe305312b12f7f1a4d5f8f8377",
    "fr-en": "19927da9de0f40348cad9c0fc61642ac",
    "en-zh": "575b788dad6c5b9c5cee636f9ac1094a",
    "zh-en": "1c0ae40171d52593df8a6963d3828116",
}


def _talks(name: str, path: str) -> Part:
    return Part(name, _sides(path.replace("{name}", name)), "segments")


ENTRIES: dict[str, Entry] = {
    "tatoeba": Entry(
        about="short everyday sentences by volunteers, English with another language (the choice of manythings.org)",
        licence="CC BY 2.0 FR (name tatoeba.org and manythings.org/anki)",
        is_free=True,
        citation="Tatoeba, https://tatoeba.org; selected by https://www.manythings.org/anki",
        page="https://www.manythings.org/anki/",
        files=(File("https://www.manythings.org/anki/{foreign3}-eng.zip"),),
        parts=(Part("all", ("{foreign3}.txt", "{foreign3}.txt"), "columns"),),
        example="en-de",
    ),
    "multi30k": Entry(
        about="captions of pictures: 29,000 pairs to train on, 1,014 for validation, three test sets",
        licence="for non-commercial research and education (its repository names no licence; Flickr's terms apply)",
        is_free=False,
        citation="Elliott et al. 2016, Multi30K: Multilingual English-German Image Descriptions",
        page="https://github.com/multi30k/dataset",
        files=tuple(
            File(f"{_MULTI30K}/{stem}.{side}.gz")
            for stem in ("train", "val", "test_2016_flickr")
            for side in ("{source}", "{target}")
        ),
        parts=(
            Part("train", _sides("train.{side}")),
            Part("validation", _sides("val.{side}")),
            Part("test", _sides("test_2016_flickr.{side}")),
        ),
        pairs=("en-de", "en-fr", "en-cs", "de-fr", "de-cs", "fr-cs"),
    ),
    "flores200": Entry(
        about="the same 997 (dev) and 1,012 (devtest) sentences in 204 languages",
        licence="CC BY-SA 4.0",
        is_free=True,
        citation="NLLB Team 2022, No Language Left Behind; Goyal et al. 2022, The FLORES-101 Evaluation Benchmark",
        page="https://github.com/facebookresearch/flores",
        files=(
            File(
                "https://dl.fbaipublicfiles.com/nllb/flores200_dataset.tar.gz",
                "sha256:b8b0b76783024b85797e5cc75064eb83fc5288b41e9654dabc7be6ae944011f6",
            ),
        ),
        parts=(
            Part("dev", ("flores200_dataset/dev/{source_flores}.dev", "flores200_dataset/dev/{target_flores}.dev")),
            Part(
                "devtest",
                (
                    "flores200_dataset/devtest/{source_flores}.devtest",
                    "flores200_dataset/devtest/{target_flores}.devtest",
                ),
            ),
        ),
        example="en-de",
    ),
    "opus": Entry(
        about="any corpus of OPUS by its name and version: parliament, subtitles, software, the web…",
        licence="differs from corpus to corpus: read its page before you use it",
        is_free=False,
        citation="Tiedemann 2012, Parallel Data, Tools and Interfaces in OPUS; and the makers of the corpus",
        page="https://opus.nlpl.eu/{corpus}/corpus/version/{corpus}",
        files=(File("https://object.pouta.csc.fi/OPUS-{corpus}/{version}/moses/{first}-{second}.txt.zip"),),
        parts=(Part("all", ("{corpus}.{first}-{second}.{source}", "{corpus}.{first}-{second}.{target}")),),
        example="opus:Tatoeba/v2023-04-12:de-fr",
    ),
    "iwslt17": Entry(
        about="TED talks of IWSLT 2017: about 200,000 pairs to train on, dev2010, tst2010 to tst2015",
        licence=_TED_LICENCE,
        is_free=False,
        citation="Cettolo, Girardi & Federico 2012, WIT3: Web Inventory of Transcribed and Translated Talks",
        page="https://wit3.fbk.eu",
        files=(),
        files_of={
            pair: (File(f"{_WIT3}/texts/{pair.replace('-', '/')}/{pair}.tgz", f"md5:{md5}"),)
            for pair, md5 in _IWSLT_MD5.items()
        },
        parts=(
            Part("train", _sides("{source}-{target}/train.tags.{source}-{target}.{side}"), "tagged"),
            *(
                _talks(name, "{source}-{target}/IWSLT17.TED.{name}.{source}-{target}.{side}.xml")
                for name in ("dev2010", "tst2010", "tst2011", "tst2012", "tst2013", "tst2014", "tst2015")
            ),
        ),
        pairs=tuple(_IWSLT_MD5),
        is_directed=True,
    ),
    "iwslt14": Entry(
        about="TED talks of IWSLT 2014, German-English, as fairseq hands them out: about 170,000 pairs to train on",
        licence=_TED_LICENCE,
        is_free=False,
        citation="Cettolo et al. 2014, Report on the 11th IWSLT Evaluation Campaign",
        page="https://github.com/facebookresearch/fairseq/tree/main/examples/translation",
        files=(File("https://dl.fbaipublicfiles.com/fairseq/data/iwslt14/de-en.tgz"),),
        parts=(
            Part("train", _sides("de-en/train.tags.de-en.{side}"), "tagged"),
            *(
                _talks(name, "de-en/IWSLT14.TED.{name}.de-en.{side}.xml")
                for name in ("dev2010", "tst2010", "tst2011", "tst2012")
            ),
        ),
        pairs=("de-en",),
    ),
    "wmt13": _news(
        2013,
        "https://statmt.org/wmt13/test.tgz",
        "48eca5d02f637af44e85186847141f67",
        "test/newstest2013-src.{side}.sgm",
        "en-cs en-de en-es en-fr en-ru",
        is_directed=False,
    ),
    "wmt14": _news(
        2014,
        "https://statmt.org/wmt14/test-full.tgz",
        "a8cd784e006feb32ac6f3d9ec7eb389a",
        "test-full/newstest2014-{{foreign}}en-{kind}.{side}.sgm",
        _both_ways("cs-en de-en fr-en hi-en ru-en"),
    ),
    "wmt16": _news(
        2016,
        "https://data.statmt.org/wmt16/translation-task/test.tgz",
        "3d809cd0c2c86adb2c67034d15c4e446",
        "test/newstest2016-{{source}}{{target}}-{kind}.{side}.sgm",
        _both_ways("cs-en de-en fi-en ro-en ru-en tr-en"),
    ),
    "wmt17": _news(
        2017,
        "https://data.statmt.org/wmt17/translation-task/test.tgz",
        "86a1724c276004aa25455ae2a04cef26",
        "test/newstest2017-{{source}}{{target}}-{kind}.{side}.sgm",
        _both_ways("cs-en de-en fi-en lv-en ru-en tr-en zh-en"),
    ),
    "wmt18": _news(
        2018,
        "https://data.statmt.org/wmt18/translation-task/test.tgz",
        "f996c245ecffea23d0006fa4c34e9064",
        "test/newstest2018-{{source}}{{target}}-{kind}.{side}.sgm",
        _both_ways("cs-en de-en et-en fi-en ru-en tr-en zh-en"),
    ),
    "wmt19": _news(
        2019,
        "https://data.statmt.org/wmt19/translation-task/test.tgz",
        "84de7162d158e28403103b01aeefc39a",
        "sgm/newstest2019-{{source}}{{target}}-{kind}.{side}.sgm",
        _both_ways("de-en de-fr fi-en gu-en kk-en lt-en ru-en zh-en") + " en-cs de-cs cs-de",
    ),
    "wmt20": _news(
        2020,
        "https://data.statmt.org/wmt20/translation-task/test.tgz",
        "3b1f777cfd2fb15ccf66e9bfdb2b1699",
        "sgm/newstest2020-{{source}}{{target}}-{kind}.{side}.sgm",
        _both_ways("cs-en de-en de-fr iu-en ja-en km-en pl-en ps-en ru-en ta-en zh-en"),
    ),
}
