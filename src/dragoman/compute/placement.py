"""Which device, how many threads, and how freed memory is kept. Knows nothing of what is computed."""

import ctypes
import sys
from typing import Literal

import torch
from pydantic import Field

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4  # from glibc's malloc.h
_KEEP_BYTES = 1 << 30
_TOP_PAD_BYTES = 64 << 20
_HUGE_BYTES = 896 << 20  # of heap asked to be in huge pages; less than is kept, or freeing it would give it back
_HUGE_PAGE_BYTES = 2 << 20
_MADV_HUGEPAGE = 14  # from Linux's mman.h


class ComputeConfig(Section):
    """Where the run runs."""

    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """auto takes a GPU when there is one."""
    threads: int | None = Field(default=None, ge=1)
    """Processor threads of each process; by default PyTorch's choice, one for each core (under torchrun: one)."""
    ranks: int | None = Field(default=None, ge=2)
    """Processes the run is meant for, started with torchrun; unset, as many as there are. Others are refused."""
    sharding: Literal["auto", "none", "ddp", "fsdp"] = "auto"
    """What several processes share: ddp, every one a copy of the model; fsdp, every one a part of each matrix, for
    models too large for one GPU. auto takes ddp where torchrun started more than one process."""
    timeout_minutes: float = Field(default=10.0, gt=0)
    """Silence of another process in an update after which the run ends; one that dies ends it at once."""
    precision: Literal["auto", "fp32", "tf32", "bf16"] = "auto"
    """Of matrix products in training; weights stay fp32. auto: bf16 on a GPU that has it, else fp32."""
    compile: Literal["auto"] | bool = "auto"
    """Compile the layers with torch.compile; auto: on a GPU, in long runs. It changes speed, not what is computed."""


def choose_device(wanted: str = "auto") -> torch.device:
    """The device called ``wanted``.

    Raises:
        ConfigError: it is not on this machine.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return torch.device("cuda" if there["cuda"] else "cpu")
    if not there.get(wanted, False):
        raise ConfigError(
            f"this machine has no {wanted!r} device that PyTorch can use",
            hint=f"set compute.device to one of: auto, {', '.join(name for name, found in there.items() if found)}",
        )
    return torch.device(wanted)


def set_up(config: ComputeConfig, *, gpu: int | None = None) -> torch.device:
    """Apply threads and allocator settings to this process; return the device.

    Args:
        config: what is wanted.
        gpu: which of several GPUs, if it comes to a GPU.
    """
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    keep_freed_memory()
    device = choose_device(config.device)
    if device.type == "cuda" and gpu is not None:
        device = torch.device("cuda", gpu)
        torch.cuda.set_device(device)
    return device


def keep_freed_memory() -> bool:
    """Tell glibc to keep freed tensors for the next step instead of giving their pages back to the system.

    Fresh pages cost a fault each; a training step frees and takes the same tensors again.
    Returns whether the C library took the settings (other C libraries do not have them).
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        library = ctypes.CDLL("libc.so.6")
        mallopt = library.mallopt
    except (OSError, AttributeError):
        return False
    settings = ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, _KEEP_BYTES), (_M_TOP_PAD, _TOP_PAD_BYTES))
    taken = [int(mallopt(option, value)) for option, value in settings]
    if all(taken):
        _prefer_huge_pages(library)
    return all(taken)


def _prefer_huge_pages(library: ctypes.CDLL) -> None:
    """Ask Linux to back the next part of the heap with pages of 2 MiB instead of 4 KiB.

    A product of large matrices otherwise waits for the processor to look pages up. The part is taken and freed
    untouched, so it costs no memory until it is used. Where Linux will not, nothing happens.
    """
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    library.free.restype, library.free.argtypes = None, [ctypes.c_void_p]
    library.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    place = library.malloc(_HUGE_BYTES)
    if not place:
        return
    start = -(-place // _HUGE_PAGE_BYTES) * _HUGE_PAGE_BYTES
    end = (place + _HUGE_BYTES) // _HUGE_PAGE_BYTES * _HUGE_PAGE_BYTES
    library.madvise(start, end - start, _MADV_HUGEPAGE)
    library.free(place)
