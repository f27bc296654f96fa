"""Tables, JSON and page: everything said, nothing that could do harm."""

import io
import json
import re
from html.parser import HTMLParser

import pytest

from dragoman.corpora.records import Record
from dragoman.evaluation.comparison import TestSet, compare
from dragoman.evaluation.data import comparison_data
from dragoman.evaluation.outputs import Likelihood, Outputs
from dragoman.evaluation.page import render_page
from dragoman.evaluation.table import print_comparison
from dragoman.evaluation.wording import visible
from dragoman.metrics.bleu import Bleu
from dragoman.metrics.ter import Ter

ATTACK = '<script src="//evil.example/x.js">alert(1)</script> & "quoted" \'single\''
RECORDS = [
    Record("one [bold]small[/bold] house", "ein kleines Haus", 1),
    Record(f"source {ATTACK}", f"reference {ATTACK}", 2),
    Record("line\nbreak and \x1b[31mescape", "zwei\nZeilen", 3),
    *(Record(f"we see {n} cats", f"wir sehen {n} Katzen", 3 + n) for n in range(1, 20)),
]
REFERENCES = [record.target for record in RECORDS]
METRICS = [Bleu(target_language="de"), Ter(target_language="de")]
TEST = TestSet("data/<test>", ("en", "de"), RECORDS)


def compared(*names: str):
    systems = [
        Outputs(
            name,
            ["ein Haus", f"hypothesis {ATTACK}", ""] + [text + " gern" * place for text in REFERENCES[3:]],
            Likelihood(-1000.0, 1, 0, left_out=2),
            1.25,
        )
        for place, name in enumerate(names)
    ]
    return compare(systems, TEST, METRICS, draws=100)


def table(comparison) -> str:
    file = io.StringIO()
    print_comparison(comparison, file)
    return file.getvalue()


class Structure(HTMLParser):
    """Every start tag with its attributes, and whether all tags close in order."""

    VOID = ("meta", "br")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def two():
    return compared("base", "<i>new</i>")


def test_the_page_is_well_formed_and_loads_nothing(two):
    structure = Structure(render_page(two))
    assert structure.open == []
    assert not {"script", "img", "link", "iframe", "object", "i>new"} & set(structure.seen)
    assert not {"src", "href"} & {name for name, _ in structure.attributes}
    assert not [name for name, _ in structure.attributes if name.startswith("on")]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in structure.attributes
    assert not re.search(r"url\(|@import|https?:", render_page(two))


def test_the_page_shows_every_text_as_it_is(two):
    page = render_page(two)
    text = "".join(Structure(page).words)
    assert f"hypothesis {ATTACK}" in text
    assert f"reference {ATTACK}" in text
    assert "<i>new</i>" in text
    assert "data/<test>" in text
    assert "<script" not in page
    assert "\x1b" not in page


def test_the_page_says_all_that_was_measured(two):
    text = "".join(Structure(render_page(two)).words)
    for score in two.reports[1].scores.values():
        assert f"{score.value:.2f} ±" in text
        assert score.signature in text
    assert "worse" in text
    assert "Where the systems differ most" in text
    assert "Worst sentences of base" in text


def test_bars_are_as_long_as_their_numbers():
    page = render_page(compared("base", "new"))
    bars = re.findall(r'style="width:([\d.]+)%"></span>([\d.]+)<', page)
    assert len(bars) == 2 * len(compared("base").reports[0].buckets)
    highest = max(float(value) for _, value in bars)
    assert highest > 0
    for width, value in bars:
        assert float(width) == pytest.approx(80 * float(value) / highest, abs=0.2)


def test_a_page_for_one_system_has_no_comparison():
    page = render_page(compared("base"))
    assert "Against" not in page
    assert "differ" not in page
    assert "<h2>Worst sentences</h2>" in page


def test_the_table_tells_scores_differences_lengths_and_signatures(two):
    text = table(two)
    for name, estimates in two.estimates.items():
        assert two.reports[0].scores[name].signature in text
        for estimate in estimates:
            assert f"{estimate.score.value:.2f} ± {(estimate.high - estimate.low) / 2:.2f}" in text
    assert f"{two.estimates['ter'][1].p_value:.4f}" in text
    assert re.search(r"up to 5 +21 ", text)
    assert "TER: less is better." in text
    assert "base: 2 pairs are too long for the model to judge" in text


def test_the_table_neither_obeys_markup_nor_control_characters():
    text = table(compared("base"))
    assert "one [bold]small[/bold] house" in text
    assert "line⏎break and \\x1b[31mescape" in text
    assert "\x1b" not in text
    assert "base (chrF 0.0): (empty)" in text


def test_data_is_valid_json_with_everything_in_it(two):
    data = json.loads(json.dumps(comparison_data(two), allow_nan=False))
    assert data["test"] == {
        "location": "data/<test>",
        "source_language": "en",
        "target_language": "de",
        "segments": len(RECORDS),
    }
    assert data["bootstrap"] == {"draws": 100, "seed": 1, "baseline": "base"}
    base, new = data["systems"]
    assert base["scores"]["bleu"]["value"] == two.reports[0].scores["bleu"].value
    assert base["scores"]["bleu"]["verdict"] == "baseline"
    assert base["scores"]["bleu"]["p_value"] is None
    assert new["scores"]["ter"]["verdict"] == "worse"
    assert new["scores"]["ter"]["higher_is_better"] is False
    low, high = new["scores"]["bleu"]["interval_95"]
    assert low < new["scores"]["bleu"]["value"] < high
    assert base["perplexity"] is None  # infinite here, and JSON has no word for it
    assert base["token_accuracy"] == 0
    assert base["pairs_left_out_of_perplexity"] == 2
    assert sum(bucket["segments"] for bucket in base["by_source_length"]["buckets"]) == len(RECORDS)
    assert data["differing_sentences"][0]["hypotheses"][0]["system"] == "base"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\tb", "a b"), ("\x00", "\\x00"), ("\u2028", "\\u2028"), ("\ud800", "\\ud800"), ("äß我👍", "äß我👍")],
)
def test_control_characters_become_visible(text, shown):
    assert visible(text) == shown
