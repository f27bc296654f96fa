"""Those who watch a run are told of all that happens, and may ask it to end."""

import json

import pytest

from dragoman.jobs.recipe import make_recipe
from dragoman.jobs.train import resume, train

TINY = {
    "corpus": {"train": ["phrasebook:validation"], "validation": "phrasebook:test"},
    "task": {"source": "en", "target": "de"},
    "tokenizer": {"kind": "characters"},
    "model": {"width": 16, "heads": 2, "feed_forward_width": 16, "encoder_layers": 1, "decoder_layers": 1},
    "batching": {"max_tokens": 512},
    "schedule": {"kind": "constant", "peak": 1e-3, "warmup_steps": 1},
    "training": {"max_steps": 4, "validate_every": 2, "validation_limit": 12, "keep_best": 1, "metric": "loss"},
    "decoding": {"beam": 1, "max_length_ratio": 1.0, "max_length_offset": 2},
    "compute": {"device": "cpu"},
}


class Witness:
    """Remembers what it was told; wants the run to end at a step, or raises there."""

    def __init__(self, *, end_at: int | None = None, error: Exception | None = None):
        self.steps, self.validations, self.outcomes = [], [], []
        self._end_at, self._error = end_at, error

    def step(self, entry):
        self.steps.append(dict(entry))

    def validation(self, entry, samples):
        self.validations.append((dict(entry), list(samples)))
        if entry["step"] != self._end_at:
            return None
        if self._error is not None:
            raise self._error
        return "the witness has seen enough"

    def finished(self, outcome):
        self.outcomes.append(outcome)


def test_told_of_everything(tmp_path):
    witness = Witness()
    outcome = train(make_recipe(TINY, place="test"), tmp_path / "model", observers=[witness])
    assert [entry["step"] for entry in witness.steps] == [1]
    assert [entry["step"] for entry, _ in witness.validations] == [2, 4]
    assert witness.outcomes == [outcome]
    first, second = (samples for _, samples in witness.validations)
    assert len(first) == 5
    assert [(one.source, one.reference) for one in first] == [(one.source, one.reference) for one in second]
    lines = [json.loads(line) for line in (tmp_path / "model/training/metrics.jsonl").read_text().splitlines()]
    assert lines[0] == witness.steps[0]
    assert lines[1]["samples"][0] == {
        "source": first[0].source,
        "reference": first[0].reference,
        "hypothesis": first[0].hypothesis,
    }


def test_asking_the_run_to_end(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dragoman.base.log._console", None)
    outcome = train(make_recipe(TINY, place="test"), tmp_path / "model", observers=[Witness(end_at=2)])
    assert outcome.finished
    assert "training is over: the witness has seen enough" in capsys.readouterr().err
    assert (tmp_path / "model/training/checkpoints/step-00000002").is_dir()
    assert not (tmp_path / "model/training/checkpoints/step-00000004").exists()
    again = Witness()
    assert resume(tmp_path / "model", observers=[again]).finished
    assert [entry["step"] for entry, _ in again.validations] == [4]


def test_abandoning_the_run(tmp_path):
    witness = Witness(end_at=2, error=LookupError("pruned"))
    with pytest.raises(LookupError, match="pruned"):
        train(make_recipe(TINY, place="test"), tmp_path / "model", observers=[witness])
    assert witness.outcomes == []
