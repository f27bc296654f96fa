import os
import socket
import threading

import pytest

pytest.importorskip("optuna")

import optuna
from optuna.storages._heartbeat import HeartbeatThread

from dragoman.base.errors import ConfigError, DamagedFileError
from dragoman.tuning import storage as storages
from dragoman.tuning import study as studies
from dragoman.tuning.space import Choice, Range
from dragoman.tuning.storage import open_storage, require_optuna, shown, sqlite_url
from dragoman.tuning.study import Result, StudyConfig, open_study

SPACE = {"a.x": Range(-2.0, 2.0), "a.n": Range(1, 4), "a.c": Choice(("good", "bad"))}
FIRST = {"a.x": -1.5, "a.n": 1, "a.c": "bad"}


@pytest.fixture
def memory():
    require_optuna()
    return optuna.storages.InMemoryStorage()


@pytest.fixture
def database(tmp_path):
    return open_storage(sqlite_url(tmp_path / "study.db"))


def config(**changes):
    return StudyConfig(**{"name": "a study", "higher_is_better": True, "first": FIRST, **changes})


def score(values):
    return -((values["a.x"] - 1) ** 2) + values["a.n"] + (3 if values["a.c"] == "good" else 0)


def easy(trial):
    return Result("done", score(trial.values))


def tried(study):
    return [(record.place, record.state, dict(record.values), record.score) for record in study.records()]


def test_the_first_trial_is_the_default_and_the_search_beats_it(memory):
    study = open_study(memory, SPACE, config())
    assert study.search(easy, trials=25)
    records = study.records()
    assert [record.place for record in records] == list(range(25))
    assert records[0].values == FIRST
    assert records[0].score == score(FIRST)
    assert study.best().score > 5.5 > records[0].score
    assert set(study.importances()) == set(SPACE)
    assert sum(study.importances().values()) == pytest.approx(1)


def test_less_may_be_better(memory):
    study = open_study(memory, SPACE, config(higher_is_better=False))
    study.search(easy, trials=8)
    assert study.best().score == min(record.score for record in study.records())


def test_a_default_outside_the_space_is_still_the_first_trial(memory):
    study = open_study(memory, SPACE, config(first={**FIRST, "a.x": 9.0, "a.c": None}))
    seen = []

    def function(trial):
        seen.append(dict(trial.values))
        return Result("done", float(trial.place))

    study.search(function, trials=12)
    assert seen[0] == {"a.n": 1}
    assert study.records()[0].values == {"a.x": 9.0, "a.n": 1, "a.c": None}
    assert all(set(values) == set(SPACE) for values in seen[1:])


def test_the_same_seed_tries_the_same_and_another_does_not():
    def run(seed):
        study = open_study(optuna.storages.InMemoryStorage(), SPACE, config(seed=seed))
        study.search(easy, trials=12)
        return tried(study)

    assert run(1) == run(1) != run(2)


def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been():
    whole = open_study(optuna.storages.InMemoryStorage(), SPACE, config())
    whole.search(easy, trials=12)
    kept = optuna.storages.InMemoryStorage()
    parts = open_study(kept, SPACE, config())
    assert parts.search(easy, trials=4)
    calls = []

    def stopped_once(trial):
        calls.append(trial.place)
        return Result("interrupted") if len(calls) == 3 else easy(trial)

    again = open_study(kept, SPACE, config())
    assert not again.search(stopped_once, trials=12)
    assert again.records()[-1].state == "waiting"
    assert again.search(stopped_once, trials=12)
    assert calls == [4, 5, 6, 6, 7, 8, 9, 10, 11]
    assert tried(again) == tried(whole)


def test_an_error_keeps_the_trial_for_the_next_time(memory):
    study = open_study(memory, SPACE, config())

    def broken(trial):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        study.search(broken, trials=3)
    assert [record.state for record in study.records()] == ["waiting"]
    assert study.search(easy, trials=3)
    assert [record.state for record in study.records()] == ["done"] * 3


@pytest.mark.parametrize("pruner", ["median", "hyperband"])
def test_hopeless_trials_end_early_but_never_the_first(memory, pruner):
    study = open_study(memory, SPACE, config(pruner=pruner, judge_from=2, last=8))
    steps = {}

    def function(trial):
        quality = score(trial.values) if trial.place else -100.0
        for step in range(1, 9):
            steps[trial.place] = step
            trial.report(step, quality * (1 if quality < 0 else step / 8))
            trial.report(step, 1e9)  # a second word on one step does not count
            if trial.is_hopeless():
                return Result("pruned")
        return Result("done", quality)

    study.search(function, trials=25)
    states = [record.state for record in study.records()]
    assert steps[0] == 8
    assert states[0] == "done"
    assert "pruned" in states
    assert all(2 <= steps[place] < 8 for place, state in enumerate(states) if state == "pruned")
    assert study.best().state == "done"


def test_nothing_is_ended_without_a_pruner(memory):
    study = open_study(memory, SPACE, config(pruner="none"))

    def function(trial):
        trial.report(1, -float(trial.place))
        return Result("pruned") if trial.is_hopeless() else Result("done", -float(trial.place))

    study.search(function, trials=10)
    assert {record.state for record in study.records()} == {"done"}


def test_values_that_cannot_be_used_are_told_and_passed_over(memory):
    study = open_study(memory, SPACE, config())
    study.search(lambda trial: Result("refused", why="no room") if trial.place == 1 else easy(trial), trials=4)
    record = study.records()[1]
    assert (record.state, record.why, record.score) == ("refused", "no room", None)
    assert study.best().place != 1


def test_time_that_is_over_begins_no_trial(memory):
    study = open_study(memory, SPACE, config())
    assert not study.search(easy, trials=3, is_over=lambda: True)
    assert [record.state for record in study.records()] == ["waiting"]


def test_another_study_of_this_name_is_refused(memory):
    open_study(memory, SPACE, config(identity={"space": "x"}))
    open_study(memory, SPACE, config(identity={"space": "x"}))
    with pytest.raises(ConfigError, match="another seed and space: seed was '1', now '2'; space was 'x'"):
        open_study(memory, SPACE, config(identity={"space": "y"}, seed=2))


def test_a_killed_trial_is_begun_again(database, monkeypatch):
    study = open_study(database, SPACE, config())
    child = os.fork()
    if not child:  # a worker that dies in the middle of its trial
        study.search(lambda trial: os._exit(9), trials=3)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert [record.state for record in study.records()] == ["running"]
    places = []

    def function(trial):
        places.append(trial.place)
        return easy(trial)

    assert open_study(database, SPACE, config()).search(function, trials=3)
    assert places == [0, 1, 2]
    assert study.records()[0].values == FIRST


@pytest.mark.parametrize("at", ["its work", "its first breath"])
def test_the_silence_of_another_machine_is_noticed(tmp_path, monkeypatch, at):
    """However early it is killed; no thread of optuna's gets to say that the trial is at work."""
    monkeypatch.setattr(storages, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(storages, "GRACE_SECONDS", 2)
    monkeypatch.setattr(socket, "gethostname", lambda: f"machine {os.getpid()}")
    url = sqlite_url(tmp_path / "study.db")
    open_study(open_storage(url), SPACE, config())
    child = os.fork()
    if not child:
        monkeypatch.setattr(HeartbeatThread, "start", lambda thread: None)
        if at == "its first breath":
            monkeypatch.setattr(studies, "hear", lambda *trial: os._exit(9))
        open_study(open_storage(url), SPACE, config()).search(lambda trial: os._exit(9), trials=2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    study = open_study(open_storage(url), SPACE, config())
    assert study.search(easy, trials=2)
    assert [record.state for record in study.records()] == ["done", "done"]


def test_several_processes_share_a_study(tmp_path):
    """Each opens the study for itself, at the same time, and makes it if it is the first."""
    url = sqlite_url(tmp_path / "study.db")
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            try:
                is_complete = open_study(open_storage(url), SPACE, config()).search(easy, trials=12)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
            os._exit(0 if is_complete else 2)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    records = open_study(open_storage(url), SPACE, config()).records()
    assert [(record.place, record.state) for record in records] == [(place, "done") for place in range(12)]


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "study.db").write_text("This is a letter, not a database. " * 40)
    with pytest.raises(DamagedFileError, match="is not a database"):
        open_storage(sqlite_url(tmp_path / "study.db"))


def test_a_storage_that_cannot_be_reached(tmp_path):
    with pytest.raises(ConfigError, match="'study' is not a URL"):
        open_storage("study")
    with pytest.raises(ConfigError, match="cannot be used"):
        open_storage("oracle9://host/database")
    assert shown("postgresql://me:secret@host/study") == "postgresql://me:***@host/study"


def test_a_trial_that_was_taken_over_while_it_ran_is_left_to_the_other(database):
    study = open_study(database, SPACE, config())
    other = optuna.load_study(storage=database, study_name="a study")
    calls = []

    def slow(trial):
        calls.append(trial.place)
        if len(calls) == 1:  # given up by another worker, which begins it again
            other.tell(0, state=optuna.trial.TrialState.FAIL)
            optuna.storages.RetryHeartbeatStaleTrialCallback()(other, other.trials[0])
        return easy(trial)

    assert study.search(slow, trials=2)
    assert calls == [0, 0, 1]
    assert [record.state for record in study.records()] == ["done", "done"]


def test_a_waiting_trial_is_taken_by_one_worker_only(tmp_path):
    url = sqlite_url(tmp_path / "study.db")
    first = optuna.create_study(storage=open_storage(url), study_name="s")
    for number in range(40):
        first.enqueue_trial({"x": number})
    together = threading.Barrier(3)
    taken = []

    def take(study):
        together.wait()
        while (trial := study._pop_waiting_trial_id()) is not None:
            taken.append(trial)

    studies = [optuna.load_study(storage=open_storage(url), study_name="s") for _ in range(3)]
    workers = [threading.Thread(target=take, args=[study]) for study in studies]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) == len(set(taken)) == 40
