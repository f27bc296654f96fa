"""Trackers are told what was measured, by group; one that fails is told of once and left alone."""

import pytest

from dragoman.base.errors import ConfigError, MissingExtraError
from dragoman.jobs.recipe import make_recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.run.tracking import TrackerObserver, tracked
from dragoman.metrics.score import Score
from dragoman.tracking import TRACKERS
from dragoman.tracking.protocol import Sample, TrackedRun

STEP = {"kind": "step", "step": 20, "loss": 2.0, "learning_rate": 1e-3, "gradient_norm": 0.5, "tokens": 900}
STEP |= {"tokens_per_second": 1000.0, "memory_mib": 300.0, "skipped": False, "seconds": 9.0}
VALIDATION = {"kind": "validation", "step": 40, "seconds": 20.0, "best": True, "loss": 1.5, "bleu": 30.0}
SAMPLES = [Sample("a", "b", "c")]
RECIPE = {"corpus": {"train": ["phrasebook:train"]}, "task": {"source": "en", "target": "de"}}


class Fake:
    """Remembers every call, and fails at one of them."""

    fails_at = ""
    error: Exception = ConnectionError("the line is dead")
    made: list["Fake"]

    def __init__(self, run):
        self.run, self.calls = run, []
        type(self).made.append(self)
        self._note("begin")

    def log(self, step, values):
        self._note("log", step, dict(values))

    def show(self, step, samples):
        self._note("show", step, list(samples))

    def close(self, *, failed):
        self._note("close", failed)

    def _note(self, *call):
        self.calls.append(call)
        if call[0] == self.fails_at:
            raise self.error


@pytest.fixture
def fake(monkeypatch):
    kind = type("FakeTracker", (Fake,), {"made": []})
    monkeypatch.setattr(TRACKERS, "load", lambda name: kind)
    monkeypatch.setattr("dragoman.base.log._console", None)
    return kind


def watch(tmp_path):
    observer = TrackerObserver("fake", TrackedRun(name="n", project="p", directory=tmp_path, recipe={}))
    observer.step(STEP)
    observer.step({**STEP, "step": 30})
    observer.validation(VALIDATION, SAMPLES)
    observer.finished(Outcome(tmp_path, True, {}, {"bleu": Score("bleu", "BLEU", 31.0, "s")}))
    observer.close(failed=False)


def test_told_what_was_measured(fake, tmp_path):
    watch(tmp_path)
    [tracker] = fake.made
    numbers = {"training/loss": 2.0, "training/learning_rate": 1e-3, "training/gradient_norm": 0.5}
    numbers |= {"machine/tokens_per_second": 1000.0, "machine/memory_mib": 300.0}
    assert tracker.calls == [
        ("begin",),
        ("log", 20, numbers),
        ("log", 30, numbers),
        ("log", 40, {"validation/loss": 1.5, "validation/bleu": 30.0}),
        ("show", 40, SAMPLES),
        ("log", 40, {"test/bleu": 31.0}),
        ("close", False),
    ]


@pytest.mark.parametrize("call", ["begin", "log", "show", "close"])
def test_one_that_fails_is_told_once_and_left_alone(call, fake, tmp_path, capsys):
    fake.fails_at = call
    watch(tmp_path)
    told = capsys.readouterr().err
    assert told.count("warning: tracker fake: ConnectionError: the line is dead; training goes on without it") == 1
    assert fake.made[0].calls[-1][0] == call


def test_one_that_is_not_installed_is_told_with_its_command(fake, tmp_path, capsys):
    fake.fails_at, fake.error = "begin", MissingExtraError.of("thing", extra="things")
    watch(tmp_path)
    assert "the package 'thing', which is not installed (pip install 'dragoman[things]')" in capsys.readouterr().err


def test_an_error_in_the_run_is_passed_on_and_the_tracker_closed(fake, tmp_path):
    recipe = make_recipe({**RECIPE, "tracking": {"trackers": "wandb", "name": "mine", "offline": True}}, place="test")
    with (
        pytest.raises(LookupError),
        tracked(recipe, RunDirectory(tmp_path / "model"), last_step=7) as [_],
    ):
        raise LookupError
    [tracker] = fake.made
    assert tracker.calls[-1] == ("close", True)
    assert (tracker.run.name, tracker.run.project, tracker.run.last_step) == ("mine", "dragoman", 7)
    assert tracker.run.offline
    assert tracker.run.recipe["task"]["source"] == "en"


def test_a_tracker_nobody_knows_is_refused_before_the_run():
    with pytest.raises(ConfigError, match="unknown tracker 'tensorbord'; did you mean 'tensorboard'"):
        make_recipe({**RECIPE, "tracking": {"trackers": ["tensorbord"]}}, place="test")
