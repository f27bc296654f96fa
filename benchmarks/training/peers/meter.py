"""Run one training system's own command in this process, and count what it does between two moments.

    python meter.py SYSTEM REPORT.json SECONDS WARM_UP_STEPS [the system's own arguments …]

Runs inside the system's environment, so it needs nothing but PyTorch. Every system is counted in the same way:
from the tensors of the batches it trains on (ids that are not padding; of the target those that are to be said,
EOS included, BOS not) and with one clock, read when an update is over. The clock starts after WARM_UP_STEPS
updates, so start-up, reading the corpus and first-use costs are out, and stops after SECONDS; all that the system
does between its updates (making batches, logging) is in. Then the report is written and the process ends.
"""

import json
import os
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook


def number(tensor: torch.Tensor) -> Any:
    """A count to add up: a number, or on a GPU a tensor, because reading it would make the program wait."""
    return int(tensor) if tensor.device.type == "cpu" else tensor


def all_done() -> float:
    """The time, when a GPU is through with all it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


class Meter:
    """Counts updates and ids; ends the process when its time is over."""

    def __init__(self, report: Path, seconds: float, warm_up_steps: int) -> None:
        self._report = report
        self._seconds = seconds
        self._warm_up_steps = warm_up_steps
        self._counts: dict[str, Any] = dict.fromkeys(
            ("updates", "target_ids", "source_ids", "sentences", "target_places"), 0
        )
        self._started = time.perf_counter()
        self._start: tuple[float, float, dict[str, Any]] | None = None
        self.parameters = 0

    def batch(self, source: torch.Tensor, target: torch.Tensor, padding: int) -> None:
        """A batch is about to be trained on; ``target`` is what has to be said."""
        self._counts["source_ids"] += number((source != padding).sum())
        self._counts["target_ids"] += number((target != padding).sum())
        self._counts["sentences"] += len(source)
        self._counts["target_places"] += target.numel()

    def update_done(self) -> None:
        """The weights have moved."""
        self._counts["updates"] += 1
        if self._counts["updates"] == self._warm_up_steps:
            now = all_done()
            self._start = (now, time.process_time(), dict(self._counts))
        if self._start is not None and time.perf_counter() - self._start[0] >= self._seconds:
            self._finish(all_done(), *self._start)

    def optimizer_stepped(self, optimizer: torch.optim.Optimizer, _: object, __: object) -> None:
        """As a hook of every PyTorch optimizer."""
        self.parameters = sum(p.numel() for group in optimizer.param_groups for p in group["params"])
        self.update_done()

    def _finish(self, now: float, begun: float, processor_begun: float, before: dict[str, Any]) -> None:
        found: dict[str, Any] = {name: int(count - before[name]) for name, count in self._counts.items()}
        found |= {
            "seconds": now - begun,
            "processor_seconds": time.process_time() - processor_begun,
            "seconds_before": begun - self._started,
            "parameters": self.parameters,
            "threads": torch.get_num_threads(),
            "torch": torch.__version__,
            "default_dtype": str(torch.get_default_dtype()),
        }
        rank = os.environ.get("RANK", "0")
        partial = self._report.with_suffix(f".{rank}.partial")
        partial.write_text(json.dumps(found))
        partial.rename(self._report.with_suffix(f".{rank}.json"))
        sys.stdout.flush()
        sys.stderr.flush()
        if "RANK" in os.environ:
            time.sleep(30)  # the others may be a little behind; who started us ends us all
        os._exit(0)


def meter_dragoman(meter: Meter) -> Callable[[], None]:
    from dragoman.base.symbols import PAD
    from dragoman.cli.main import main
    from dragoman.training.loop import Loop

    make_steps = Loop.steps

    def counted(updates: Any) -> Iterator[Any]:
        for batches in updates:
            for batch in batches:
                meter.batch(batch.source, batch.target_output, PAD)
            yield batches

    def steps(self: Loop, updates: Any) -> Iterator[Any]:
        meter.parameters = sum(parameter.numel() for parameter in self.model.parameters())
        for step in make_steps(self, counted(updates)):
            yield step  # what is done with a step, such as logging it, is part of the update
            meter.update_done()

    Loop.steps = steps  # type: ignore[method-assign]
    return main


def meter_joeynmt(meter: Meter) -> Callable[[], None]:
    from joeynmt.__main__ import main
    from joeynmt.training import TrainManager

    train_step = TrainManager._train_step

    def counted(self: Any, batch: Any) -> Any:
        meter.batch(batch.src, batch.trg, self.model.pad_index)
        return train_step(self, batch)

    TrainManager._train_step = counted
    register_optimizer_step_post_hook(meter.optimizer_stepped)
    return main  # type: ignore[no-any-return]


def meter_eole(meter: Meter) -> Callable[[], None]:
    from eole.bin.main import main
    from eole.trainer import Trainer

    accumulate = Trainer._accum_batches

    def counted(self: Any, iterator: Any) -> Iterator[Any]:
        for batches, normalization in accumulate(self, iterator):
            for batch in batches:
                meter.batch(batch["src"], batch["tgt"][:, 1:], self.train_loss.padding_idx)
            yield batches, normalization

    Trainer._accum_batches = counted
    register_optimizer_step_post_hook(meter.optimizer_stepped)
    return main  # type: ignore[no-any-return]


def meter_huggingface(meter: Meter) -> Callable[[], None]:
    from transformers import Seq2SeqTrainer

    training_step = Seq2SeqTrainer.training_step

    def counted(self: Any, model: Any, inputs: Any, *rest: Any, **named: Any) -> Any:
        padding = model.config.pad_token_id
        labels = inputs["labels"]
        meter.batch(inputs["input_ids"], labels.masked_fill(labels == -100, padding), padding)
        return training_step(self, model, inputs, *rest, **named)

    Seq2SeqTrainer.training_step = counted
    register_optimizer_step_post_hook(meter.optimizer_stepped)
    script = str(Path(__file__).with_name("huggingface.py"))
    return lambda: runpy.run_path(script, run_name="__main__") and None


SYSTEMS: dict[str, Callable[[Meter], Callable[[], None]]] = {
    "dragoman": meter_dragoman,
    "joeynmt": meter_joeynmt,
    "eole": meter_eole,
    "huggingface": meter_huggingface,
}


def main() -> None:
    system, report, seconds, warm_up_steps, *arguments = sys.argv[1:]
    sys.path.remove(str(Path(__file__).parent))  # else huggingface.py and others here could hide packages
    run = SYSTEMS[system](Meter(Path(report), float(seconds), int(warm_up_steps)))
    sys.argv = [system, *arguments]
    run()


if __name__ == "__main__":
    main()
