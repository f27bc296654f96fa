"""From ids to a trained model: copying and reversing, held out, by greedy search."""

import random

import pytest
import torch

from dragoman.base.symbols import EOS, PAD
from dragoman.batching.batch import pad
from dragoman.batching.example import Example
from dragoman.batching.loader import Loader, Position
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.search import Search
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.training.averaging import MovingAverage
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer
from dragoman.training.schedules import ScheduleConfig, make_schedule

VOCABULARY = 14


def transformer():
    config = TransformerConfig(
        width=32, heads=4, feed_forward_width=64, encoder_layers=1, decoder_layers=1, dropout=0.0, max_length=16
    )
    return Transformer(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)


def recurrent():
    config = RecurrentConfig(width=48, embedding_width=32, dropout=0.0, attention="additive", tie_embeddings="all")
    return Recurrent(config, source_vocabulary=VOCABULARY, target_vocabulary=VOCABULARY)


def examples(count, turn, known=frozenset()):
    """Different random sources, none of them among ``known``, and what should be said of each."""
    draw = random.Random(len(known))
    found = {}
    while len(found) < count:
        ids = tuple(draw.randrange(4, VOCABULARY) for _ in range(draw.randint(2, 7)))
        if ids not in known:
            found[ids] = Example([*ids, EOS], [*turn(ids), EOS])
    return found


@pytest.mark.parametrize("turn", [tuple, lambda ids: tuple(reversed(ids))], ids=["copy", "reverse"])
@pytest.mark.parametrize(("make", "steps", "peak"), [(transformer, 620, 4e-3), (recurrent, 200, 8e-3)])
def test_learns(make, steps, peak, turn):
    torch.manual_seed(1)
    known = examples(5000, turn)
    held_out = list(examples(200, turn, known=known.keys()).values())
    model = make()
    schedule = make_schedule(ScheduleConfig(kind="cosine", peak=peak, warmup_steps=50), max_steps=steps, width=32)
    average = MovingAverage(model, decay=0.95)
    loop = Loop(
        model,
        CrossEntropy(),
        make_optimizer(OptimizerConfig(), model),
        schedule,
        clip_norm=1.0,
        seed=1,
        average=average,
    )
    loader = Loader(list(known.values()), max_tokens=600, seed=1)
    updates = (batches for batches, _ in loader.updates(Position()))
    for step in loop.steps(updates):
        if step.number == steps:
            break
    source = pad([example.source for example in held_out])
    with average.in_place():
        found = Search(model, DecodingConfig(beam=1))(source, source != PAD)
    exact = sum(one.ids == example.target[:-1] for (one,), example in zip(found, held_out, strict=True))
    assert exact >= 0.95 * len(held_out), f"{exact} of {len(held_out)} exact, loss {step.loss:.3f}"
