"""What may be tried: ways to make a model smaller, and forms to keep one in. A new one is a function and a line.

Every candidate is a model, in a form, searched with a beam:

    the model itself, trimmed, pruned, a student…  ×  as it is, int8 for CTranslate2…  ×  its own beam, 1

A maker looks at the workshop and says what it would make; it makes nothing before it is asked. One that a model, or
what was given, does not allow says so when it is asked, with a :class:`~dragoman.base.errors.DragomanError`; that way
is then left out, and told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What there is to work with.

    Attributes:
        model: directory of the bundle to be compressed.
        manifest: of it.
        folder: of the whole job.
        data: locations of pairs to learn from; none when nothing may be trained.
        dev: location of the pairs everything is measured on.
        settings: ``section.key=value`` for every training.
        recover_steps: updates of training after a model was cut.
        threads: of the processor, for everything.
        device: for training and for the teacher.
    """

    model: Path
    manifest: dict[str, Any]
    folder: Path
    data: tuple[str, ...] = ()
    dev: str
    settings: tuple[str, ...] = ()
    recover_steps: int = 0
    threads: int = 1
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be made.

    Attributes:
        name: short, without spaces: it becomes a directory's.
        steps: what is done, for the history of the bundle.
        make: writes a bundle into the directory it is given.
        goes_on: whether ``make`` goes on with what a killed run left in the directory; else that is removed first.
    """

    name: str
    steps: tuple[str, ...]
    make: Callable[[Path], None] = field(repr=False)
    goes_on: bool = False


ModelMaker = Callable[[Workshop], Iterable[Offer]]
"""Smaller models to be made of the one in the workshop."""
FormMaker = Callable[[Path], Iterable[Offer]]
"""Forms to keep the bundle in the given directory in; the bundle itself has not been made yet."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bundle and how it is searched.

    Attributes:
        name: model, form and beam.
        path: directory of the bundle.
        beam: width of the search.
        steps: what was done to come to it.
    """

    name: str
    path: Path
    beam: int
    steps: tuple[str, ...]
