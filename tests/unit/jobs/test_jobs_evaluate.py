"""The verb: from files and (fake) models to a comparison."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from dragoman.base.errors import (
    ConfigError,
    CorpusFormatError,
    DataError,
    EmptyCorpusError,
    FileAccessError,
    UnknownNameError,
)
from dragoman.jobs.evaluate import EvaluationOptions, Output, evaluate

QUICK = EvaluationOptions(metrics=("bleu", "chrf"), draws=20)
PAIRS = [("the house", "das Haus"), ("the old man sleeps", "der alte Mann schläft"), ("yes", "ja")]


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Judged:
    log_probability: float
    tokens: int
    correct: int


class Dictionary:
    """A translator that knows some pairs by heart."""

    def __init__(self, path: Path, beam: int, *, languages=("en", "de")) -> None:
        self.name = path.name
        self.beam = beam
        self.source_language, self.target_language = languages
        self.known = dict(PAIRS if "good" in path.name else PAIRS[:1])

    def translate(self, texts):
        return [Text(self.known.get(text, "")) for text in texts]

    def score(self, records):
        return [Judged(-math.log(4), 1, 1) for _ in records]


@pytest.fixture
def test_set(tmp_path) -> str:
    (tmp_path / "test.en").write_text("".join(f"{source}\n" for source, _ in PAIRS), encoding="utf-8")
    (tmp_path / "test.de").write_text("".join(f"{target}\n" for _, target in PAIRS), encoding="utf-8")
    return str(tmp_path / "test")


@pytest.fixture
def translations(tmp_path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("das Haus\nder Mann schläft\nja\n", encoding="utf-8")
    return path


def test_models_are_compared_with_the_first(test_set):
    result = evaluate([Path("m/poor"), Path("m/good")], test_set, options=QUICK, load=Dictionary)
    poor, good = result.reports
    assert (poor.system, good.system) == ("poor", "good")
    assert good.scores["chrf"].value == pytest.approx(100)
    assert poor.scores["chrf"].value < 60
    assert poor.empty_hypotheses == 2
    assert good.likelihood.perplexity == pytest.approx(4)
    assert result.languages == ("en", "de")
    assert result.test == test_set


def test_the_beam_reaches_the_model(test_set):
    beams = []

    def load(path, beam):
        beams.append(beam)
        return Dictionary(path, beam)

    evaluate([Path("good")], test_set, options=EvaluationOptions(beam=3, draws=5), load=load)
    assert beams == [3]


def test_a_file_of_translations_needs_no_model(test_set, translations):
    result = evaluate([], test_set, hypotheses=[translations], languages=("en", "de"), options=QUICK)
    (report,) = result.reports
    assert report.system == "mine.txt"
    assert report.likelihood is None
    assert 50 < report.scores["chrf"].value < 100


def test_a_model_and_a_file_side_by_side(test_set, translations):
    result = evaluate([Path("good")], test_set, hypotheses=[translations], options=QUICK, load=Dictionary)
    assert [report.system for report in result.reports] == ["good", "mine.txt"]


def test_systems_of_one_name_are_told_apart(test_set):
    paths = [Path("a/good"), Path("b/good"), Path("b/good")]
    result = evaluate(paths, test_set, options=QUICK, load=Dictionary)
    assert [report.system for report in result.reports] == ["a/good", "b/good", "b/good (2)"]


def test_models_of_different_languages_are_refused(test_set):
    def load(path, beam):
        return Dictionary(path, beam, languages=("en", "fr") if "good" in path.name else ("en", "de"))

    with pytest.raises(DataError, match="good translates en → fr, but poor translates en → de"):
        evaluate([Path("poor"), Path("good")], test_set, load=load)


def test_languages_must_be_known_and_agree(test_set, translations):
    with pytest.raises(ConfigError, match="languages are not known"):
        evaluate([], test_set, hypotheses=[translations], languages=("en", None))
    with pytest.raises(ConfigError, match="--target fr is not what good translates: en → de"):
        evaluate([Path("good")], test_set, languages=(None, "fr"), load=Dictionary)


def test_nothing_to_evaluate_is_refused(test_set):
    with pytest.raises(ConfigError, match="nothing to evaluate"):
        evaluate([], test_set)


def test_a_limit_takes_the_beginning_of_both(test_set, translations):
    options = EvaluationOptions(metrics=("chrf",), limit=1, draws=5)
    result = evaluate([], test_set, hypotheses=[translations], languages=("en", "de"), options=options)
    assert result.segments == 1
    assert result.reports[0].scores["chrf"].value == pytest.approx(100)


@pytest.mark.parametrize("lines", [2, 4])
def test_too_few_or_too_many_translations_are_refused(test_set, tmp_path, lines):
    path = tmp_path / "wrong.txt"
    path.write_text("ja\n" * lines, encoding="utf-8")
    with pytest.raises(DataError, match=f"wrong.txt holds {lines} translations, but .*test has 3 pairs"):
        evaluate([], test_set, hypotheses=[path], languages=("en", "de"))


def test_bad_files_are_refused(test_set, tmp_path):
    empty, binary = tmp_path / "empty.txt", tmp_path / "binary.txt"
    empty.touch()
    binary.write_bytes(b"ja\n\xff\nja\n")
    with pytest.raises(EmptyCorpusError, match=r"empty\.txt holds no translation"):
        evaluate([], test_set, hypotheses=[empty], languages=("en", "de"))
    with pytest.raises(CorpusFormatError, match=r"binary\.txt, line 2: not UTF-8"):
        evaluate([], test_set, hypotheses=[binary], languages=("en", "de"))
    with pytest.raises(FileAccessError, match=r"missing\.txt"):
        evaluate([], test_set, hypotheses=[tmp_path / "missing.txt"], languages=("en", "de"))
    with pytest.raises(FileAccessError, match=r"nowhere\.en"):
        evaluate([Path("good")], str(tmp_path / "nowhere"), load=Dictionary)


def test_an_empty_test_set_is_refused(tmp_path):
    (tmp_path / "none.en").touch()
    (tmp_path / "none.de").touch()
    with pytest.raises(EmptyCorpusError, match="holds no pair"):
        evaluate([Path("good")], str(tmp_path / "none"), load=Dictionary)


def test_bad_options_are_refused(test_set):
    with pytest.raises(UnknownNameError, match="did you mean 'bleu'"):
        evaluate([Path("good")], test_set, options=QUICK.with_metrics(["bleau"]), load=Dictionary)
    for name in ("beam", "limit", "draws"):
        with pytest.raises(ConfigError, match=f"--{name} 0 is too small"):
            EvaluationOptions(**{name: 0})


@pytest.fixture
def comparison(test_set):
    return evaluate([Path("poor"), Path("good")], test_set, options=QUICK, load=Dictionary)


def test_everything_is_written_where_it_was_wanted(comparison, tmp_path, capsys):
    output = Output(json=str(tmp_path / "r.json"), html=tmp_path / "r.html")
    output.check()
    output.write(comparison)
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["systems"][1]["name"] == "good"
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "Scores" in capsys.readouterr().out


def test_json_on_standard_output_stands_alone(comparison, capsys):
    Output(json="-").write(comparison)
    assert json.loads(capsys.readouterr().out)["test"]["segments"] == 3


def test_files_already_there_are_spared_unless_forced(tmp_path):
    old = tmp_path / "old.html"
    old.write_text("old", encoding="utf-8")
    with pytest.raises(FileAccessError, match=r"old\.html is already there"):
        Output(html=old).check()
    with pytest.raises(FileAccessError, match="already there"):
        Output(json=str(old)).check()
    Output(html=old, force=True).check()
    with pytest.raises(FileAccessError, match="directory"):
        Output(html=tmp_path, force=True).check()
    with pytest.raises(FileAccessError, match="no directory"):
        Output(html=tmp_path / "no" / "r.html").check()


@pytest.mark.parametrize("protect", [True, False])
def test_models_seen_to_or_as_they_speak_by_themselves(tmp_path, protect):
    address = "https://example.org/9f3a"
    for code in ("en", "de"):
        (tmp_path / f"test.{code}").write_text(f"{address} Hello world!\n", encoding="utf-8")
    golden = Path(__file__).parents[2] / "data" / "golden-bundle"
    result = evaluate([golden], str(tmp_path / "test"), options=replace(QUICK, protect=protect))
    assert (address in result.reports[0].worst[0].hypothesis) == protect
