"""A search over a tiny recipe: trials, stopping and going on, several workers, and what one can ask wrongly."""

import os
import signal
import sys
import tomllib
from pathlib import Path

import pytest

pytest.importorskip("optuna")

from dragoman.jobs import tune
from dragoman.jobs.run.screen import Screen

SHORT = ("--steps", 4, "--vary", "schedule.peak=1e-3..1e-1:log", "--vary", "model.dropout=0..0.5")


def table(study: Path) -> list[list[str]]:
    return [line.split("\t") for line in (study / "trials.tsv").read_text("utf-8").splitlines()[1:]]


def kept(study: Path) -> list[list[str]]:
    """The table without its seconds."""
    return [[*cells[:3], *cells[4:]] for cells in table(study)]


@pytest.fixture
def stop_in_second_trial(monkeypatch):
    """Press Ctrl-C once, after the third step of the second run."""
    runs, show, done = [], Screen.show, []

    def showing(screen, step):
        show(screen, step)
        if step.number == 1:
            runs.append(screen)
        if len(runs) == 2 and step.number == 3 and not done:
            done.append(step)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Screen, "show", showing)


def test_two_trials_then_more_and_the_best_can_be_trained(corpus, tmp_path, dragoman):
    study = tmp_path / "study"
    done = dragoman("tune", corpus / "tiny.toml", "-o", study, "--trials", 2, *SHORT)
    assert done.code == 0, done.err
    assert "the recipe as it is" in done.err
    cells = table(study)
    assert [row[0] for row in cells] == ["0", "1"]
    assert float(cells[0][5]) == 0.01  # the recipe's own peak
    for name in ("parallel.png", "index.html", "best.toml", "study.db", "tune.json"):
        assert (study / name).stat().st_size > 500 or name == "best.toml"
    assert "data:image/png;base64," in (study / "index.html").read_text("utf-8")
    assert not list(study.rglob("*.safetensors"))
    assert len((study / "trials/001/training/metrics.jsonl").read_text().splitlines()) >= 4
    more = dragoman("tune", "--resume", study, "--trials", 3)
    assert more.code == 0, more.err
    assert "2 of 3 trials made" in more.err
    assert kept(study)[:2] == [[*row[:3], *row[4:]] for row in cells]
    best = tomllib.loads((study / "best.toml").read_text("utf-8"))
    assert best["training"]["max_steps"] == 20  # the recipe's own, not a trial's
    scores = {row[0]: float(row[2]) for row in table(study) if row[1] == "done"}
    winner = min(scores, key=scores.__getitem__)
    assert best["schedule"]["peak"] == float(table(study)[int(winner)][5])
    trained = dragoman("train", study / "best.toml", "-o", tmp_path / "model", "--set", "training.max_steps=2")
    assert trained.code == 0, trained.err


def test_ctrl_c_in_a_trial_keeps_it_and_changes_nothing(corpus, tmp_path, dragoman, stop_in_second_trial):
    arguments = ("tune", corpus / "tiny.toml", *SHORT, "--trials", 3)
    stopped = dragoman(*arguments, "-o", tmp_path / "study")
    assert stopped.code == 130
    assert f"go on with: dragoman tune --resume {tmp_path / 'study'}" in stopped.err
    assert [row[1] for row in table(tmp_path / "study")] == ["done", "waiting"]
    resumed = dragoman("tune", "--resume", tmp_path / "study")
    assert resumed.code == 0, resumed.err
    assert "going on after step 3" in (tmp_path / "study/trials/001/talk.txt").read_text("utf-8")
    assert dragoman(*arguments, "-o", tmp_path / "whole").code == 0
    assert kept(tmp_path / "study") == kept(tmp_path / "whole")


def test_a_hopeless_trial_is_ended(corpus, tmp_path, dragoman):
    done = dragoman(
        *("tune", corpus / "tiny.toml", "-o", tmp_path / "study", "--trials", 7, "--steps", 5),
        *("--vary", "schedule.peak=1e-9,2e-9,0.02,0.01", "--set", "training.validation_limit=4"),
    )
    assert done.code == 0, done.err
    states = {row[1] for row in table(tmp_path / "study")}
    assert "pruned" in states
    assert "ended early" in done.err
    assert float(min(table(tmp_path / "study"), key=lambda row: float(row[2]))[5]) >= 0.01


def test_values_that_do_not_fit_together_are_passed_over(corpus, tmp_path, dragoman):
    done = dragoman(
        *("tune", corpus / "tiny.toml", "-o", tmp_path / "study", "--trials", 4, "--steps", 2),
        *("--vary", "model.heads=2,3", "--vary", "model.width=16,32"),
    )
    assert done.code == 0, done.err
    refused = [row for row in table(tmp_path / "study") if row[1] == "refused"]
    assert all("must divide" in row[-1] for row in refused)
    assert {row[5] for row in refused} <= {"3"}
    assert all(row[5] == "2" for row in table(tmp_path / "study") if row[1] == "done")


def test_two_workers(corpus, tmp_path, dragoman):
    study = tmp_path / "study"
    done = dragoman("tune", corpus / "tiny.toml", "-o", study, "--trials", 4, "--workers", 2, *SHORT)
    assert done.code == 0, done.err
    assert [row[0] for row in table(study)] == ["0", "1", "2", "3"]
    assert {row[1] for row in table(study)} <= {"done", "pruned"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vary", "schedule.peek=1..2"), "did you mean 'peak'"),
        (("--vary", "shedule.peak=1..2"), "did you mean [schedule]"),
        (("--vary", "model.dropout=0.5..0.1"), "low 0.5 is above high 0.1"),
        (("--vary", "model.dropout=0.1..0.1"), "nothing to vary"),
        (("--vary", "model.dropout=0..1.5"), "model.dropout cannot be 1.5"),
        (("--vary", "model.width=16.5..32.5"), "is a whole number"),
        (("--vary", "model.norm=1..2"), "is not a number"),
        (("--vary", "model.norm=layer,lair"), "cannot be 'lair'"),
        (("--vary", "model.kind=transformer,recurrent"), "each kind has keys of its own"),
        (("--vary", "corpus.clean=true,false"), "trials are compared on the same text"),
        (("--vary", "training.max_steps=1..2"), "use --steps"),
        (("--vary", "tokenizer.vocabulary_size=300,400"), "losses per id of different vocabularies"),
        (("--vary", "model.width=16,32", "--vary", "model.width+heads=2,4"), "model.width is varied twice"),
        (("--vary", "model.width"), "has no '='"),
        (("--trials", "0"), "--trials 0 is not above 0"),
        (("--budget-minutes", "-1"), "--budget-minutes -1.0 is not above 0"),
        (("--pruner", "axe"), "unknown pruner 'axe'"),
        (("--storage", "mysql+nothing://nobody@127.0.0.1:9/none"), "cannot be used"),
        (("--space", "no.toml"), "no.toml"),
    ],
)
def test_bad_input(arguments, words, corpus, tmp_path, dragoman):
    wrong = dragoman("tune", corpus / "tiny.toml", "-o", tmp_path / "study", *arguments)
    assert wrong.is_clear_error, wrong.err
    assert words in wrong.err
    assert not (tmp_path / "study" / "best.toml").exists()


def test_a_database_server_that_does_not_answer(corpus, tmp_path, dragoman):
    pytest.importorskip("psycopg")
    storage = "postgresql://nobody@127.0.0.1:9/none"
    wrong = dragoman("tune", corpus / "tiny.toml", "-o", tmp_path / "study", "--storage", storage)
    assert wrong.is_clear_error
    assert "cannot be used" in wrong.err


def test_a_study_stays_what_it_is(corpus, tmp_path, dragoman):
    study = tmp_path / "study"
    assert dragoman("tune", corpus / "tiny.toml", "-o", study, "--trials", 1, *SHORT).code == 0
    other = dragoman("tune", corpus / "tiny.toml", "-o", study, "--trials", 1, "--vary", "model.dropout=0..0.2")
    assert other.is_clear_error
    assert "is of another space" in other.err
    (corpus / "train.en").write_text("One more.\n" + (corpus / "train.en").read_text("utf-8"), encoding="utf-8")
    (corpus / "train.de").write_text("Noch eins.\n" + (corpus / "train.de").read_text("utf-8"), encoding="utf-8")
    changed = dragoman("tune", "--resume", study, "--trials", 2)
    assert changed.is_clear_error
    assert "is of another text" in changed.err


def test_resume_wants_a_study_and_nothing_else(tmp_path, dragoman, corpus):
    assert "there is no study in" in dragoman("tune", "--resume", tmp_path).err
    both = dragoman("tune", corpus / "tiny.toml", "--resume", tmp_path)
    assert both.is_clear_error
    assert "recipe cannot be given with --resume" in both.err
    assert dragoman("tune").is_clear_error


def test_without_optuna_the_command_to_install_it_is_said(corpus, tmp_path, dragoman, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    missing = dragoman("tune", corpus / "tiny.toml", "-o", tmp_path / "study")
    assert missing.is_clear_error
    assert "pip install 'dragoman[tune]'" in missing.err
    assert not (tmp_path / "study").exists()


def test_time_over_keeps_the_trial_under_way(corpus, tmp_path, dragoman, monkeypatch):
    study = tmp_path / "study"
    asked = []
    monkeypatch.setattr(tune, "deadline", lambda minutes: lambda: minutes is not None and len(asked) > 1)
    show = Screen.show
    monkeypatch.setattr(Screen, "show", lambda screen, step: (asked.append(step), show(screen, step)))
    stopped = dragoman("tune", corpus / "tiny.toml", "-o", study, "--trials", 2, "--budget-minutes", 1, *SHORT)
    assert stopped.code == 130
    assert "go on with" in stopped.err
    assert dragoman("tune", "--resume", study).code == 0
    assert [row[1] for row in table(study)] == ["done", "done"]
