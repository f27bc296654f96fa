"""The noun that tasks make and batches hold. It does not know what the ids mean, and needs no torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """One training or translation example.

    Attributes:
        source: ids of the source, EOS at the end.
        target: ids of the target, EOS at the end; empty when there is only a source.
    """

    source: list[int]
    target: list[int]
