"""What turns ids into hypotheses: one engine for each library that can run a model. Knows no text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dragoman.base.catalog import Catalog
from dragoman.tasks.protocol import Task
from dragoman.translator.engines.protocol import Engine, Place

ENGINES = Catalog("engine", {"torch": "dragoman.translator.engines.torch_engine:open_engine"})
"""Name → :data:`~dragoman.translator.engines.protocol.OpenEngine`."""


def open_engine(path: Path, manifest: Mapping[str, Any], task: Task, place: Place, *, engine: str = "auto") -> Engine:
    """The engine called ``engine`` of the bundle in ``path``, or its quickest one.

    Raises:
        UnknownNameError: there is no such engine.
    """
    opened: Engine = ENGINES.load("torch" if engine == "auto" else engine)(path, manifest, task, place)
    return opened
