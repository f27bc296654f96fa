"""What stops ONNX Runtime is told with what helps; which ids would repeat an n-gram."""

import sys

import numpy as np
import pytest

from dragoman.base.errors import ConfigError, DamagedFileError, MissingExtraError
from dragoman.decoding.config import DecodingConfig
from dragoman.translator.engines.array_search import repeated
from dragoman.translator.engines.batches import like_lengths
from dragoman.translator.engines.onnx_engine import OnnxEngine, padded
from dragoman.translator.engines.protocol import Place


def test_without_the_package_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError) as told:
        OnnxEngine(tmp_path, Place(), max_length=None)
    assert told.value.hint == "pip install 'dragoman[onnx]'"


def test_it_works_on_the_processor_alone(tmp_path):
    with pytest.raises(ConfigError, match="cuda") as told:
        OnnxEngine(tmp_path, Place("cuda"), max_length=None)
    assert "--engine torch" in told.value.hint


def test_a_graph_that_cannot_be_read(tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "start.onnx").write_bytes(b"no graph")
    with pytest.raises(DamagedFileError, match=r"start\.onnx"):
        OnnxEngine(tmp_path, Place(), max_length=None)


def test_every_field_it_does_not_know_is_refused():
    engine = OnnxEngine.__new__(OnnxEngine)
    engine.check(DecodingConfig(beam=7, n_best=3, temperature=0.5, no_repeated_ngram=2))
    for field, value in (("stop", "exact"), ("diverse_groups", 5), ("method", "sampling")):
        with pytest.raises(ConfigError, match=field) as told:
            engine.check(DecodingConfig(**{field: value}))
        assert "--engine torch" in told.value.hint


@pytest.mark.parametrize(
    ("said", "size", "closing"),
    [
        ([], 2, set()),
        ([5, 6, 7, 5], 2, {6}),
        ([5, 6, 5, 7, 5], 2, {6, 7}),
        ([5, 6, 7, 5, 6], 3, {7}),
        ([5, 6, 5], 1, {5, 6}),
        ([5, 6, 5], 0, set()),
    ],
)
def test_ids_that_would_close_an_ngram(said, size, closing):
    assert repeated(said, size) == closing


def test_batches_hold_every_index_once_within_the_budget():
    lengths = [3, 9, 1, 9, 4, 20, 2]
    batches = list(like_lengths(lengths, 18))
    assert sorted(index for batch in batches for index in batch) == list(range(7))
    assert batches[0] == [5]  # longer than the budget: alone
    assert all(max(lengths[one] for one in batch) * len(batch) <= 18 for batch in batches[1:])


def test_rows_are_filled_up():
    assert padded([(5, 3), (4, 6, 3)]).tolist() == [[5, 3, 0], [4, 6, 3]]


def test_a_word_belongs_to_the_source_word_without_which_it_is_least_likely(monkeypatch):
    class Reading:
        """Says an id where its source holds it plus ten."""

        def __init__(self, sources):
            self.sources = sources

        def foresee(self, target):
            rows = zip(self.sources, target.tolist(), strict=True)
            found = [[0.0 if one + 10 in source else -5.0 for one in said] for source, said in rows]
            return np.array(found), target

    engine = OnnxEngine.__new__(OnnxEngine)
    engine._max_tokens = 7
    monkeypatch.setattr(engine, "_read", Reading)
    assert engine._alignment([15, 16, 17, 2], [7, 5, 6]) == [2, 0, 1]
    assert engine._alignment([2], [7]) == [0]
    assert engine._alignment([15, 2], []) == []
