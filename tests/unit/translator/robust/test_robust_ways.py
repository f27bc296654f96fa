"""What is tried, in which order, and what is noted."""

from collections import Counter

import pytest

from dragoman.translator.robust.rescue import NOTES, summary
from dragoman.translator.robust.rounds import Ask, Draft, go


def translate(made, text):
    [translation] = made[0].translate([text])
    return translation.text, set(translation.notes)


def test_what_survives_by_itself_is_left_alone(make):
    made = make(lambda text, config: text.replace("dog", "Hund"))
    assert translate(made, "A dog 😀 {x} 3") == ("A Hund 😀 {x} 3", set())
    assert made[1].asked == [["A dog 😀 {x} 3"]]


def test_spans_at_the_ends_are_cut_off(make):
    made = make(lambda text, config: "Ein Hund." if text == "A dog." else "xyz")
    assert translate(made, "😀 A dog {x}.") == ("😀 Ein Hund {x}.", {"restored"})
    assert translate(made, "A dog. https://x.de") == ("Ein Hund. https://x.de", {"restored"})
    assert translate(made, "(33) A dog.") == ("(33) Ein Hund.", {"restored"})
    assert translate(made, "{x}: A dog.") == ("{x}: Ein Hund.", {"restored"})
    assert translate(made, "{x}, A dog.") == ("{x}, Ein Hund.", {"restored"})
    assert translate(made, "{x}A dog.") == ("{x} Ein Hund.", {"restored"})


def test_what_other_letters_would_make_of_spans_is_seen(make):
    text = "2024-05-01HELLOv1.2.3</b>X__X__<b>dog{{y}}__X__<b>X(3)"
    assert translate(make(lambda text, config: text), text) == (text, {"title", "kept"})


def test_spans_inside_get_stand_ins(make):
    """This model copies names and spoils everything else."""
    made = make(lambda text, config: " ".join(word if word in ("Anna", "Peter") else word[0] for word in text.split()))
    assert translate(made, "tell {x} that %s came") == ("t {x} t %s c", {"restored"})


def test_the_parts_alone_when_no_stand_in_comes_through(make):
    made = make(lambda text, config: "la")
    assert translate(made, "tell {x} that %s came") == ("la {x} la %s la", {"parts"})


def test_brackets_around_several_spans_stay_with_them(make):
    made = make(lambda text, config: "la.")
    assert translate(made, "A dog ({x}, %s) barks.") == ("la ({x}, %s) la.", {"parts"})
    assert translate(made, "A dog ({x}; %s, [%d]).") == ("la ({x}; %s, [%d]).", {"restored"})
    assert translate(made, "A dog ({x} and %s), barks.") == ("la ({x} la %s), la.", {"parts"})  # a word is between
    assert translate(made, "A dog (see {x}, or %s) barks.") == ("la (la {x}, la %s) la.", {"parts"})
    assert translate(made, "A dog [no (see) {x}] barks(s).") == (
        "la [la {x}] la.",
        {"parts"},
    )  # what is not torn is said
    assert translate(made, "a) dog {x} barks :(") == ("la {x} la :(", {"parts"})


def test_a_part_of_a_sentence_does_not_end_it(make):
    made = make(lambda text, config: "la!" if text.endswith("!") else "la.")
    assert translate(made, "tell {x} that %s came") == ("la {x} la %s la", {"parts"})
    assert translate(made, "tell him! {x} that %s came.") == ("la! {x} la %s la.", {"parts"})


def test_the_source_when_nothing_helps(make):
    made = make(lambda text, config: "")
    assert translate(made, "A dog.") == ("A dog.", {"again", "empty"})


def test_what_the_model_invents_is_taken_out(make):
    made = make(lambda text, config: "Ein https://x.de Hund 😀.")
    assert translate(made, "A dog.") == ("Ein Hund .", {"invented"})
    assert translate(make(lambda text, config: "😀"), "A dog.") == ("A dog.", {"invented", "empty"})


def test_only_spans_need_no_model(make):
    made = make(lambda text, config: "la")
    assert translate(made, "https://x.de a@b.de 12:30") == ("https://x.de a@b.de 12:30", {"copied"})
    assert made[1].asked == []


@pytest.mark.parametrize(
    ("say", "text", "tokens"),
    [
        (str.upper, "A dog.", (6, 6)),  # a piece is a character here
        (str.upper, "A dog.\n\nTwo big dogs!", (6 + 13, 6 + 13)),
        (lambda text: "la", "tell {x} that %s came", (len("tell" + "that" + "came"), 6)),
        (lambda text: "", "A dog.", (0, 0)),
        (str.upper, "https://x.de a@b.de 12:30", (0, 0)),
    ],
)
def test_pieces_that_were_read_and_written_are_counted(make, say, text, tokens):
    translator, _ = make(lambda text, config: say(text))
    assert translator.translate([text])[0].tokens == tokens


def test_of_several_hypotheses_only_the_best_counts(make):
    translator, _ = make(lambda text, config: ["one", "three"])
    assert translator.translate(["A dog."], n_best=2)[0].tokens == (6, 3)


def test_capitals(make):
    made = make(lambda text, config: "Die Straße {x}" if text == "The long street {x}" else "wrong")
    assert translate(made, "THE LONG STREET {x}") == ("DIE STRASSE {x}", {"capitals"})


def test_a_title_is_read_both_ways(make):
    made = make(lambda text, config: text)
    text, notes = translate(made, "The Old Dog And The Sea")
    assert (text, notes) == ("The old dog and the sea", {"title"})
    assert made[1].asked == [["The old dog and the sea", "The Old Dog And The Sea"]]


def test_loops_are_decoded_again_with_a_guard(make):
    def say(text, config):
        return ["ja ja ja ja ja ja", "gut"] if config.no_repeated_ngram else ["la la la la la la la"]

    assert translate(make(say), "Good day.") == ("gut", {"again"})


def test_loops_that_stay_are_cut(make):
    made = make(lambda text, config: "so ist es so ist es so ist es so ist es.")
    assert translate(made, "Good day.") == ("so ist es.", {"again", "cut"})


def test_what_did_not_end_is_decoded_again(make):
    _, notes = translate(make(lambda text, config: "so ist es", ended=False), "Good day.")
    assert notes == {"again", "cut"}


def test_switched_off_the_model_has_its_say(make):
    made = make(lambda text, config: "la la la la la la", spans=False, casing=False, loops=False)
    assert translate(made, "THE LONG STREET {x} IS LONG") == ("la la la la la la", set())
    assert made[1].asked == [["THE LONG STREET {x} IS LONG"]]


def test_retries_of_all_texts_are_one_call(make):
    made = make(lambda text, config: "xyz")
    made[0].translate([f"tell {{x}} about it {letter}" for letter in "abcdefgh"])
    assert len(made[1].asked) <= 4


def test_company_changes_nothing(make):
    texts = [
        f"{number} {word} {{x}} of {other}" for number in range(40) for word in ("A", "dog") for other in ("😀", "B")
    ]
    made = make(lambda text, config: text[::-1][:30])
    together = made[0].translate(texts)
    assert [made[0].translate([text])[0] for text in texts] == together


def test_ways_go_in_step():
    calls = []

    def way(first, rounds):
        for number in range(rounds):
            [drafts] = yield Ask((f"{first}{number}",))
        return drafts[0].text

    def decode(texts, guarded):
        calls.append(list(texts))
        return [[Draft(text.upper(), 0.0)] for text in texts]

    assert go([way("a", 1), way("b", 3), way("a", 2)], decode) == ["A0", "B2", "A1"]
    assert calls == [["a0", "b0"], ["b1", "a1"], ["b2"]]
    assert go([], decode) == []


@pytest.mark.parametrize("note", NOTES)
def test_every_note_has_its_sentence(note):
    assert NOTES[note] in summary(Counter({note: 2}))[0]
