"""Names become addresses; every entry of the catalogue can be ordered and is told from the others."""

import re

import pytest

from dragoman.base.errors import UnknownNameError
from dragoman.corpora.public.entries import ENTRIES
from dragoman.corpora.public.orders import make_order


def names():
    for name, entry in ENTRIES.items():
        if entry.pairs:
            yield from (f"{name}:{pair}" for pair in entry.pairs)
        else:
            yield entry.example if ":" in entry.example else f"{name}:{entry.example}"


@pytest.mark.parametrize("name", list(names()))
def test_every_pair_has_complete_addresses(name):
    order = make_order(name)
    texts = [*(file.url for file in order.files), *(one for part in order.parts for one in part.members)]
    assert order.files
    assert not [text for text in texts if re.search(r"[{}]", text)]
    assert all(file.url.startswith("https://") for file in order.files)
    for file in order.files:
        assert re.fullmatch(r"|md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}", file.checksum)
    assert order.entry.licence
    assert order.entry.citation


@pytest.mark.parametrize(
    ("name", "url", "members"),
    [
        ("tatoeba:en-de", "https://www.manythings.org/anki/deu-eng.zip", ("deu.txt", "deu.txt")),
        ("tatoeba:zh-en", "https://www.manythings.org/anki/cmn-eng.zip", ("cmn.txt", "cmn.txt")),
        (
            "opus:Books/v1:en-de",
            "https://object.pouta.csc.fi/OPUS-Books/v1/moses/de-en.txt.zip",
            ("Books.de-en.en", "Books.de-en.de"),
        ),
        (
            "wmt14:en-fr",
            "https://statmt.org/wmt14/test-full.tgz",
            ("test-full/newstest2014-fren-src.en.sgm", "test-full/newstest2014-fren-ref.fr.sgm"),
        ),
        (
            "wmt19:en-de",
            "https://data.statmt.org/wmt19/translation-task/test.tgz",
            ("sgm/newstest2019-ende-src.en.sgm", "sgm/newstest2019-ende-ref.de.sgm"),
        ),
        (
            "wmt13:de-en",
            "https://statmt.org/wmt13/test.tgz",
            ("test/newstest2013-src.de.sgm", "test/newstest2013-src.en.sgm"),
        ),
    ],
)
def test_known_addresses(name, url, members):
    order = make_order(name)
    assert [file.url for file in order.files] == [url]
    assert order.parts[0].members == members


@pytest.mark.parametrize("year", [2013, 2014, 2016, 2017, 2018, 2019, 2020])
def test_the_news_tests_are_those_of_sacrebleu(year):
    from sacrebleu.dataset import DATASETS

    name = f"wmt{year % 100}"
    known = DATASETS["wmt14/full" if year == 2014 else name]
    pairs = set(ENTRIES[name].pairs)
    if not ENTRIES[name].is_directed:
        pairs |= {"-".join(reversed(pair.split("-"))) for pair in pairs}
    assert pairs == set(known.langpairs)
    for pair in pairs:
        order = make_order(f"{name}:{pair}")
        assert [file.url for file in order.files] == known.data
        assert [file.checksum for file in order.files] == [f"md5:{md5}" for md5 in known.md5]
        assert list(order.parts[0].members) == known.langpairs[pair]


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("tatoba:en-de", "unknown public corpus 'tatoba'", "did you mean 'tatoeba'?"),
        ("tatoeba", "needs two languages", "tatoeba:en-de"),
        ("tatoeba:de-fr", "has English on one side", "opus:Tatoeba/v2023-04-12:de-fr"),
        ("tatoeba:en-xx", "no Tatoeba code", "en-deu"),
        ("tatoeba:en-../x", "needs two languages", "tatoeba:en-de"),
        ("flores200:en-xx", "no FLORES-200 code", "eng_Latn-deu_Latn"),
        ("wmt19:en-fr", "wmt19 has no pair 'en-fr'", "its pairs: "),
        ("opus:Books:en-de", "does not name a corpus of OPUS", "opus:Tatoeba/"),
        ("opus:Books/v1", "does not name a corpus of OPUS", "opus:Tatoeba/"),
    ],
)
def test_names_that_mean_nothing(name, message, hint):
    with pytest.raises(UnknownNameError, match=re.escape(message)) as caught:
        make_order(name)
    assert hint in caught.value.hint


def test_a_corpus_with_few_pairs_needs_no_languages():
    assert make_order("multi30k") == make_order("multi30k:en-de")
    assert make_order("flores200:eng_Latn-deu_Latn").parts[0].members[1] == "flores200_dataset/dev/deu_Latn.dev"
