"""The smallest weights become zero, and stay zero while a model trains."""

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.batching.batch import Example, collate
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.surgery.sparsity import keep_zeros, sparsify, sparsity


def transformer():
    config = TransformerConfig(width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1)
    return Transformer(config, source_vocabulary=20, target_vocabulary=20)


def recurrent():
    return Recurrent(RecurrentConfig(width=8, embedding_width=8), source_vocabulary=20, target_vocabulary=20)


def matrices(model):
    return {name: parameter for name, parameter in model.named_parameters() if parameter.dim() > 1}


@pytest.mark.parametrize("model", [transformer(), recurrent()], ids=["transformer", "recurrent"])
def test_each_matrix_loses_its_smallest(model):
    sparse = sparsify(model, share=0.75)
    for name, before in matrices(model).items():
        after = matrices(sparse)[name]
        kept = after != 0
        assert torch.equal(after[kept], before[kept])
        assert float(kept.float().mean()) == pytest.approx(0.25, abs=1 / before.numel())
        assert before[kept].abs().min() >= before[~kept].abs().max()
    assert sparsity(sparse) == pytest.approx(0.75, abs=0.01)
    assert sparsity(model) < 0.1
    for name, bias in sparse.named_parameters():
        if bias.dim() == 1:
            assert torch.equal(bias, dict(model.named_parameters())[name])


def test_over_the_whole_model_small_matrices_lose_more():
    model = transformer()
    with torch.no_grad():
        model.encoder[0].feed_forward.input.weight.mul_(0.001)
    sparse = sparsify(model, share=0.5, scope="model")
    assert sparsity(sparse) == pytest.approx(0.5, abs=0.01)
    assert not sparse.encoder[0].feed_forward.input.weight.any()


def test_shares_that_are_none_are_refused():
    with pytest.raises(ConfigError, match="share of 1 "):
        sparsify(transformer(), share=1.0)
    with pytest.raises(ConfigError, match=r"share of -0\.1"):
        sparsify(transformer(), share=-0.1)


def test_zeros_stay_zero_and_the_others_move():
    model = sparsify(transformer(), share=0.5)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
    keep_zeros(optimizer)
    before = {name: weight.detach().clone() for name, weight in matrices(model).items()}
    batch = collate([Example([5, 6, 7, 3], [8, 9, 3]), Example([9, 10, 3], [11, 12, 13, 3])])
    for _ in range(3):
        CrossEntropy()(model, batch).total.backward()
        optimizer.step()
        optimizer.zero_grad()
    for name, weight in matrices(model).items():
        was_zero = before[name] == 0
        assert not weight[was_zero].any()
        assert not torch.equal(weight, before[name])
    assert any(bias.any() for bias in model.parameters() if bias.dim() == 1)
