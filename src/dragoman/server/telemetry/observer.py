"""The joint between the service and who watches it. The service tells what happens, and knows nobody who listens.

Batches are told of in the threads of their model, one at a time: who hears of them must be quick.
"""

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from dragoman.server.speaker import ProbeWish, Said, Speaker
from dragoman.server.telemetry.trace import Trace
from dragoman.translator.tokens import Tokens, total


@dataclass(frozen=True, slots=True)
class Batch:
    """Segments that went through a model together.

    Attributes:
        source: BCP-47 code.
        target: BCP-47 code.
        segments: their texts: to be looked at, and not to be kept.
        said: what became of them; nothing where it failed.
        seconds: it took.
        model: what translated: the checksum of a model, or a mark that is another one after it was changed.
        is_probe: whether the service only asked for itself, to see if the model answers.
    """

    source: str
    target: str
    segments: Sequence[str]
    said: Sequence[Said]
    seconds: float
    model: object = None
    is_probe: bool = False

    @property
    def direction(self) -> str:
        """Such as ``en-de``."""
        return f"{self.source}-{self.target}"

    @property
    def tokens(self) -> Tokens:
        """Word pieces that the model read and wrote."""
        return total(one.tokens for one in self.said)


class Observer(Protocol):
    """Hears what happens."""

    def request_began(self) -> None:
        """A request has come."""
        ...

    def request_ended(self, trace: Trace) -> None:
        """It has its answer, or has gone."""
        ...

    def request_crashed(self, trace: Trace, error: BaseException) -> None:
        """Something happened that nobody had thought of."""
        ...

    def batch_ended(self, batch: Batch) -> None:
        """A model has translated a batch, or has failed to."""
        ...


class Silence:
    """Hears nothing: the base of those who hear only some things."""

    def request_began(self) -> None:
        """Nothing is done."""

    def request_ended(self, trace: Trace) -> None:
        """Nothing is done."""

    def request_crashed(self, trace: Trace, error: BaseException) -> None:
        """Nothing is done."""

    def batch_ended(self, batch: Batch) -> None:
        """Nothing is done."""


SILENCE = Silence()


def observed(speaker: Speaker, observer: Callable[[], Observer]) -> Callable[[Hashable, Sequence[str]], Sequence[Said]]:
    """``speaker.run``, of which ``observer`` (asked for each time: it may be set later) hears."""
    mark = speaker.checksum or object()
    telling = Lock()

    def run(kind: Hashable, segments: Sequence[str]) -> Sequence[Said]:
        began = time.perf_counter()
        said: Sequence[Said] = ()
        try:
            said = speaker.run(kind, segments)
            return said
        finally:
            seconds = time.perf_counter() - began
            languages = speaker.source_language, speaker.target_language
            batch = Batch(*languages, segments, said, seconds, mark, isinstance(kind, ProbeWish))
            with telling:
                observer().batch_ended(batch)

    return run
