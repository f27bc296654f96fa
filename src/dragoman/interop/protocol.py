"""What every export can do. It knows neither the command line nor where the result will stand.

An export writes into a directory that the caller made and will throw away when anything goes wrong; it is checked
right after it was written, by reading it back with the software it is meant for. An export that was not checked
against the model does not exist.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from dragoman.base.config import Section
from dragoman.translator.bundle import Bundle


class NoOptions(Section):
    """Options of an export that has none."""


@runtime_checkable
class Export(Protocol):
    """One form of a bundle outside dragoman, or with another engine inside.

    Made with its options: ``Export(config)``.
    """

    config_type: ClassVar[type[Section]]
    """Its options, each with a default."""
    needs: ClassVar[tuple[str, ...]]
    """Packages it cannot do without, beside those that training needs."""
    extra: ClassVar[str]
    """The extra that brings them; "" when nothing is needed."""

    def __init__(self, config: Any) -> None: ...

    def refusal(self, bundle: Bundle) -> str | None:
        """Why this form cannot hold the bundle, as the end of a sentence; None when it can."""
        ...

    def write(self, bundle: Bundle, path: Path) -> None:
        """Write the bundle into the empty directory ``path``."""
        ...

    def verify(self, bundle: Bundle, path: Path, samples: Sequence[str]) -> str:
        """Read ``path`` back and compare it with the bundle on ``samples``; what was found equal, in words.

        Raises:
            ExportError: it does not do what the bundle does.
        """
        ...


@runtime_checkable
class EngineExport(Export, Protocol):
    """An export whose result is a bundle of dragoman: without weights for torch, with what another engine reads.

    It may also be added to the bundle it was made of.
    """

    engine: ClassVar[str]
    """Its name among :data:`~dragoman.translator.engines.ENGINES`."""
