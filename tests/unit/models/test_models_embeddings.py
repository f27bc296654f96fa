"""Which matrices are one."""

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import PAD
from dragoman.models.embeddings import make_embeddings


def make(tying, source=20, target=20):
    return make_embeddings(tying, source_vocabulary=source, target_vocabulary=target, width=8)


def storages(parts):
    return [part.weight.data_ptr() for part in parts]


@pytest.mark.parametrize(("tying", "different"), [("none", 3), ("decoder", 2), ("all", 1)])
def test_tied_parts_share_their_storage(tying, different):
    assert len(set(storages(make(tying)))) == different


def test_three_way_tying_sums_all_three_gradients():
    source, target, output = make("all")
    ids = torch.tensor([5])
    (source(ids).sum() + target(ids).sum() + output(torch.ones(1, 8)).sum()).backward()
    assert source.weight.grad[5].tolist() == [3.0] * 8
    assert source.weight.grad[6].tolist() == [1.0] * 8


def test_decoder_tying_is_of_target_and_output():
    source, target, output = make("decoder", source=30)
    assert target.weight is output.weight
    assert source.weight.shape == (30, 8)


def test_three_way_tying_needs_one_vocabulary():
    with pytest.raises(ConfigError, match=r"30 pieces and the target 20"):
        make("all", source=30)


def test_first_weights():
    source, target, output = make_embeddings("none", source_vocabulary=3000, target_vocabulary=3000, width=16)
    for part in (source, target, output):
        assert float(part.weight.detach().std()) == pytest.approx(16**-0.5, rel=0.02)
    assert not source.weight[PAD].any()
    assert not target.weight[PAD].any()
