"""Weights & Biases: the run on a web site, or kept on this machine to be uploaded later.

The run's id and the last step sent stand in ``training/wandb/run.json``: a run that goes on continues the
same run there, and steps that it makes a second time are not sent a second time. (They would be the
same: resuming is exact.) No code, no terminal output and no description of the machine are sent.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dragoman.base.errors import MissingExtraError
from dragoman.base.files import read_json, write_json
from dragoman.base.log import warn
from dragoman.tracking.protocol import Sample, TrackedRun

_TIMEOUT_SECONDS = 20


class WeightsAndBiases:
    """Sends a run to Weights & Biases.

    Args:
        run: what to send.

    Raises:
        MissingExtraError: wandb is not installed.
    """

    def __init__(self, run: TrackedRun) -> None:
        try:
            import wandb
        except ImportError as error:
            raise MissingExtraError.of("wandb", extra="wandb") from error
        self._wandb = wandb
        self._state = run.directory / "wandb" / "run.json"
        self._id, self._sent = self._read_state()
        self._run = self._begin(run)
        self._note(self._sent)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Send numbers."""
        if step > self._sent:
            self._run.log(dict(values), step=step)
            self._note(step)

    def show(self, step: int, samples: Sequence[Sample]) -> None:
        """Send a table of the samples."""
        if step > self._sent and samples:
            rows = [[sample.source, sample.reference, sample.hypothesis] for sample in samples]
            table = self._wandb.Table(columns=["source", "reference", "hypothesis"], data=rows)
            self._run.log({"samples": table}, step=step)

    def close(self, *, failed: bool) -> None:
        """Send what is left."""
        self._run.finish(exit_code=int(failed))

    def _begin(self, run: TrackedRun) -> Any:
        """Open the run; offline where the site knows no account of ours or cannot be reached."""
        if run.offline:
            return self._open(run, "offline")
        try:
            if self._wandb.login(prompt=False):
                return self._open(run, "online")
            reason = "there is no account (log in once with: wandb login)"
        except self._wandb.errors.Error as error:
            reason = f"it cannot be reached ({str(error).splitlines()[0]})"
        kept = f"the run is kept here, to be sent later with: wandb sync {self._state.parent}/offline-run-*"
        warn(f"Weights & Biases: {reason}; {kept}")
        return self._open(run, "offline")

    def _open(self, run: TrackedRun, mode: Literal["online", "offline"]) -> Any:
        settings = self._wandb.Settings(
            silent=True,
            console="off",
            disable_git=True,
            disable_code=True,
            x_disable_stats=True,
            x_disable_meta=True,
            x_save_requirements=False,
            init_timeout=_TIMEOUT_SECONDS,
        )
        return self._wandb.init(
            project=run.project,
            name=run.name,
            id=self._id,
            resume="allow",
            dir=str(run.directory),
            mode=mode,
            config={name: dict(section) for name, section in run.recipe.items()},
            settings=settings,
        )

    def _read_state(self) -> tuple[str, int]:
        """The run's id and the last step that an earlier process sent; a new id and 0 where none has."""
        if self._state.exists():
            state = read_json(self._state)
            return str(state["id"]), int(state["last_step"])
        return uuid.uuid4().hex[:12], 0

    def _note(self, step: int) -> None:
        write_json(self._state, {"id": self._id, "last_step": step})
