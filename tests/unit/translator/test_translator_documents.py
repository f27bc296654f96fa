import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.translator.documents import Document, plan

DOCUMENTS = st.text("aB1 .!?。！…\t\n\r\v\u2028\u3000\u00a0-*—,;") | st.text()


def short(limit: int):
    return lambda text: len(text) <= limit


def always(text: str) -> bool:
    return True


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("  \n\n\t", []),
        ("Hello. How are you?", ["Hello. How are you?"]),
        ("  One\n\n  Two  \r\n", ["One", "Two"]),
        ("name\tplace\n", ["name", "place"]),
        ("a column    another", ["a column", "another"]),
        ("---\n* * *\n!?\n😀", []),
        ("42", ["42"]),
        ("Two spaces.  After a stop. One.", ["Two spaces.", "After a stop. One."]),
    ],
)
def test_lines_and_cells_are_segments(text, segments):
    document = plan(text, language="en", fits=always)
    assert document.segments == segments
    assert document.rebuild(segments) == text


def test_a_long_line_is_cut_at_sentence_borders_then_inside():
    text = "Mr. A came. He sat down; then he slept for hours."
    first, second, third = "Mr. A came.", "He sat down;", "then he slept for hours."
    assert plan(text, language="en", fits=short(60)).segments == [text]
    assert plan(text, language="en", fits=short(40)).segments == [first, f"{second} {third}"]
    assert plan(text, language="en", fits=short(30)).segments == [first, second, third]


def test_a_segment_holds_so_many_sentences():
    text = "Mr. A came. He sat down. He slept.\nA dog barked.  A cat ran. See {a. B} there. Bye."
    one = ["Mr. A came.", "He sat down.", "He slept.", "A dog barked.", "A cat ran.", "See {a. B} there.", "Bye."]
    two = ["Mr. A came. He sat down.", "He slept.", "A dog barked.", "A cat ran. See {a. B} there.", "Bye."]
    for most, segments in ((1, one), (2, two)):
        document = plan(text, language="en", fits=always, whole_spans=True, max_sentences=most)
        assert document.segments == segments
        assert document.rebuild(segments) == text


@pytest.mark.parametrize("whole_spans", [True, False])
@pytest.mark.parametrize(
    ("language", "segments"),
    [
        ("de", ["Er kam am 3. Oktober.", "Dann sah er den 1. FC Köln.", "Nr. 5 lebt."]),
        ("en", ["See No. 5 and fig. 3.", "It cost 3.5 dollars.", "Write to a.b@c.com.", "Bye."]),
    ],
)
def test_spans_are_read_with_the_rules_of_sentences(language, segments, whole_spans):
    document = plan(" ".join(segments), language=language, fits=always, whole_spans=whole_spans, max_sentences=1)
    assert document.segments == segments


def test_a_border_inside_a_span_is_none():
    text = "Take `A cat. A dog. A cow.` or {a. B} now. Bye."
    document = plan(text, language="en", fits=always, whole_spans=True, max_sentences=1)
    assert document.segments == ["Take `A cat. A dog. A cow.` or {a. B} now.", "Bye."]


def test_translations_stand_in_the_spacing_of_the_original():
    document = plan("  Hello\t world \r\n\r\n- - -\n\tBye.\n", language="en", fits=always)
    assert document.segments == ["Hello", "world", "Bye."]
    assert document.rebuild(["Hallo", " Welt ", "Tschüss."]) == "  Hallo\t Welt \r\n\r\n- - -\n\tTschüss.\n"


def test_a_line_break_in_a_translation_becomes_a_space():
    document = plan("One\nTwo", language="en", fits=always)
    assert document.rebuild(["Ei \n ns", "\tZw\r\n\u2028ei\n"]) == "Ei ns\nZw ei"


def test_a_missing_translation_is_an_error():
    with pytest.raises(ValueError, match="1 translations for 2 segments"):
        plan("One\nTwo", language="en", fits=always).rebuild(["Eins"])


@pytest.mark.parametrize(
    ("text", "source", "target", "translations", "expected"),
    [
        ("Hell. Bye.\nYes.", "en", "zh-CN", ["你好。", "再见。", "是。"], "你好。再见。\n是。"),
        ("你好。再见。", "zh", "en", ["Hello.", "Bye."], "Hello. Bye."),
        ("Hell. Bye.", "en", "de", ["Hallo.", "Tschüss."], "Hallo. Tschüss."),
        ("你好。再见。", "zh", "ja", ["こんにちは。", "またね。"], "こんにちは。またね。"),
    ],
)
def test_sentences_cut_apart_are_joined_as_the_target_does(text, source, target, translations, expected):
    document = plan(text, language=source, fits=short(5), target_language=target)
    assert document.rebuild(translations) == expected


@given(text=DOCUMENTS, limit=st.integers(1, 30), language=st.sampled_from(["en", "de", "zh"]))
def test_segments_fit_and_untranslated_they_give_the_text_back(text, limit, language):
    document = plan(text, language=language, fits=short(limit), target_language=language)
    assert document.rebuild(document.segments) == text
    for segment in document.segments:
        assert segment == segment.strip()
        assert any(map(str.isalnum, segment))
        assert len(segment) <= limit
        assert len(segment.splitlines()) == 1


@given(text=DOCUMENTS, translation=st.text(), limit=st.integers(1, 30))
def test_the_number_of_lines_never_changes(text, translation, limit):
    document = plan(text, language="en", fits=short(limit), target_language="zh")
    rebuilt = document.rebuild([translation] * len(document.segments))
    breaks = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
    assert [c for c in rebuilt if c in breaks] == [c for c in text if c in breaks]


def test_a_document_is_plain_data():
    assert plan(" a\n", language="en", fits=always) == Document(["a"], [" ", "\n"])
