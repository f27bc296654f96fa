"""The joint between models, search and training.

Legend of shapes, the same everywhere: ``B`` batch, ``S`` source length, ``T`` target length,
``D`` width, ``H`` heads, ``K`` head width, ``V`` vocabulary, ``W`` beam, ``N`` rows, ``L`` layers.

Training asks a model for ``forward`` (all target positions at once) and leaves the output
projection to the objective, which may do it in pieces. Search asks for ``start`` and ``step``
and moves rows about with ``reorder``. One search thus serves every architecture.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Protocol, runtime_checkable

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError


@runtime_checkable
class DecoderState(Protocol):
    """All a decoder remembers between steps: encoder outputs, caches, hidden states; row by row."""

    def reorder(self, rows: Int[Tensor, " N"]) -> "DecoderState":
        """A state whose row ``i`` is this one's row ``rows[i]``; rows may repeat or be left out."""
        ...


class Seq2Seq(nn.Module, ABC):
    """An encoder–decoder.

    Subclasses set ``source_embedding`` and ``target_embedding`` (:class:`torch.nn.Embedding`, perhaps the same one)
    and ``output`` (:class:`torch.nn.Linear` from ``D`` to ``V``, its weight perhaps tied to an embedding).
    """

    config_type: ClassVar[type[Section]]
    """The recipe section of this architecture."""
    source_embedding: nn.Embedding
    target_embedding: nn.Embedding
    output: nn.Linear

    @abstractmethod
    def forward(
        self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"], target_input: Int[Tensor, "B T"] | None
    ) -> Float[Tensor, "B N D"]:
        """Features of every target position under teacher forcing; ``output`` turns them into logits.

        Without a target it is :meth:`encode`: whoever shares a model among processes sees only calls of the model.
        """

    def encode(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """Features of every source position, as wide as ``output`` takes them: what a masked word is told from.

        Raises:
            ConfigError: this model's encoder cannot give them.
        """
        raise ConfigError(
            f"the encoder of {type(self).__name__} cannot say words, so there is nothing to train it by alone",
            hint="use objective.kind = 'denoising' or 'mass', which train encoder and decoder together",
        )

    def encoder_parameters(self) -> list[nn.Parameter]:
        """Those that :meth:`encode` and ``output`` use; each once. None where there is no ``encode``."""
        return []

    @abstractmethod
    def start(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> DecoderState:
        """Read the sources; the state before the first target id."""

    @abstractmethod
    def step(self, ids: Int[Tensor, " B"], state: Any) -> tuple[Float[Tensor, "B V"], DecoderState]:
        """Feed each row's newest id (BOS first) to a state of this model's own; next logits and next state."""

    @property
    @abstractmethod
    def max_length(self) -> int | None:
        """The longest source or target in ids that the model can take, or None for no limit."""

    def watched(self, state: Any) -> Any:
        """The same state, all of whose followers have ``attention`` (B, S): how much the step looked at each source id.

        Raises:
            ConfigError: this model does not look at single source ids.
        """
        raise ConfigError(
            f"{type(self).__name__} has no attention, so there is nothing to align by, and no coverage",
            hint="leave decoding.alignments and decoding.coverage_penalty out, or train a model with attention",
        )

    def repeated_layers(self) -> list[nn.Module]:
        """Layers that are alike and take whole sentences at once: worth compiling. None by default."""
        return []
