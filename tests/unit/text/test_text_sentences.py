import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.text.sentences import split_long, split_sentences

SENTENCE_LIKE = st.text("aB1 .!?…。！？»“”\"')\n(Dr") | st.text()
LANGUAGES = st.sampled_from(["en", "de", "fr", "zh", "ja", "xx", "de-AT"])

BORDERS = [
    ("en", ["Mr. Smith met Dr. J. R. Brown. ", "They talked."]),
    ("en", ["It costs 3.14 dollars, e.g. at www.shop.com, No. 5. ", "Buy it!"]),
    ("en", ["No. ", "I said so. ", "And so did I. ", "Then we left."]),
    ("en", ['"Really?" he asked. ', "(Yes.) ", '"No!" ', "5 dogs came."]),
    ("en", ["Wait... what? ", "Then… ", "Nothing."]),
    ("en", ["He lives in the U.S. with a dog. ", "So what?! ", "Right."]),
    ("en", ["1. Open the file. ", "2. Close it."]),
    ("en", ["I know it doesn't. ", "That was in the 70's. ", "Grandpa’s. ", "He (est. 1951) can't. ", "So?"]),
    ("fr", ["Il parle de l'O.N.U. Et puis de l'av. Foch. ", "Fin."]),
    ("en", ["First paragraph\n\n", "second paragraph"]),
    ("de", ["Am 3. Mai kam Dr. Müller, z. B. um 8 Uhr. ", "Er blieb bzw. schlief usw. bis spät. ", "Ende."]),
    ("de", ["Er sagte: „Hallo.“ ", "Dann ging er usw. ", "Es war 1990. ", "Nr. 5 lebt!"]),
    ("de", ["Ludwig XIV. König von Frankreich, war z.B. dort. ", "Vgl. Abs. 3 des Gesetzes."]),
    ("fr", ["M. Dupont dit : « Bonjour ! » ", "Puis il part. ", "Voilà… c'est tout !"]),
    ("es", ["¿Cómo estás? ", "¡Bien! ", "El Sr. García llegó de EE. UU. ayer."]),
    ("it", ["Il sig. Rossi arriva alle 3. ", "Va bene."]),
    ("cs", ["Dne 3. května přišel např. Ing. Novák. ", "Ano."]),
    ("pt", ["O Sr. Silva chegou. ", "Muito bem!"]),
    ("nl", ["Dhr. de Vries komt bijv. morgen. ", "Goed zo."]),
    ("ru", ["Г. Иванов пришёл, т. е. вернулся. ", "Да!"]),
    ("zh", ["你好。", "真的吗？！", "是的……也许。", "“好。”", "“不。”"]),
    ("zh", ["他说：“你好！”然后走了。", "我走。"]),
    ("zh", ["她说：“我不知道。”", "我不是那种人。", "“我走。”她低声说。", "他说了“好。”的话。", "完。"]),
    ("ja", ["これは本です。", "「はい。」と言った。", "そう！"]),
    ("hi", ["यह अच्छा है। ", "हाँ।"]),
]


@pytest.mark.parametrize(("language", "sentences"), BORDERS)
def test_sentences_end_where_a_reader_would_end_them(language, sentences):
    assert split_sentences("".join(sentences), language=language) == sentences


def test_the_region_of_a_language_does_not_matter():
    text = "Am 3. Mai kam er. Gut."
    assert (
        split_sentences(text, language="de-AT")
        == split_sentences(text, language="de")
        == ["Am 3. Mai kam er. ", "Gut."]
    )


@given(text=SENTENCE_LIKE, language=LANGUAGES)
def test_sentences_joined_are_the_text(text, language):
    sentences = split_sentences(text, language=language)
    assert "".join(sentences) == text
    assert all(sentences)


def short(limit: int):
    return lambda text: len(text) <= limit


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("short", 20, ["short"]),
        ("one two; three four, five", 20, ["one two; ", "three four, five"]),
        ("one two three, four five six", 15, ["one two three, ", "four five six"]),
        ("one two three four", 9, ["one two ", "three ", "four"]),
        ("我们走吧，因为天黑了。", 6, ["我们走吧，", "因为天黑了。"]),
        ("at 10:30:59 sharp, yes", 12, ["at 10:30:59 ", "sharp, ", "yes"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
    ],
)
def test_long_sentences_are_cut_at_the_best_place(text, limit, parts):
    assert split_long(text, fits=short(limit)) == parts


def test_visible_characters_stay_whole_where_they_can():
    assert split_long("👨‍👩‍👧🇩🇪🇫🇷e\u0301a", fits=short(5)) == ["👨‍👩‍👧", "🇩🇪🇫🇷", "e\u0301a"]
    assert split_long("👨‍👩‍👧", fits=short(2)) == ["👨\u200d", "👩\u200d", "👧"]


def test_a_character_that_never_fits_is_given_back_not_lost():
    assert split_long("ab", fits=lambda text: False) == ["a", "b"]


@given(text=st.text() | st.text("ab ,;:，—。\n🇩🇪👩‍👧\u0301"), limit=st.integers(1, 20))
def test_parts_fit_and_joined_are_the_text(text, limit):
    parts = split_long(text, fits=short(limit))
    assert "".join(parts) == text
    assert all(len(part.strip()) <= limit for part in parts)


@pytest.mark.parametrize("unit", [".", ' "', "1. ", '."', "a. ", " ", "a ", "\n ", "x", "e\u0301"])
def test_time_grows_with_the_text_not_with_its_square(unit):
    text = unit * 50_000 + "x"
    start = time.perf_counter()
    assert "".join(split_sentences(text, language="de")) == text
    assert "".join(split_long(text, fits=short(100))) == text
    assert time.perf_counter() - start < 5
