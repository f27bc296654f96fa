"""dragoman: from parallel text to a translation system of your own.

The public names are loaded on first use (PEP 562), so ``import dragoman`` costs
nothing and needs no training stack.
"""

import importlib
from typing import TYPE_CHECKING, Any

from dragoman.base.version import __version__

if TYPE_CHECKING:
    from dragoman.base.errors import DragomanError
    from dragoman.corpora.records import Record
    from dragoman.translator.translator import Translation, Translator

__all__ = ["DragomanError", "Record", "Translation", "Translator", "__version__"]

_HOMES = {
    "DragomanError": "dragoman.base.errors",
    "Record": "dragoman.corpora.records",
    "Translation": "dragoman.translator.translator",
    "Translator": "dragoman.translator.translator",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'dragoman' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
