"""Reading, listing, comparing and drawing runs, of which some are old, killed or no runs at all."""

import json
import re

import pytest

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError
from dragoman.jobs.runs.comparison import cautions, differences, results
from dragoman.jobs.runs.curves import Series, draw, short
from dragoman.jobs.runs.page import render_comparison, render_run
from dragoman.jobs.runs.record import find_runs, read_run
from dragoman.jobs.runs.show import compare_runs, list_runs, report_run
from dragoman.jobs.runs.wording import duration

RECIPE = {
    "corpus": {"train": ["a"], "validation": "b"},
    "task": {"source": "en", "target": "de"},
    "training": {"metric": "bleu", "seed": 1},
    "schedule": {"peak": 0.001},
}


def entries(*, bleu=20.0, samples=True):
    for step in (1, 20, 40):
        yield {"kind": "step", "step": step, "loss": 5.0, "negative_log_likelihood": 100 / (step + 20)} | {
            "learning_rate": step * 1e-5,
            "gradient_norm": 0.5,
            "tokens_per_second": 1000.0 + step,
            "seconds": step / 2,
        }
    for step in (20, 40):
        said = [{"source": "The <b>red</b> dog", "reference": "Der rote Hund", "hypothesis": f"Der Hund {step}"}]
        entry = {
            "kind": "validation",
            "step": step,
            "seconds": step / 2,
            "loss": 3.0,
            "bleu": bleu + step,
            "chrf": 40.0,
        }
        yield entry | ({"samples": said} if samples else {})


@pytest.fixture
def make(tmp_path):
    def make(name, *, recipe=RECIPE, lines=None, tail="", checksums=None, facts=None, test=None):
        training = tmp_path / name / "training"
        training.mkdir(parents=True)
        checksums = {"a.en": "11"} if checksums is None else checksums
        (training / "run.json").write_text(json.dumps({"recipe": recipe, "checksums": checksums}))
        text = "".join(json.dumps(line) + "\n" for line in (entries() if lines is None else lines))
        (training / "metrics.jsonl").write_text(text + tail)
        if facts:
            (training / "facts.json").write_text(json.dumps(facts))
        if test is not None:
            chosen = {"weights": "the best", "decoding": {"beam": 5}, "bleu": {"value": 33.0, "signature": "s"}}
            scores = {"validation": chosen, "test": {"bleu": {"value": test, "signature": "s"}}}
            (tmp_path / name / "manifest.json").write_text(json.dumps({"scores": scores}))
        return tmp_path / name

    return make


def test_what_a_run_came_to(make):
    run = read_run(make("model", test=31.5))
    assert results([run]) == {
        "state": ["finished"],
        "steps": ["40"],
        "wall time": ["20 s"],
        "ids per second (median)": ["1,020"],
        "best validation": ["BLEU 60.00 (step 40)"],
        "final validation BLEU": ["33.00"],
        "test BLEU": ["31.50"],
    }
    assert read_run(make("other") / "training").name == "other"


def test_a_killed_run_has_half_a_line_at_its_end(make):
    run = read_run(make("model", tail='{"kind": "step", "st'))
    assert run.last_step == 40
    assert not run.is_finished
    assert run.final("test", "bleu") is None


def test_a_run_without_validation(make):
    run = read_run(make("model", lines=[next(entries())]))
    assert run.best is None
    page = render_run(run)
    assert "No validation yet" in page
    assert "尚未验证" in page
    assert "<svg" in page
    assert render_run(read_run(make("empty", lines=[]))).count("<svg") == 0


@pytest.mark.parametrize("written", ["{}", "[]", '{"recipe": {"task": 1}}', "{"])
def test_what_describes_no_run(written, make):
    path = make("model")
    (path / "training/run.json").write_text(written)
    with pytest.raises(DamagedFileError):
        read_run(path)


def test_what_is_no_run(tmp_path, make):
    with pytest.raises(FileAccessError, match="holds no training run"):
        read_run(tmp_path)
    with pytest.raises(FileAccessError, match="no training run below"):
        find_runs(tmp_path)
    with pytest.raises(FileAccessError, match="is no directory"):
        find_runs(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="two runs or more"):
        compare_runs([make("model")])


def test_only_what_differs_is_told(make):
    other = {**RECIPE, "schedule": {"peak": 0.002, "floor": 0.1}}
    runs = [read_run(make("one")), read_run(make("two", recipe=other))]
    assert differences(runs) == {"schedule.peak": ["0.001", "0.002"], "schedule.floor": ["–", "0.1"]}
    assert differences([runs[0], runs[0]]) == {}
    assert cautions(runs) == []


def test_what_makes_scores_not_comparable(make):
    first = read_run(make("one"))
    text = read_run(make("two", checksums={"a.en": "22"}))
    [caution] = cautions([first, text])
    assert "one and two are made of different text (a.en)" in caution
    moved = read_run(make("moved", checksums={"elsewhere/a.en": "11"}))
    assert cautions([first, moved]) == []
    held_out = [{**RECIPE, "corpus": {"train": ["a"]}, "training": {"seed": seed}} for seed in (1, 2)]
    [caution] = cautions([read_run(make(f"seed{place}", recipe=one)) for place, one in enumerate(held_out)])
    assert "validated on different pairs (training.seed)" in caution


def test_the_report_is_whole_and_harmless(make):
    facts = {"corpus": {"training_pairs": 1234, "left_out": {"empty side": 5}}, "machine": {"processor": "<Fast>"}}
    page = render_run(read_run(make("model", facts=facts, test=31.5)))
    assert page.count("<svg") == 5  # of memory nothing is known
    assert "1,234" in page
    assert "未使用</span>: empty side" in page
    assert "&lt;Fast&gt;" in page
    assert "The &lt;b&gt;red&lt;/b&gt; dog" in page
    assert "Der Hund <mark>40</mark>" in page
    assert "peak = 0.001" in page
    assert not re.search(r"<script|<link|<img|https?://|url\(|@import", page)
    assert "default-src 'none'" in page
    assert page.count('class="en"') == page.count('class="zh"') > 10


def test_an_old_run_kept_no_translations(make):
    assert "本次训练没有保留译文" in render_run(read_run(make("old", lines=entries(samples=False))))


def test_a_page_of_two_runs(make):
    page = render_comparison([read_run(make("one")), read_run(make("two", checksums={"a.en": "22"}))])
    assert page.count("<svg") == 7
    assert "not comparable" in page
    assert "The recipes are the same." in page


def test_the_verbs(make, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dragoman.base.log._console", None)
    one, two = make("x/model"), make("y/model", test=30.0)
    make("z/broken")
    (tmp_path / "z/broken/training/run.json").write_text("{")
    list_runs(tmp_path)
    out, err = capsys.readouterr()
    assert "x/model" in out
    assert "30.00" in out
    assert "broken" not in out
    assert "warning: " in err
    compare_runs([one, two], html=tmp_path / "page.html")
    out = capsys.readouterr().out
    assert "1: " in out  # runs of one name are told apart
    assert "not finished" in out
    with pytest.raises(FileAccessError, match="already there"):
        compare_runs([one, two], html=tmp_path / "page.html")
    assert report_run(one) == one / "training/report.html"
    assert "60.00" in report_run(two, output=tmp_path / "own.html").read_text("utf-8")


def test_curves_leave_out_what_cannot_be_drawn():
    drawn = draw([Series(label="a<b", points=[(0, 1.0), (10, float("nan")), (20, 3.0)], dots=True)])
    assert drawn.count("<circle") == 2
    assert "nan" not in drawn
    assert "a&lt;b: 3 (20)" in drawn
    assert draw([Series(label="a", points=[(1, float("inf"))])]) == ""
    assert draw([Series(label="a", points=[(1, 0.0), (2, -1.0)])], logarithmic=True) == ""
    assert "<polyline" in draw([Series(label="a", points=[(0, 0.0)])])


@pytest.mark.parametrize("points", [[(1, 5.0), (2, 5.0)], [(1, 1e-9), (2, 1e-3)], [(1, 0.3), (2, 0.9)], [(5, 1e6)]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_curves_stay_within_the_picture(points, logarithmic):
    drawn = draw([Series(label="a", points=points)], logarithmic=logarithmic)
    path = re.search(r'points="([^"]+)"', drawn)[1]
    for pair in path.split():
        across, height = map(float, pair.split(","))
        assert 0 <= across <= 620
        assert 0 <= height <= 250


def test_a_long_curve_is_thinned_but_keeps_its_end():
    drawn = draw([Series(label="a", points=[(step, float(step)) for step in range(10_000)])])
    path = re.search(r'points="([^"]+)"', drawn)[1].split()
    assert len(path) <= 402
    assert path[-1].startswith("606.0,")


def test_numbers_in_words():
    assert [short(value) for value in (0.0, 0.0005, 12, 2500, 4e6)] == ["0", "0.0005", "12", "2.5k", "4M"]
    assert [duration(value) for value in (8, 725, 11220)] == ["8 s", "12 min 05 s", "3 h 07 min"]
