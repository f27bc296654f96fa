"""Which candidates nothing else beats, which keep within the limits, and which of those is taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dragoman.jobs.compression.amounts import show_size
from dragoman.jobs.compression.measuring import Row

Preference = Literal["speed", "size"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What may not be passed; None for no limit.

    Attributes:
        size: most bytes.
        bleu_loss: most BLEU below the original.
    """

    size: int | None = None
    bleu_loss: float | None = None

    def excess(self, row: Row, original: Row) -> list[tuple[float, str]]:
        """By how much the candidate passes each limit that it does not keep: as a share of it, and in words."""
        found = []
        if self.size is not None and row.size > self.size:
            told = f"{show_size(row.size)}, which is {show_size(row.size - self.size)} too large"
            found.append((row.size / self.size - 1, told))
        loss = original.bleu - row.bleu
        if self.bleu_loss is not None and loss > self.bleu_loss:
            over = loss - self.bleu_loss
            found.append((over / max(1.0, self.bleu_loss), f"{loss:.2f} BLEU below the model, {over:.2f} too much"))
        return found


def pareto(rows: Sequence[Row]) -> set[str]:
    """Names of the candidates that no other beats: none is as small, as quick and as good, and better in one of it."""
    return {row.name for row in rows if not any(_beats(other, row) for other in rows)}


def choose(rows: Sequence[Row], original: Row, limits: Limits, prefer: Preference) -> Row | None:
    """The quickest or smallest candidate within the limits, or None."""
    fitting = [row for row in rows if not limits.excess(row, original)]
    if prefer == "size":
        return min(fitting, key=lambda row: (row.size, -row.speed_up), default=None)
    return max(fitting, key=lambda row: (row.speed_up, -row.size), default=None)


def nearest(rows: Sequence[Row], original: Row, limits: Limits) -> Row:
    """The candidate that passes the limits by least, added up."""
    return min(rows, key=lambda row: sum(share for share, _ in limits.excess(row, original)))


def _beats(one: Row, other: Row) -> bool:
    ours, theirs = ((-row.size, row.speed_up, row.bleu) for row in (one, other))
    return ours != theirs and all(mine >= its for mine, its in zip(ours, theirs, strict=True))
