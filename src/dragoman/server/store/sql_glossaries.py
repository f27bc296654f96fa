"""Glossaries in the store. Knows their table; their rules stand in :mod:`glossaries`."""

import asyncio
import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, func, insert, select

from dragoman.base.errors import StoreError
from dragoman.base.log import warn
from dragoman.server.ask import RefusedError
from dragoman.server.store.database import Database
from dragoman.server.store.glossaries import Dictionary, Glossary, check_room
from dragoman.server.store.tables import GLOSSARIES

RETRY_SECONDS = 2.0
_TELL_SECONDS = 60.0
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
Found = TypeVar("Found")


class SqlGlossaries:
    """Keeps glossaries in a store, so that they outlive the process.

    Args:
        database: with its tables.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told_seconds = -math.inf

    async def all(self, owner: str) -> list[Glossary]:
        """Those of ``owner``, oldest first."""

        def read() -> list[Glossary]:
            wanted = select(GLOSSARIES).where(GLOSSARIES.c.owner == owner)
            with self._database.reading() as connection:
                rows = connection.execute(wanted.order_by(GLOSSARIES.c.created_microseconds)).all()
            return [_glossary(row) for row in rows]

        return await self._outside(read)

    async def find(self, owner: str, identity: str) -> Glossary | None:
        """One of ``owner``'s, or None."""

        def read() -> Glossary | None:
            wanted = select(GLOSSARIES).where(GLOSSARIES.c.owner == owner, GLOSSARIES.c.identity == identity)
            with self._database.reading() as connection:
                row = connection.execute(wanted).first()
            return None if row is None else _glossary(row)

        return None if "\0" in identity else await self._outside(read)

    async def keep(self, glossary: Glossary) -> None:
        """Add it, or put it in the place of the one with the same identity.

        Raises:
            RefusedError: its owner has too many already (reason ``quota``), or the store cannot be used now.
        """

        def write() -> None:
            others = (GLOSSARIES.c.owner == glossary.owner) & (GLOSSARIES.c.identity != glossary.identity)
            sizes = select(func.count(), func.coalesce(func.sum(GLOSSARIES.c.characters), 0)).where(others)
            with self._database.writing() as connection:
                count, characters = connection.execute(sizes).one()
                check_room(glossary, count=count, characters=int(characters))
                connection.execute(delete(GLOSSARIES).where(GLOSSARIES.c.identity == glossary.identity))
                connection.execute(insert(GLOSSARIES).values(_row(glossary)))

        await self._outside(write)

    async def forget(self, owner: str, identity: str) -> bool:
        """Remove one; whether it was there."""

        def write() -> bool:
            gone = delete(GLOSSARIES).where(GLOSSARIES.c.owner == owner, GLOSSARIES.c.identity == identity)
            with self._database.writing() as connection:
                return bool(connection.execute(gone).rowcount)

        return False if "\0" in identity else await self._outside(write)

    async def _outside(self, work: Callable[[], Found]) -> Found:
        """Do it in a thread, so that a slow database holds up nobody else."""
        try:
            return await asyncio.to_thread(work)
        except StoreError as error:
            self._tell(error)
            raise RefusedError(
                "unavailable",
                "this cannot be stored or looked up now; try again a little later",
                status=503,
                retry_seconds=RETRY_SECONDS,
            ) from error

    def _tell(self, error: StoreError) -> None:
        """Once a minute, however often it is asked."""
        if time.monotonic() - self._told_seconds > _TELL_SECONDS:
            self._told_seconds = time.monotonic()
            warn(error.message)


def _glossary(row: Any) -> Glossary:
    dictionaries = tuple(Dictionary(*one) for one in json.loads(row.dictionaries))
    created = _BEGINNING + timedelta(microseconds=row.created_microseconds)
    return Glossary(row.owner, row.name, dictionaries, row.identity, created)


def _row(glossary: Glossary) -> dict[str, Any]:
    dictionaries = [[one.source, one.target, dict(one.entries)] for one in glossary.dictionaries]
    return {
        "identity": glossary.identity,
        "owner": glossary.owner,
        "name": glossary.name,
        "created_microseconds": (glossary.created - _BEGINNING) // timedelta(microseconds=1),
        "characters": glossary.characters,
        "dictionaries": json.dumps(dictionaries),
    }
