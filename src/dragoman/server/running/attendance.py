"""Looks after the models while they are served: those that hang or fail begin anew, newer ones take their places.

A thread that hangs cannot be stopped. It is left behind: who waited for it is refused, and the model is loaded once
more for a thread of its own. A bundle is whole when its manifest's checksums say so; one that is still being copied is
looked at again when it has come to rest.
"""

import asyncio
import time
from collections.abc import Hashable, Sequence
from pathlib import Path

from dragoman.base.errors import DragomanError
from dragoman.base.log import say, warn
from dragoman.server.fleet import Fleet
from dragoman.translator.manifest import MANIFEST, read_manifest

LOOK_SECONDS = 1.0
"""Between two looks at the models."""
AGAIN_SECONDS = 60.0
"""A model that fails all the time is loaded anew at most this often."""


async def attend(fleet: Fleet, paths: Sequence[Path], *, watch: bool = False) -> None:
    """Load the models in ``paths`` and look after them; with ``watch`` take newer ones by themselves."""
    further = [watch_bundles(fleet)] if watch else []
    await asyncio.gather(fleet.load(paths), look_after(fleet), *further)


async def look_after(fleet: Fleet, *, look_seconds: float = LOOK_SECONDS) -> None:
    """Begin anew with what hangs or fails; until cancelled."""
    begun: dict[int, float] = {}
    while True:
        await asyncio.sleep(look_seconds)
        for member in fleet.members:
            ailment = member.ailment(fleet.limits.max_batch_seconds)
            due = time.monotonic() - begun.get(id(member), -AGAIN_SECONDS) >= AGAIN_SECONDS
            if ailment == "hangs" or (ailment and due):
                begun[id(member)] = time.monotonic()
                warn(f"{member.place} {ailment}: it begins anew")
                await fleet.restart(member)


async def reload_all(fleet: Fleet) -> None:
    """Take every model and memory as it is now in its place; an old one stays where the new one cannot be loaded."""
    say("loading every model anew")
    for member in list(fleet.members):
        await fleet.reload(member)


async def watch_bundles(fleet: Fleet, *, look_seconds: float = 2.0) -> None:
    """Take each model that appears in the place of a served one, as soon as it is whole; until cancelled."""
    seen: dict[int, Hashable] = {}
    served: dict[int, Hashable] = {}
    while True:
        for member in list(fleet.members):
            if member.path is None:
                continue
            now = await asyncio.to_thread(_look_of, member.path)
            before, seen[id(member)] = seen.get(id(member)), now
            if served.setdefault(id(member), now) != now and before == now and member.state != "loading":
                served[id(member)] = now
                await fleet.reload(member)
        await asyncio.sleep(look_seconds)


def _look_of(path: Path) -> Hashable:
    """What changes when a file of the bundle does: the moment, the size and the node of each."""
    try:
        names = [MANIFEST, *read_manifest(path)["checksums"]]
    except (DragomanError, KeyError, TypeError):
        names = [MANIFEST]
    found = []
    for name in names:
        try:
            facts = (path / name).stat()
            found.append((name, facts.st_mtime_ns, facts.st_size, facts.st_ino))
        except OSError:
            found.append((name, 0, 0, 0))
    return tuple(found)
