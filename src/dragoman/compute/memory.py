"""How much memory this process has needed at most, on the machine and on its GPU."""

from pathlib import Path

import torch

_MIB = 1 << 20


def peak_memory_mib() -> dict[str, float]:
    """Peaks since the process began: ``memory_mib`` resident, ``gpu_memory_mib`` of tensors; none that is not known."""
    peaks = {}
    resident = _resident_bytes()
    if resident is not None:
        peaks["memory_mib"] = round(resident / _MIB, 1)
    if torch.cuda.is_available():
        peaks["gpu_memory_mib"] = round(torch.cuda.max_memory_allocated() / _MIB, 1)
    return peaks


def _resident_bytes() -> int | None:
    """As Linux says it; elsewhere as the system accounts for it (a Mac, in bytes), or not at all (Windows)."""
    status = Path("/proc/self/status")
    if status.exists():  # not getrusage: a child begins with the peak of the process that started it
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
