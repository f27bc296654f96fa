"""One update after another: accumulation, clipping, the guard, the key of dropout."""

import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from dragoman.base.errors import TrainingError
from dragoman.base.symbols import EOS
from dragoman.batching.batch import collate
from dragoman.batching.example import Example
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.training.averaging import MovingAverage
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer

EXAMPLES = [Example([4 + n % 7] * (1 + n % 4) + [EOS], [5 + n % 6] * (1 + n % 5) + [EOS]) for n in range(12)]


def make_model(dropout=0.0):
    torch.manual_seed(4)
    config = TransformerConfig(
        width=8, heads=2, feed_forward_width=12, encoder_layers=1, decoder_layers=1, dropout=dropout
    )
    return Transformer(config, source_vocabulary=12, target_vocabulary=12)


def make_loop(model, **options):
    optimizer = make_optimizer(OptimizerConfig(weight_decay=0.01), model)
    return Loop(model, CrossEntropy(), optimizer, lambda step: 0.01, **{"seed": 5, **options})


def weights(model):
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}


class Plain(torch.optim.Optimizer):
    """Plain gradient descent with a rate of one, so that a difference of weights is a gradient."""

    def __init__(self, model):
        super().__init__(model.parameters(), {"lr": 1.0})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.sub_(parameter.grad * group["lr"])


def plain_loop(model, **options):
    return Loop(model, CrossEntropy(), Plain(model), lambda step: 1.0, **{"seed": 5, **options})


@pytest.mark.parametrize("parts", [2, 3, 12])
def test_accumulated_batches_equal_one_big_batch(parts):
    results = []
    for count in (1, parts):
        model = make_model()
        batches = [collate(EXAMPLES[start::count]) for start in range(count)]  # of unlike sizes in ids
        (step,) = plain_loop(model).steps([batches])
        results.append((weights(model), step))
    (whole, one), (summed, many) = results
    for name, weight in whole.items():
        torch.testing.assert_close(summed[name], weight, atol=1e-6, rtol=1e-5)
    assert many.loss == pytest.approx(one.loss, abs=1e-6)
    assert many.tokens == one.tokens == sum(len(example.target) for example in EXAMPLES)
    assert many.gradient_norm == pytest.approx(one.gradient_norm, abs=1e-6)


def test_a_step_tells_what_it_did():
    model = make_model()
    batch = collate(EXAMPLES)
    with torch.no_grad():
        loss = CrossEntropy()(model, batch)
    first, second = make_loop(model).steps([[batch], [batch]])
    assert (first.number, second.number) == (1, 2)
    assert first.loss == pytest.approx(float(loss.total) / batch.target_tokens)
    assert first.negative_log_likelihood == pytest.approx(float(loss.negative_log_likelihood) / batch.target_tokens)
    assert first.learning_rate == 0.01
    assert not first.skipped
    assert first.seconds > 0
    assert second.loss < first.loss


@pytest.mark.parametrize("clip", [0.05, 0.0])
def test_clipping(clip):
    model = make_model()
    before = weights(model)
    (step,) = plain_loop(model, clip_norm=clip).steps([[collate(EXAMPLES)]])
    moved = math.sqrt(sum(float((weights(model)[name] - before[name]).square().sum()) for name in before))
    assert step.gradient_norm > 0.05
    assert moved == pytest.approx(clip or step.gradient_norm, rel=1e-3)


class Waits(TorchDispatchMode):
    """Counts what would make the program wait for a GPU: a number read from a tensor, a size that depends on values."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        reads = function.overloadpacket in (torch.ops.aten._local_scalar_dense, torch.ops.aten.nonzero)
        by_mask = function.overloadpacket in (torch.ops.aten.index, torch.ops.aten.index_put_, torch.ops.aten.index_put)
        if reads or (by_mask and any(index is not None and index.dtype == torch.bool for index in arguments[1])):
            self.found.append(function)
        return function(*arguments, **(options or {}))


@pytest.mark.parametrize("look_every", [20, 1])
def test_nothing_is_read_before_someone_asks(look_every):
    loop = make_loop(make_model(), clip_norm=1.0)
    loop.average = MovingAverage(loop.model, decay=0.9)
    assert loop.look_every == 1  # on a processor
    loop.look_every = look_every
    with Waits() as waits:
        first, second = loop.steps([[collate(EXAMPLES)], [collate(EXAMPLES[:5]), collate(EXAMPLES[5:])]])
        assert len(waits.found) == (0 if look_every == 20 else 4)  # is it finite? how many were not?
        waits.found.clear()
        numbers = [first.loss, first.negative_log_likelihood, first.gradient_norm, first.loss]
        assert isinstance(first.measured, torch.Tensor)
    assert all(math.isfinite(number) for number in numbers)
    assert second.loss < first.loss


@pytest.mark.parametrize("averaged", [False, True])
def test_looking_seldom_changes_nothing(averaged):
    results = []
    for look_every in (1, 4):
        model = make_model(dropout=0.2)
        loop = make_loop(model, clip_norm=1.0, average=MovingAverage(model, decay=0.9) if averaged else None)
        loop._objective = SometimesBroken([1.0, math.nan, 1.0, math.inf, math.nan, 1.0])
        loop.look_every = look_every
        told = [step.values() | {"seconds": 0} for step in loop.steps([[collate(EXAMPLES)]] * 6)]
        assert [one["skipped"] for one in told] == [False, True, False, True, True, False]
        results.append((weights(model), dict(loop.average.weights) if averaged else {}, str(told)))
    (model, average, told), (other_model, other_average, other_told) = results
    assert told == other_told
    assert all(torch.equal(model[name], other_model[name]) for name in model)
    for name, weight in average.items():
        torch.testing.assert_close(weight, other_average[name], atol=1e-7, rtol=1e-6)


def test_looking_seldom_still_stops_a_broken_run():
    loop = make_loop(make_model())
    loop._objective = SometimesBroken([1.0] * 4 + [math.nan] * 40)
    loop.look_every = 8
    with pytest.raises(TrainingError, match=r"12 updates on end \(step 16"):
        list(loop.steps([[collate(EXAMPLES)]] * 40))


class SometimesBroken(CrossEntropy):
    """An objective whose loss is what it is told to be, where it is told."""

    def __init__(self, broken):
        super().__init__()
        self.broken = list(broken)

    def __call__(self, model, batch):
        loss = super().__call__(model, batch)
        factor = self.broken.pop(0)
        return type(loss)(loss.total * factor, loss.tokens, loss.negative_log_likelihood, loss.correct)


@pytest.mark.parametrize("factor", [math.nan, math.inf, -math.inf])
def test_an_update_that_is_not_finite_moves_nothing(factor):
    model = make_model()
    average = MovingAverage(model, decay=0.9)
    loop = make_loop(model, average=average, clip_norm=1.0)
    loop._objective = SometimesBroken([1.0, factor, 1.0])
    batches = [[collate(EXAMPLES)]]
    next(iter(loop.steps(batches)))
    held, followed = weights(model), {name: weight.clone() for name, weight in average.weights.items()}
    (step,) = loop.steps(batches)
    assert step.skipped
    assert step.number == 2
    assert all(torch.equal(weight, held[name]) for name, weight in weights(model).items())
    assert all(torch.equal(weight, followed[name]) for name, weight in average.weights.items())
    (step,) = loop.steps(batches)
    assert not step.skipped
    assert math.isfinite(step.loss)
    assert any(not torch.equal(weight, held[name]) for name, weight in weights(model).items())


def test_ten_broken_updates_on_end_stop_the_run():
    loop = make_loop(make_model())
    loop._objective = SometimesBroken([math.nan] * 9 + [1.0] + [math.nan] * 10)
    done = []
    with pytest.raises(TrainingError, match=r"10 updates on end \(step 20"):
        done.extend(loop.steps([[collate(EXAMPLES)]] * 30))
    assert loop.step == 20


def test_dropout_is_drawn_from_seed_and_step():
    losses = []
    for seed in (5, 5, 6):
        torch.manual_seed(len(losses))  # what ran before must not matter
        model = make_model(dropout=0.3)
        losses.append([step.loss for step in make_loop(model, seed=seed).steps([[collate(EXAMPLES)]] * 3)])
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


def test_each_step_draws_anew_and_a_loop_set_to_a_step_draws_as_that_step():
    model = make_model(dropout=0.3)
    frozen = Loop(model, CrossEntropy(), Plain(model), lambda step: 0.0, seed=5)
    first, second, third = (step.loss for step in frozen.steps([[collate(EXAMPLES)]] * 3))
    assert len({first, second, third}) == 3
    frozen.step = 1
    assert next(iter(frozen.steps([[collate(EXAMPLES)]]))).loss == second


def test_back_to_training_after_the_caller_evaluates():
    model = make_model(dropout=0.3)
    loop = make_loop(model)
    for step in loop.steps([[collate(EXAMPLES)]] * 2):
        assert model.training, step
        model.eval()


def test_the_rate_of_the_schedule_is_the_optimizers():
    model = make_model()
    loop = Loop(model, CrossEntropy(), Plain(model), lambda step: step / 100, seed=5)
    rates = [
        (step.learning_rate, loop.optimizer.param_groups[0]["lr"]) for step in loop.steps([[collate(EXAMPLES)]] * 3)
    ]
    assert rates == [(0.01, 0.01), (0.02, 0.02), (0.03, 0.03)]
