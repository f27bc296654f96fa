"""What is hidden from the models: the operator's choice, to which a request may add. Knows no text.

A request cannot take anything away: who sends a text for somebody else does not decide about that one's values.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

from dragoman.base.catalog import nearest
from dragoman.base.errors import ConfigError
from dragoman.safeguards.kinds import KINDS, Kind
from dragoman.safeguards.masking import Masker
from dragoman.safeguards.names import NameList, read_names
from dragoman.server.ask import RefusedError

ALL = "all"
NONE = "none"
BY_FORM: frozenset[Kind] = frozenset(kind for kind in KINDS if kind != "name")
"""The kinds that need no list."""


@dataclass(frozen=True, slots=True)
class Shield:
    """The kinds of values that are hidden.

    Attributes:
        kinds: of every request.
        names: the operator's, if there is a list.
    """

    kinds: frozenset[Kind] = BY_FORM
    names: NameList | None = None
    _maskers: dict[frozenset[Kind], Masker] = field(default_factory=dict, repr=False, compare=False)

    def masker(self, more: Collection[str] = ()) -> Masker | None:
        """What hides the values of a request that wants ``more`` kinds hidden than all do; None for nothing.

        Raises:
            RefusedError: there is no such kind, or names are wanted and there is no list.
        """
        for kind in more:
            if kind not in (*KINDS, ALL):
                raise RefusedError("unknown_mask", f"{kind[:40]!r} cannot be masked; {_choices()} can")
        if "name" in more and self.names is None:
            raise RefusedError("unsupported_mask", "names cannot be masked here: the server has no list of them")
        kinds = self.kinds | (self._every() if ALL in more else cast("frozenset[Kind]", frozenset(more)))
        if not kinds:
            return None
        return self._maskers.setdefault(kinds, Masker(kinds, self.names))

    def _every(self) -> frozenset[Kind]:
        return frozenset(KINDS) if self.names is not None else BY_FORM


def read_shield(wanted: str, names: Path | None) -> Shield:
    """The operator's choice.

    Args:
        wanted: "all", "none", or kinds with commas between them.
        names: a file with names, one in a line.

    Raises:
        ConfigError: there is no such kind, names without a list, or a list without names.
        FileAccessError: the list cannot be read.
    """
    given = [part.strip() for part in wanted.split(",") if part.strip()]
    for one in given:
        if one not in (*KINDS, ALL, NONE):
            raise ConfigError(
                f"--mask {one!r} is no kind of value",
                hint=nearest(one, (*KINDS, ALL, NONE)) or f"{ALL}, {NONE}, or some of {_choices()}",
            )
    if not given or (NONE in given and len(given) > 1):
        raise ConfigError(f"--mask {wanted!r} does not say what to mask", hint=f"{ALL}, {NONE}, or {_choices()}")
    if "name" in given and names is None:
        raise ConfigError("--mask name needs a list", hint="--names FILE, one name in each line")
    listed = read_names(names) if names else None
    shield = Shield(frozenset(), listed)
    if NONE in given:
        return shield
    kinds = cast("frozenset[Kind]", frozenset(one for one in given if one in get_args(Kind)))
    return Shield(kinds | (shield._every() if ALL in given else frozenset()), listed)


def _choices() -> str:
    return ", ".join(KINDS)
