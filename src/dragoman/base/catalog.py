"""Catalogues: literal tables ``name → "module:Object"``, imported on use, open to installed packages.

This is the one extension mechanism. An installed package adds an entry under the
entry-point group of the same name; nothing is registered by importing.
"""

import difflib
import importlib
from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points
from typing import Any

from dragoman.base.errors import UnknownNameError


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like ``name``, whatever their case, or None when none is close."""
    by_lower_case = {one.lower(): one for one in known}
    matches = difflib.get_close_matches(name.lower(), list(by_lower_case), n=1, cutoff=0.5)
    return by_lower_case[matches[0]] if matches else None


class Catalog:
    """One table of named things.

    Args:
        kind: what the things are, in the singular, for messages ("model", "tokenizer").
        table: ``name → "module:Object"``.
    """

    def __init__(self, kind: str, table: Mapping[str, str]) -> None:
        self.kind = kind
        self._table = dict(table)

    @property
    def group(self) -> str:
        """The entry-point group through which installed packages add entries."""
        return f"dragoman.{self.kind}"

    def names(self) -> list[str]:
        """All known names, sorted, installed packages included."""
        return sorted({*self._table, *(entry.name for entry in entry_points(group=self.group))})

    def load(self, name: str) -> Any:
        """The object called ``name``, imported now.

        Raises:
            UnknownNameError: no such name; the hint gives the nearest one.
        """
        if name in self._table:
            module, _, attribute = self._table[name].partition(":")
            return getattr(importlib.import_module(module), attribute)
        for entry in entry_points(group=self.group):
            if entry.name == name:
                return entry.load()
        guess = nearest(name, self.names())
        known = ", ".join(self.names())
        raise UnknownNameError(
            f"unknown {self.kind} {name!r}",
            hint=f"did you mean {guess!r}? known: {known}" if guess else f"known: {known}",
        )
