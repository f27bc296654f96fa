"""The joint between the façade and what runs the model: sentences in, hypotheses out, all as ids. Needs no torch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from dragoman.batching.example import Example
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.tasks.protocol import Task


@dataclass(frozen=True, slots=True)
class PairScore:
    """How well a model foresees one target.

    Attributes:
        log_probability: sum over the target ids, EOS included, in nats.
        tokens: how many ids that is.
        correct: how many of them had the highest probability of all; None from an engine that does not tell.
    """

    log_probability: float
    tokens: int
    correct: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an engine shall work.

    Attributes:
        device: auto, cpu, cuda or mps.
        threads: of the processor; None for the library's own choice.
    """

    device: str = "auto"
    threads: int | None = None


@runtime_checkable
class Engine(Protocol):
    """One model that runs. Whatever else is in a call, a sentence gets the same hypotheses."""

    @property
    def max_length(self) -> int | None:
        """The longest sentence in ids that the model takes, or None."""
        ...

    @property
    def lanes(self) -> int:
        """How many threads gain from calling :meth:`decode` side by side."""
        ...

    def check(self, config: DecodingConfig) -> None:
        """Refuse what this engine cannot do.

        Raises:
            ConfigError: with the reason, and the engine that can.
        """
        ...

    def decode(
        self,
        sentences: Sequence[Sentence],
        config: DecodingConfig,
        *,
        done: Callable[[int], None] = lambda count: None,
    ) -> list[list[Hypothesis]]:
        """The hypotheses of each sentence, best first.

        Args:
            sentences: none longer than ``max_length``.
            config: how to decode.
            done: told how many sentences each finished batch held.

        Raises:
            ConfigError: a sentence has a wish (:attr:`~dragoman.decoding.hypothesis.Sentence.wishes`) that this engine
                cannot fulfil, with the engine that can.
        """
        ...

    def score(self, examples: Sequence[Example]) -> list[PairScore]:
        """How likely the model finds each example's target, given its source (teacher forcing)."""
        ...


OpenEngine = Callable[[Path, Mapping[str, Any], Task, Place], Engine]
"""Opens the engine of a bundle, given its directory, its manifest (:func:`~dragoman.translator.manifest.read_manifest`;
its files are not checked yet), its task and where to work."""
