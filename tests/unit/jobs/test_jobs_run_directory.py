"""The files of a run."""

import json

import pytest

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError
from dragoman.jobs.recipe import make_recipe, read_recipe
from dragoman.jobs.run.directory import RunDirectory

RECIPE = make_recipe({"corpus": {"train": ["a"]}, "task": {"source": "en", "target": "de"}}, place="here")


@pytest.fixture
def directory(tmp_path):
    made = RunDirectory(tmp_path / "model")
    made.refuse_what_is_there(force=False)
    made.create(RECIPE, {"a.en": "00"})
    return made


def test_what_was_created_can_be_reopened(directory):
    assert directory.reopen() == (RECIPE, {"a.en": "00"})
    assert read_recipe(directory.path / "recipe.toml") == RECIPE


def test_a_place_that_is_taken(directory, tmp_path):
    again = RunDirectory(directory.bundle)
    with pytest.raises(ConfigError, match="already holds a model or a run"):
        again.refuse_what_is_there(force=False)
    again.refuse_what_is_there(force=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="is a file"):
        RunDirectory(tmp_path / "file").refuse_what_is_there(force=True)


def test_a_new_run_forgets_the_old_one(directory):
    directory.log({"kind": "step", "step": 1})
    directory.create(RECIPE, {})
    assert directory.entries() == []


def test_the_log_and_a_half_written_line(directory):
    assert directory.entries() == []
    for step in (20, 40, 60):
        directory.log({"kind": "step", "step": step})
    directory.log({"kind": "validation", "step": 60, "loss": 1.5})
    with directory.metrics.open("a") as file:
        file.write('{"kind": "st')
    assert [entry["step"] for entry in directory.entries()] == [20, 40, 60, 60]
    directory.forget_after(40)
    assert [json.loads(line)["step"] for line in directory.metrics.read_text().splitlines()] == [20, 40]


def test_nothing_to_reopen(tmp_path, directory):
    with pytest.raises(FileAccessError, match="no training run"):
        RunDirectory(tmp_path / "nowhere").reopen()
    for text in ("[]", "{}", '{"recipe": 3, "checksums": {}}'):
        (directory.path / "run.json").write_text(text)
        with pytest.raises(DamagedFileError, match="does not describe a run"):
            directory.reopen()


def test_damaged_lines_are_told_and_left_out(directory, capsys):
    for step in (20, 40, 60):
        directory.log({"kind": "step", "step": step})
    raw = bytearray(directory.metrics.read_bytes())
    place = raw.index(b"40")
    raw[place] = 0xFF  # not even text
    directory.metrics.write_bytes(raw + b'[1]\n{"kind": "st')
    assert [entry["step"] for entry in directory.entries()] == [20, 60]
    directory.forget_after(60)
    assert "line 2, 4: damaged; left out" in capsys.readouterr().err
    assert [json.loads(line)["step"] for line in directory.metrics.read_text().splitlines()] == [20, 60]
    directory.forget_after(60)
    assert "damaged" not in capsys.readouterr().err


def test_a_validation_the_checkpoint_does_not_know_is_forgotten(directory):
    for entry in ({"kind": "step", "step": 20}, {"kind": "validation", "step": 20}):
        directory.log(entry)
    directory.forget_after(20)
    assert len(directory.entries()) == 2
    directory.forget_after(20, is_validated=False)
    assert [entry["kind"] for entry in directory.entries()] == ["step"]


def test_a_run_that_was_killed_while_it_was_made_is_not_in_the_way(directory):
    (directory.path / "run.json").unlink()
    RunDirectory(directory.bundle).refuse_what_is_there(force=False)
    (directory.checkpoints / "step-00000010").mkdir()  # but work is never overwritten unasked
    with pytest.raises(ConfigError, match="already holds"):
        RunDirectory(directory.bundle).refuse_what_is_there(force=False)


def test_alone_clears_away_what_was_left(directory):
    (directory.checkpoints / ".step-00000010.77.partial").mkdir()
    with directory.alone():
        assert not list(directory.checkpoints.iterdir())
        directory.create(RECIPE, {})
        assert (directory.path / "lock").exists()
