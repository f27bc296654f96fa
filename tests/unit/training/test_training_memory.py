"""A batch that does not fit into memory."""

import pytest
import torch

from dragoman.base.errors import OutOfMemoryError
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.training import memory
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer

BATCH = collate([Example([4, 5, 2], [6, 2]), Example([4, 2], [6, 7, 8, 2])])


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried…"),
        RuntimeError("MPS backend out of memory"),
    ],
    ids=["python", "cuda", "cpu", "mps"],
)
def test_every_way_to_say_it(error):
    with pytest.raises(OutOfMemoryError) as caught, memory.explained(BATCH, vocabulary=8000):
        raise error
    assert caught.value.message == "out of memory in a batch of 2 rows × 3 source × 4 target ids, vocabulary 8,000"
    assert caught.value.rows == 2


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match="shapes"), memory.explained(BATCH, vocabulary=10):
        raise RuntimeError("shapes cannot be multiplied")


def test_the_loop_is_as_it_was_before_the_update():
    torch.manual_seed(1)
    config = TransformerConfig(width=8, heads=2, feed_forward_width=8, encoder_layers=1, decoder_layers=1, dropout=0.1)
    model = Transformer(config, source_vocabulary=10, target_vocabulary=10)
    plain = CrossEntropy()
    calls = []

    class Forgetful(CrossEntropy):
        """Runs out of memory in the second batch of the second update."""

        def __call__(self, model, batch):
            calls.append(batch)
            if len(calls) == 4:
                raise MemoryError
            return plain(model, batch)

    loop = Loop(model, Forgetful(), make_optimizer(OptimizerConfig(), model), lambda step: 0.01, clip_norm=1.0, seed=1)
    steps = loop.steps([[BATCH, BATCH], [BATCH, BATCH]])
    next(steps)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    with pytest.raises(OutOfMemoryError):
        next(steps)
    assert loop.step == 1
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, before[name])
        assert parameter.grad is None
