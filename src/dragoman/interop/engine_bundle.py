"""A bundle that another engine runs: written without weights for torch, or added to the bundle it was made of.

It knows manifests, and no engine: what an engine reads is a directory to it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dragoman.base.errors import DamagedFileError
from dragoman.base.files import explained, flush
from dragoman.translator.bundle import Bundle
from dragoman.translator.manifest import add_engine, read_manifest, write_manifest


def write_slim(bundle: Bundle, path: Path, engine: str, fill: Callable[[Path], Mapping[str, Any]]) -> None:
    """Write ``bundle`` into the empty directory ``path`` for ``engine`` alone, without its weights.

    Args:
        bundle: what to write.
        path: there already.
        engine: its name.
        fill: writes what the engine reads into a directory; gives what the manifest shall say of it.
    """
    values = {
        "parameters": sum(parameter.numel() for parameter in bundle.model.parameters()),
        "recipe": dict(bundle.recipe),
        "data": dict(bundle.data),
        "scores": dict(bundle.scores),
        "history": list(bundle.history),
        "weights": None,
    }
    write_manifest(path, values, task=bundle.task)
    draft = path / f"{engine}-draft"
    with explained("write", path):
        draft.mkdir()
        facts = fill(draft)
    add_engine(path, engine, draft, facts, task=bundle.task)


def move_engine(slim: Path, engine: str, *, into: Path, bundle: Bundle) -> None:
    """Take ``engine`` out of the bundle that :func:`write_slim` wrote, and add it to the one in ``into``.

    Args:
        slim: directory of a bundle on the same disk; it loses its engine.
        engine: its name.
        into: directory of the bundle that ``slim`` was made of.
        bundle: what is in ``into``.

    Raises:
        DamagedFileError: the bundle in ``into`` is another one by now.
    """
    manifest = read_manifest(into)
    if manifest["recipe"] != bundle.recipe or manifest["scores"] != bundle.scores:
        raise DamagedFileError(f"the bundle {into} was replaced while it was exported", hint="export it again")
    entry = dict(read_manifest(slim)["engines"][engine])
    draft = slim / entry.pop("directory")
    with explained("write", into):
        for file in (*draft.iterdir(), draft):
            flush(file)
    add_engine(into, engine, draft, entry, task=bundle.task)
