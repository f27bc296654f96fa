"""What is to be known of a run beside its recipe: how much text, how large a model, which machine. Plain values."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from dragoman.base.version import __version__
from dragoman.jobs.run.preparation import Prepared
from dragoman.models.protocol import Seq2Seq


def gather(prepared: Prepared, model: Seq2Seq) -> dict[str, Any]:
    """The facts of a run that is about to begin or to go on."""
    return {
        "dragoman": __version__,
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "corpus": {
            "training_pairs": prepared.store.about["pairs"],
            "validation_pairs": len(prepared.validation),
            "target_ids": prepared.store.target_ids,
            "left_out": prepared.store.about["left_out"],
        },
        "model": {
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "source_vocabulary": len(prepared.task.source_tokenizer),
            "target_vocabulary": len(prepared.task.target_tokenizer),
        },
        "machine": _machine(next(model.parameters()).device),
    }


def _machine(device: torch.device) -> dict[str, Any]:
    gpu = {"gpu": torch.cuda.get_device_name(device)} if device.type == "cuda" else {}
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": str(device),
        **gpu,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def _processor() -> str:
    """The processor's own name where Linux tells it."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
