"""TensorBoard: event files below ``training/tensorboard``, to be looked at with ``tensorboard --logdir``.

A run that goes on writes another file with a mark, at which TensorBoard forgets what was
logged after the step that the run went back to: no step is there twice.
"""

import json
from collections.abc import Mapping, Sequence

from dragoman.base.errors import MissingExtraError
from dragoman.tracking.protocol import Sample, TrackedRun


class TensorBoard:
    """Writes TensorBoard's event files.

    Args:
        run: what to write of.

    Raises:
        MissingExtraError: TensorBoard is not installed.
    """

    def __init__(self, run: TrackedRun) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise MissingExtraError.of("tensorboard", extra="tensorboard") from error
        # a new run makes its mark too: TensorBoard takes the first one for the beginning, later ones for restarts
        self._writer = SummaryWriter(str(run.directory / "tensorboard"), purge_step=run.last_step + 1)
        if not run.last_step:
            recipe = json.dumps(run.recipe, indent=2, ensure_ascii=False)
            self._text("recipe", f"```json\n{recipe}\n```", 0)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Write scalars."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def show(self, step: int, samples: Sequence[Sample]) -> None:
        """Write one text for each sample, so that TensorBoard shows how its translation changes; flush."""
        for number, sample in enumerate(samples, 1):
            parts = {"source": sample.source, "reference": sample.reference, "hypothesis": sample.hypothesis}
            lines = (f"    {name:10} {' '.join(text.split())}" for name, text in parts.items())  # indented: taken as is
            self._text(f"samples/{number}", "\n".join(lines), step)
        self._writer.flush()

    def close(self, *, failed: bool) -> None:
        """Write what is left."""
        self._writer.close()

    def _text(self, name: str, text: str, step: int) -> None:
        self._writer.add_text(name, text, step)
