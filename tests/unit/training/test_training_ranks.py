"""Two processes learn what one learns: the same losses, checkpoints that any number can go on from, one dying ends all.

Tolerance: 5e-6 in the loss (sums are made in another order, in single precision).
"""

import json
import multiprocessing
import os
import socket
from dataclasses import asdict

import pytest
import torch

from dragoman.base.errors import TrainingError
from dragoman.base.symbols import EOS
from dragoman.batching.example import Example
from dragoman.batching.loader import Loader, Position
from dragoman.compute.placement import ComputeConfig
from dragoman.compute.ranks import ALONE, joined
from dragoman.compute.sharding import share
from dragoman.models.recurrent import Recurrent, RecurrentConfig
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.objectives.autocast import Autocast
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.training import checkpoints
from dragoman.training.averaging import MovingAverage
from dragoman.training.loop import Loop
from dragoman.training.optimizers import OptimizerConfig, make_optimizer

LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 40]
EXAMPLES = [Example([4 + n % 7] * length + [EOS], [5 + n % 6] * length + [EOS]) for n, length in enumerate(LENGTHS)]
HALF, WHOLE = 3, 6
TOLERANCE = 5e-6
DEADLINE_SECONDS = 240


def make_model(kind):
    torch.manual_seed(4)
    if kind == "recurrent":
        config = RecurrentConfig(width=8, embedding_width=8, dropout=0.0)
        return Recurrent(config, source_vocabulary=12, target_vocabulary=12)
    config = TransformerConfig(width=8, heads=2, feed_forward_width=12, encoder_layers=2, decoder_layers=1, dropout=0.0)
    return Transformer(config, source_vocabulary=12, target_vocabulary=12)


def make_run(ranks, sharding, kind="transformer"):
    """A loop and its loader; the longest example is a batch of its own, which leaves the second process no row."""
    model = make_model(kind)
    shared = share(model, ranks, ComputeConfig(sharding=sharding))
    optimizer = make_optimizer(OptimizerConfig(weight_decay=0.01), model)
    average = MovingAverage(model, decay=0.5)
    loop = Loop(model, CrossEntropy(), optimizer, lambda step: 0.01, clip_norm=0.5, seed=5, average=average)
    loop.sharing = shared
    loader = Loader(EXAMPLES, max_tokens=40, accumulate=2, seed=3, share=(ranks.rank, ranks.world))
    return loop, loader


class Broken(CrossEntropy):
    """An objective that is not a number where it is told to be."""

    is_broken = False

    def __call__(self, model, batch):
        loss = super().__call__(model, batch)
        total = loss.total * (float("nan") if self.is_broken else 1.0)
        return type(loss)(total, loss.tokens, loss.negative_log_likelihood, loss.correct)


def in_half_precision(ranks, sharding):
    """Losses with products in bf16."""
    loop, loader = make_run(ranks, sharding)
    loop._objective = Autocast(CrossEntropy(), torch.bfloat16)
    return learn(loop, loader, Position(), HALF)[0]


def broken_for_one(ranks, sharding, look_every):
    """Whether two updates were skipped, the second not a number for the second process, and whether all was left."""
    loop, loader = make_run(ranks, sharding)
    loop._objective, loop.look_every = Broken(), look_every
    updates = loader.updates(Position())
    (first,) = loop.steps([next(updates)[0]])
    before = state_of(loop)
    loop._objective.is_broken = ranks.rank == 1
    (second,) = loop.steps([next(updates)[0]])
    is_left = all(map(torch.equal, before, state_of(loop)))
    loop._objective.is_broken = False
    (third,) = loop.steps([next(updates)[0]])
    return [first.skipped, second.skipped, third.skipped, is_left, all(map(torch.equal, before, state_of(loop)))]


def state_of(loop):
    """Weights, their average and the optimizer's memory, each as far as this process has it."""
    memory = [value for state in loop.optimizer.state.values() for name, value in state.items() if name != "step"]
    everything = [*loop.model.parameters(), *loop.average.weights.values(), *memory]
    return [getattr(tensor, "_local_tensor", tensor).detach().clone() for tensor in everything]


def learn(loop, loader, position, last):
    """Losses and gradient norms up to step ``last``, and where the loader then stands."""
    found = []
    updates = loader.updates(position)
    while loop.step < last:
        batches, position = next(updates)
        (step,) = loop.steps([batches])
        found.append([step.loss, step.negative_log_likelihood, step.gradient_norm, step.tokens])
    return found, position


def whole_run(ranks, sharding, folder, kind="transformer"):
    """Learn with a checkpoint at the half; what was seen, and the sum of all weights that would be shipped."""
    loop, loader = make_run(ranks, sharding, kind)
    first, position = learn(loop, loader, Position(), HALF)
    checkpoints.save(folder, loop, asdict(position))
    second, _ = learn(loop, loader, position, WHOLE)
    with loop.serving() as model:
        shipped = sum(float(weight.detach().abs().sum()) for weight in model.parameters())
    return {"losses": first + second, "shipped": shipped}


def resumed_run(ranks, sharding, folder):
    """The second half, from a checkpoint that another number of processes may have written."""
    checkpoint, damaged = checkpoints.newest(folder)
    assert checkpoint is not None, damaged
    loop, loader = make_run(ranks, sharding)
    checkpoints.restore(checkpoint, loop)
    return learn(loop, loader, Position(**checkpoint.run), WHOLE)[0]


def enter(rank, port):
    torch.set_num_threads(1)
    place = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    os.environ.update({name: str(value) for name, value in place.items()})
    return joined(ComputeConfig(device="cpu", ranks=2, timeout_minutes=1))


def share_everything(rank, port, folder):
    found = {}
    with enter(rank, port) as ranks:
        for sharding in ("ddp", "fsdp"):
            found[sharding] = whole_run(ranks, sharding, folder / sharding)
            found[f"{sharding} recurrent"] = whole_run(ranks, sharding, folder / f"{sharding}-recurrent", "recurrent")
            found[f"{sharding} from one"] = resumed_run(ranks, sharding, folder / "one")
            found[f"{sharding} bf16"] = in_half_precision(ranks, sharding)
            found[f"{sharding} broken"] = [broken_for_one(ranks, sharding, look_every) for look_every in (1, 20)]
        found["told"] = ranks.broadcast(f"by {rank}"), ranks.gather(rank), ranks.largest([rank, -rank]), ranks.count(3)
        found["torch"] = float(ranks.sum(torch.tensor(1.0 + rank)))
    (folder / f"found-{rank}.json").write_text(json.dumps(found))


def lose_the_other(rank, port, folder):
    try:
        with enter(rank, port) as ranks:
            loop, loader = make_run(ranks, "ddp")
            _, position = learn(loop, loader, Position(), 1)
            if rank == 1:
                os._exit(9)
            learn(loop, loader, position, WHOLE)
    except TrainingError as error:
        (folder / f"error-{rank}").write_text(str(error))


def work(rank, ports, folder):
    """All that a process does: its start, which loads PyTorch, takes longer than everything else."""
    share_everything(rank, ports[0], folder)
    lose_the_other(rank, ports[1], folder)


def start_two(folder):
    """Run :func:`work` in two processes; their exit codes."""
    with socket.socket() as free, socket.socket() as other:
        ports = []
        for one in (free, other):
            one.bind(("127.0.0.1", 0))
            ports.append(one.getsockname()[1])
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch.distributed.fsdp", "dragoman.training.loop"])  # once for both
    processes = [context.Process(target=work, args=(rank, ports, folder)) for rank in (0, 1)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(DEADLINE_SECONDS)
        process.kill()
        process.join()
    return [process.exitcode for process in processes]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ranks")
    plain = whole_run(ALONE, "none", folder / "one")
    return folder, plain, whole_run(ALONE, "none", folder / "one-recurrent", "recurrent")


@pytest.fixture(scope="module")
def shared(alone):
    folder = alone[0]
    assert start_two(folder) == [0, 9]  # the second dies at the end
    return [json.loads((folder / f"found-{rank}.json").read_text()) for rank in (0, 1)]


def assert_same(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=TOLERANCE)


@pytest.mark.parametrize("sharding", ["ddp", "fsdp"])
@pytest.mark.parametrize("kind", ["", " recurrent"])
def test_two_processes_learn_what_one_learns(alone, shared, sharding, kind):
    expected = alone[2] if kind else alone[1]
    for found in shared:  # each process knows the whole update's losses
        assert_same(found[sharding + kind]["losses"], expected["losses"])
        assert found[sharding + kind]["shipped"] == pytest.approx(expected["shipped"], rel=1e-3)


@pytest.mark.parametrize("sharding", ["ddp", "fsdp"])
def test_two_go_on_from_one_and_one_from_two(alone, shared, sharding):
    folder, plain, _ = alone
    assert_same(shared[0][f"{sharding} from one"], plain["losses"][HALF:])
    assert_same(resumed_run(ALONE, "none", folder / sharding), plain["losses"][HALF:])


@pytest.mark.parametrize("sharding", ["ddp", "fsdp"])
def test_half_precision_in_two_processes(alone, shared, sharding):
    assert shared[0][f"{sharding} bf16"] == shared[1][f"{sharding} bf16"]
    for found, expected in zip(shared[0][f"{sharding} bf16"], alone[1]["losses"][:HALF], strict=True):
        assert found == pytest.approx(expected, rel=0.02)
        assert found != expected


@pytest.mark.parametrize("sharding", ["ddp", "fsdp"])
def test_what_is_not_finite_for_one_is_skipped_by_all(shared, sharding):
    for found in shared:  # looked at after each update, and left out by the optimizer itself as on a GPU
        assert found[f"{sharding} broken"] == [[False, True, False, True, False]] * 2


def test_some_update_left_a_process_without_rows():
    loader = Loader(EXAMPLES, max_tokens=40, accumulate=2, seed=3, share=(1, 2))
    updates = loader.updates(Position())
    counts = [batch.target_tokens for _ in range(loader.updates_per_epoch()) for batch in next(updates)[0]]
    assert 0 in counts
    assert sum(counts) > 0


def test_what_processes_tell_each_other(shared):
    for found in shared:
        assert found["told"] == ["by 0", [0, 1], [1.0, 0.0], 6]
        assert found["torch"] == 3.0


def test_one_dying_ends_the_other_with_a_clear_message(alone, shared):
    message = (alone[0] / "error-0").read_text()  # the first caught the error and wrote it down
    assert "another of this run's 2 processes has died" in message
    assert "--resume" in message
