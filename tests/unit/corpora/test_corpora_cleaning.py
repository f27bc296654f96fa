from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dragoman.corpora.cleaning import Cleaner, CleaningConfig, clean
from dragoman.corpora.cleaning.cleaner import EXAMPLES_PER_REASON
from dragoman.corpora.records import Record

NO_REPAIRS: dict[str, Any] = {
    "unescape_html": False,
    "remove_controls": False,
    "unicode_form": "none",
    "join_lines": False,
    "collapse_spaces": False,
}


def reason(source: str, target: str, *, languages: tuple[str, str] = ("en", "de"), **settings: Any) -> str | None:
    config = CleaningConfig(**settings)
    return Cleaner(config, source=languages[0], target=languages[1]).judge(Record(source, target)).reason


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Hello world!", "Hallo Welt!"),
        ("OK", "OK"),
        ("New York", "New York"),
        ("1984: 12.50 € (3/4)", "1984: 12.50 € (3/4)"),
        ("Yes.", "Jawohl, selbstverständlich, gern."),
        ("The letter α", "Der Buchstabe α"),
    ],
)
def test_good_pairs_pass(source: str, target: str) -> None:
    assert reason(source, target) is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("All human beings are born free and equal in dignity and rights.", "人人生而自由，在尊严和权利上一律平等。"),
        ("Please use the PostgreSQL database.", "请使用 PostgreSQL 数据库。"),
        ("Hi.", "嗨。"),
        ("Among them HCoV-229E and HCoV-NL63 are alpha-CoVs.", "其中 HCoV-229E 和 HCoV-NL63 是 α-CoV。"),
    ],
)
def test_good_chinese_pairs_pass_in_both_directions(source: str, target: str) -> None:
    assert reason(source, target, languages=("en", "zh")) is None
    assert reason(target, source, languages=("zh", "en")) is None


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("", "Text", "empty"),
        ("text", " \u00a0\t", "empty"),
        ("caf\ufffd", "Café", "replacement characters"),
        ("word " * 201, "Wort " * 201, "too long"),
        ("x" * 2001, "y" * 2001, "too long"),
        ("We must stand firm, and think of every single one of them.", "Nein.", "length ratio"),
        ("Nein.", "We must stand firm, and think of every single one of them.", "length ratio"),
        ("This was not translated", "this was NOT translated ", "identical"),
        ("In the 54 houses are monuments", "В 54 домах памятники", "wrong script"),
        ("Все люди рождаются свободными", "Alle Menschen sind frei geboren", "wrong script"),
    ],
)
def test_bad_pairs_go_with_their_reason(source: str, target: str, expected: str) -> None:
    assert reason(source, target) == expected


def test_html_and_controls_are_dropped_when_not_repaired() -> None:
    assert reason("a &amp; b", "a und b", **NO_REPAIRS) == "HTML escapes"
    assert reason("a\x07 b", "a und b", **NO_REPAIRS) == "control characters"


def test_chinese_length_is_counted_in_characters() -> None:
    source, target = "word " * 130, "字" * 410
    assert reason(source, target, languages=("en", "zh")) == "too long"
    assert reason(source, target, languages=("en", "zh"), max_words=0) is None


@pytest.mark.parametrize(
    ("settings", "pair"),
    [
        ({"drop_empty": False, "max_ratio": 0}, ("", "Text")),
        ({"drop_replacement_characters": False}, ("caf\ufffd", "Café")),
        ({"max_words": 0}, ("word " * 201, "Wort " * 201)),
        ({"max_characters": 0}, ("x" * 2001, "y" * 2001)),
        ({"max_ratio": 0}, ("We must stand firm, and think of every single one of them.", "Nein.")),
        ({"drop_identical": False}, ("This was not translated", "This was not translated")),
        ({"identical_words": 4}, ("This was not translated", "This was not translated")),
        ({"min_script_share": 0}, ("In the 54 houses are monuments", "В 54 домах памятники")),
        ({**NO_REPAIRS, "drop_html_escapes": False}, ("a &amp; b", "a und b")),
        ({**NO_REPAIRS, "drop_controls": False}, ("a\x07 b", "a und b")),
    ],
)
def test_every_filter_can_be_switched_off(settings: dict[str, Any], pair: tuple[str, str]) -> None:
    switched_on = {name: value for name, value in settings.items() if name in NO_REPAIRS}
    assert reason(*pair, **switched_on) is not None
    assert reason(*pair, **settings) is None


def test_stricter_settings() -> None:
    assert reason("OK", "OK", identical_words=0) == "identical"
    assert reason("12 34", "12 34", identical_words=0, keep_identical_numbers=False) == "identical"
    assert reason("12 34", "12 34", identical_words=0) is None
    assert reason("one two", "eins zwei", min_words=3) == "too short"
    assert reason("one two", "eins zwei", min_words=2) is None


def test_unknown_languages_are_not_judged_by_script() -> None:
    assert reason("Hello my world", "В 54 домах памятники", languages=("en", "tlh")) is None


def test_duplicates_are_exact_pairs_after_the_repairs() -> None:
    records = [Record("a", "b"), Record("a", "c"), Record(" a", "b"), Record("A", "b"), Record("a", "b")]
    verdicts = list(clean(records, source="en", target="de"))
    assert [verdict.reason for verdict in verdicts] == [None, None, "duplicate", None, "duplicate"]
    config = CleaningConfig(drop_duplicates=False)
    assert {verdict.reason for verdict in clean(records, config, source="en", target="de")} == {None}


def test_a_dropped_pair_is_no_original_of_a_duplicate() -> None:
    records = [Record("caf\ufffd", "x"), Record("caf\ufffd", "x")]
    assert [verdict.reason for verdict in clean(records, source="en", target="de")] == ["replacement characters"] * 2


def test_repairs_are_made_in_order_and_named() -> None:
    verdict = Cleaner(source="en", target="de").judge(Record("Tom &amp;\x85\n e\u0301  x ", "Tom", 7, {"note": "n"}))
    assert verdict.record == Record("Tom &… é x", "Tom", 7, {"note": "n"})
    assert verdict.repairs == ("HTML escapes", "control characters", "Unicode form", "line breaks", "spaces")


def test_an_untouched_record_is_passed_on_as_it_is() -> None:
    record = Record("one", "eins", 3)
    verdict = Cleaner(source="en", target="de").judge(record)
    assert verdict.record is record
    assert verdict.repairs == ()


def test_the_report_adds_up_and_keeps_first_examples() -> None:
    cleaner = Cleaner(source="en", target="de")
    records = [Record("", f"x{number}", number) for number in range(9)] + [Record("a ", "b"), Record("c", "d")]
    kept = list(cleaner.keep(records))
    report = cleaner.report
    assert kept == [Record("a", "b"), Record("c", "d")]
    assert (report.read, report.kept, report.dropped) == (11, 2, {"empty": 9})
    assert [record.line for record in report.dropped_examples["empty"]] == list(range(EXAMPLES_PER_REASON))
    assert report.repaired == {"spaces": 1}
    assert report.repaired_examples["spaces"] == [(Record("a ", "b"), Record("a", "b"))]


def test_cleaning_streams() -> None:
    def endless() -> Any:
        number = 0
        while True:
            number += 1
            yield Record(f"text {number}", f"Text {number}")

    assert next(iter(Cleaner(source="en", target="de").keep(endless()))).source == "text 1"


@pytest.mark.parametrize(
    "values", [{"max_words": -1}, {"min_script_share": 1.5}, {"no_such": 1}, {"unicode_form": "x"}]
)
def test_impossible_settings(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CleaningConfig(**values)


def test_every_setting_is_documented() -> None:
    assert all(field.description for field in CleaningConfig.model_fields.values())


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=20))
def test_nothing_is_lost_uncounted_and_cleaning_twice_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    cleaner = Cleaner(source="en", target="de")
    kept = list(cleaner.keep(Record(*pair) for pair in pairs))
    assert cleaner.report.read == len(pairs) == cleaner.report.kept + cleaner.report.dropped.total()
    again = Cleaner(source="en", target="de")
    assert list(again.keep(kept)) == kept


def test_the_guide_lists_every_setting_with_its_default() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "corpora.md").read_text(encoding="utf-8")
    for name, value in CleaningConfig().model_dump().items():
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        assert f"| `{name}` | `{shown}` |" in guide
