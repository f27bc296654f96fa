"""Noise: slips leave the target alone, shapes change both sides alike, and every draw can be made again."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.augmentation import insertions, slips
from dragoman.augmentation.keyboards import neighbouring_keys
from dragoman.augmentation.noise import DEFAULT_GROUPS, GROUPS, INSERTIONS, SLIPS, UNCHANGED, Noise, NoiseConfig
from dragoman.base.config import parse
from dragoman.base.errors import ConfigError
from dragoman.corpora.records import Record

PAIR = Record("The big dog, called Rex, runs home.", "Der große Hund namens Rex läuft heim.", 7)
SLIP_KINDS = [kind for kinds in SLIPS.values() for kind in kinds]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")))


def noise(*kinds, source="en", target="de", **options):
    return Noise(NoiseConfig(kinds=kinds or DEFAULT_GROUPS, **options), source=source, target=target)


def slip(kind, text, seed=1, language="en", share=0.15):
    functions = {kind: function for kinds in SLIPS.values() for kind, function in kinds.items()}
    return functions[kind](text, random.Random(seed), language, share)


@pytest.mark.parametrize("kind", SLIP_KINDS)
@settings(max_examples=30, deadline=None)
@given(source=TEXT, target=TEXT, line=st.integers(1, 1000))
def test_slips_never_touch_the_target(kind, source, target, line):
    after, found = noise(kind).apply(Record(source, target), line=line)
    assert after.target == target
    assert found == (UNCHANGED if after.source == source else kind)


@pytest.mark.parametrize("kind", SLIP_KINDS)
def test_every_slip_changes_a_usual_sentence(kind):
    assert all(slip(kind, PAIR.source, seed) != PAIR.source for seed in range(50))


LETTERS = "αβγ!"
WORDS = st.text(f"{LETTERS} ").filter(str.strip)


@pytest.mark.parametrize("kind", INSERTIONS)
@settings(max_examples=40, deadline=None)
@given(source=WORDS, target=WORDS, line=st.integers(1, 1000))
def test_what_is_put_in_stands_on_both_sides(kind, source, target, line):
    after, found = noise(kind).apply(Record(source, target), line=line)
    assert found == kind
    added = ["".join(letter for letter in text if letter not in f"{LETTERS} ") for text in (after.source, after.target)]
    assert added[0] == added[1] != ""
    kept = ["".join(letter for letter in text if letter in LETTERS) for text in (after.source, after.target)]
    assert kept == [source.replace(" ", ""), target.replace(" ", "")]


def test_things_are_put_before_the_last_mark_at_times():
    found = {insertions.insert(lambda draw: "X", "Hi!", "你好！", random.Random(seed)) for seed in range(40)}
    assert found == {("X Hi!", "X 你好！"), ("Hi! X", "你好！ X"), ("Hi X!", "你好 X！")}


def test_capitals_on_both_sides():
    after, kind = noise("capitals").apply(PAIR, line=1)
    assert (after.source, after.target) == (
        "THE BIG DOG, CALLED REX, RUNS HOME.",
        "DER GROSSE HUND NAMENS REX LÄUFT HEIM.",
    )
    assert kind == "all-capitals"


def test_turkish_has_two_letters_i():
    assert slips.upper("ışık iyi", "tr") == "IŞIK İYİ"
    assert slips.lower("IŞIK İYİ", "tr-TR") == "ışık iyi"
    assert slips.upper("iyi", "en") == "IYI"


def test_neighbours_are_joined_with_a_space_where_the_language_has_spaces():
    pairs = [Record("One.", "一。"), Record("Two.", "二。")]
    written = list(noise("context", target="zh", share=1).augment(pairs))
    assert [(pair.source, pair.target) for pair in written] == [
        ("One.", "一。"),
        ("Two.", "二。"),
        ("One. Two.", "一。二。"),
    ]


def test_what_cannot_be_changed_is_counted():
    made = noise("context", share=1)
    assert len(list(made.augment([PAIR]))) == 1
    assert made.report.unchanged == 1
    assert noise("casing").apply(Record("我们走吧", "x"), line=1)[1] == UNCHANGED
    assert noise("casing", "punctuation").apply(Record("我们走。", "x"), line=1)[1] in GROUPS["punctuation"]
    assert noise().apply(Record("", ""), line=1, before=PAIR)[1] == UNCHANGED


@given(st.integers(), st.integers(1, 10**6), st.integers(0, 5))
def test_equal_keys_give_equal_noise(seed, line, copy):
    first, second = (noise(seed=seed).apply(PAIR, line=line, copy=copy, before=PAIR) for _ in range(2))
    assert first == second


def test_other_keys_give_other_noise():
    def found(seed, line, copy):
        return noise(seed=seed).apply(PAIR, line=line, copy=copy, before=PAIR)[0]

    assert found(1, 1, 0) not in (found(2, 1, 0), found(1, 2, 0), found(1, 1, 1))


@pytest.mark.parametrize(("copies", "share", "written"), [(0, 0.5, 100), (1, 0, 100), (1, 1, 200), (3, 1, 400)])
def test_how_many_pairs_come_out(copies, share, written):
    made = noise("spelling", copies=copies, share=share)
    pairs = list(made.augment([PAIR] * 100))
    assert len(pairs) == made.report.written == written
    assert made.report.read == 100
    assert sum(pair != PAIR for pair in pairs) == sum(made.report.changed.values())
    assert share in (0, 1) or 30 < sum(made.report.changed.values()) < 70


def test_no_copies_and_nothing_to_change_keeps_the_pair():
    pairs = [Record("我们", "we")] * 5
    assert list(noise("casing", copies=0, share=1).augment(pairs)) == pairs


def test_a_set_has_a_kind_for_every_line():
    pairs = [PAIR, Record("", ""), PAIR]
    made = list(noise("spelling").make_set(pairs))
    assert [kind for _, kind in made][1] == UNCHANGED
    assert {made[0][1], made[2][1]} <= set(GROUPS["spelling"])
    assert [pair.target for pair, _ in made] == [pair.target for pair in pairs]
    assert made[0][0].source != noise("spelling").apply(PAIR, line=1)[0].source, "other noise than in training"


@given(TEXT)
def test_spaces_are_all_that_spacing_changes(text):
    for kind in SLIPS["spacing"]:
        assert slip(kind, text).replace(" ", "") == text.replace(" ", "")


def test_letters_are_swapped_dropped_doubled():
    text = "wonderful"
    assert sorted(slip("swapped-letters", text)) == sorted(text) != slip("swapped-letters", text)
    assert len(slip("dropped-letters", text)) == len(text) - 1
    assert len(slip("doubled-letters", text)) == len(text) + 1
    assert sum(a != b for a, b in zip(slip("neighbouring-keys", text), text, strict=True)) == 1
    assert slip("swapped-letters", "a to be")[0] == "a", "short words stay"


def test_strength_says_how_many_words_are_hit():
    text = "many words stand here to be hit by slips " * 5
    weak, strong = (
        sum(a != b for a, b in zip(slip("neighbouring-keys", text, share=share), text, strict=True))
        for share in (0.05, 0.5)
    )
    assert 0 < weak < 5 < strong


def test_numbers_keep_their_points():
    for kind in SLIPS["punctuation"]:
        assert all("3.14" in slip(kind, "It is 3.14, or so.", seed) for seed in range(30))


NEAR = [("en", "g", "tyfhvb"), ("de", "z", "tugh"), ("fr", "a", "zq"), ("ru", "а", "вкепмс")]


@pytest.mark.parametrize(("language", "letter", "near"), NEAR)
def test_neighbouring_keys(language, letter, near):
    keys = neighbouring_keys(language)
    assert set(near) <= set(keys[letter])
    assert all(one in keys[other] for one in keys for other in keys[one])


def test_russian_slips_stay_on_the_russian_keyboard():
    slipped = slip("neighbouring-keys", "Собака бежит домой", language="ru")
    assert set(slipped.lower()) <= {*neighbouring_keys("ru"), " "}


def test_an_unknown_kind_gets_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'spelling'"):
        parse(NoiseConfig, {"kinds": ["speling"]}, place="the options")
    with pytest.raises(ConfigError, match="at least one"):
        parse(NoiseConfig, {"kinds": []}, place="the options")
