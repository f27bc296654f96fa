"""The processes of one run: who am I, how many are we, and the few things they tell each other.

Processes are started by ``torchrun``, which puts each one's rank and where to meet into its environment. Without
that there is one process, of rank 0, and everything here is free. Numbers that steer the run travel between
processors (gloo) even where gradients travel between GPUs (nccl), so that telling them never makes a GPU wait.

Two kinds of waiting: in the exchange of an update a silence longer than ``compute.timeout_minutes`` ends the run;
in :meth:`Ranks.wait` others may take as long as they need, for one of them may be learning a vocabulary. A process
that has *died* is noticed at once in both. Knows nothing of models.
"""

import os
import re
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from dragoman.base import log
from dragoman.base.errors import ConfigError, TrainingError
from dragoman.compute.placement import ComputeConfig, choose_device

Value = TypeVar("Value")

_PATIENCE = timedelta(days=30)
_GONE = re.compile(r"gloo|nccl|connection (closed|reset|refused)|broken pipe|tim(ed|e) ?out|socket", re.IGNORECASE)
_LATE = re.compile(r"tim(ed|e) ?out", re.IGNORECASE)
_START = "start it with: torchrun --nproc-per-node 2 -m dragoman train …"


@dataclass(frozen=True, slots=True)
class Ranks:
    """One process among those of its run.

    Attributes:
        rank: its number, from 0.
        world: how many there are.
        local_rank: its number on its machine, which is that of its GPU.
        patient: the group in which waiting has no limit; None for a process alone.
    """

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    patient: Any = None

    @property
    def is_first(self) -> bool:
        """Whether this is the process that talks and writes."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait until all are here, however long that takes."""
        if self.world > 1:
            dist.barrier(group=self.patient)

    def broadcast(self, value: Value) -> Value:
        """The first process's value; the others' own are ignored."""
        if self.world == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, group=self.patient, device=torch.device("cpu"))
        return box[0]

    def gather(self, value: Value) -> list[Value]:
        """Everyone's value, by rank."""
        if self.world == 1:
            return [value]
        found: list[Any] = [None] * self.world
        dist.all_gather_object(found, value, group=self.patient)
        return found

    def sum(self, numbers: Tensor) -> Tensor:
        """Numbers summed over all processes, on the device where they are."""
        if self.world == 1:
            return numbers
        total = numbers.detach().clone()
        dist.all_reduce(total)
        return total

    def count(self, number: int) -> int:
        """A whole number summed over all processes, without a device having to wait."""
        return number if self.world == 1 else int(self.sum(torch.tensor(number)))

    def largest(self, numbers: Sequence[float]) -> list[float]:
        """For each number the largest that any process has: how all come to the same decision."""
        if self.world == 1:
            return list(numbers)
        found = torch.tensor(numbers, dtype=torch.float64)
        dist.all_reduce(found, op=dist.ReduceOp.MAX)
        return [float(number) for number in found]


ALONE = Ranks()
"""The process of a run that has only one."""


@contextmanager
def joined(config: ComputeConfig) -> Iterator[Ranks]:
    """Be one of the processes that the launcher started; all but the first fall silent.

    Raises:
        ConfigError: the recipe asks for other processes or more GPUs than there are, or the environment is half set.
        TrainingError: another process died, or was silent for ``config.timeout_minutes``.
    """
    rank, world, local_rank = _environment()
    _refuse(config, world, local_rank)
    if world == 1:
        yield ALONE
        return
    if rank:
        log.hush()
    with _explained(rank, world, config.timeout_minutes):
        on_gpu = choose_device(config.device).type == "cuda"
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=timedelta(minutes=config.timeout_minutes)
        )
        patient = dist.new_group(backend="gloo", timeout=_PATIENCE)
        yield Ranks(rank, world, local_rank, patient)
        dist.destroy_process_group()  # not after an error: it would wait for those who are gone


def _environment() -> tuple[int, int, int]:
    """Rank, number of processes and rank on this machine, as ``torchrun`` sets them."""
    given = {name: os.environ.get(name) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")}
    if given["RANK"] is None or given["WORLD_SIZE"] in (None, "1"):
        return 0, 1, 0
    missing = [name for name, value in given.items() if value is None]
    if missing:
        raise ConfigError(
            f"the environment names a rank (RANK={given['RANK']}), but not {', '.join(missing)}",
            hint=f"{_START}; or unset RANK and WORLD_SIZE to train with one process",
        )
    try:
        return int(given["RANK"]), int(given["WORLD_SIZE"] or 1), int(given["LOCAL_RANK"] or 0)
    except ValueError as error:
        raise ConfigError(f"the environment's ranks are not numbers: {given}", hint=_START) from error


def _refuse(config: ComputeConfig, world: int, local_rank: int) -> None:
    """Complain of processes or GPUs that are not there."""
    if config.ranks is not None and config.ranks != world:
        raise ConfigError(
            f"the recipe asks for {config.ranks} processes (compute.ranks), but {world} were started",
            hint=f"torchrun --nproc-per-node {config.ranks} -m dragoman train …, or leave compute.ranks out",
        )
    if world == 1 and config.sharding in ("ddp", "fsdp"):
        raise ConfigError(
            f"compute.sharding = '{config.sharding}' needs several processes, but there is only one",
            hint=f"{_START}, or add --set compute.sharding=auto",
        )
    if world == 1:
        return
    if config.sharding == "none":
        raise ConfigError(
            f"{world} processes were started, but compute.sharding = 'none' gives them nothing to share",
            hint="set compute.sharding to auto, ddp or fsdp",
        )
    device = choose_device(config.device).type
    if device == "mps":
        raise ConfigError(
            f"{world} processes cannot share an 'mps' device", hint="set compute.device=cpu, or start one process"
        )
    if device == "cuda" and local_rank >= torch.cuda.device_count():
        raise ConfigError(
            f"process {local_rank + 1} on this machine has no GPU: there are {torch.cuda.device_count()}",
            hint="start no more processes (--nproc-per-node) than there are GPUs, or set compute.device=cpu",
        )


@contextmanager
def _explained(rank: int, world: int, minutes: float) -> Iterator[None]:
    """Turn what the exchange says when another process is gone into something to read."""
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and not _GONE.search(str(error)):
            raise
        if rank == 0 and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the launcher is about to end this one too; say why first
        reason = str(error).strip().splitlines()[0].partition(". This")[0]
        what = f"was silent for {minutes:g} minutes" if _LATE.search(reason) else "has died"
        raise TrainingError(
            f"another of this run's {world} processes {what} (told by process {rank}: {reason})",
            hint="see that process's own message and the system's memory; then go on from the last checkpoint "
            "with --resume, with as many processes as you like",
        ) from error
