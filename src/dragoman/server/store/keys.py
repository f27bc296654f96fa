"""Keys, what was used with them, and the audit, as rows of the store. Knows no secret and no request."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update

from dragoman.server.security.keys import Key
from dragoman.server.store.database import Database, insert_or
from dragoman.server.store.tables import AUDIT, KEYS, USAGE


@dataclass(frozen=True, slots=True)
class Usage:
    """How much was done.

    Attributes:
        day_characters: on one day (UTC).
        month_characters: in its month, that day included.
    """

    day_characters: int = 0
    month_characters: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit; it holds no text, no key and no address.

    Attributes:
        at_seconds: since 1970.
        key_identity: public name of the key; "" for who came without one.
        action: what was done, or tried.
        outcome: ``ok``, or why it was refused.
        characters: of the texts, if there were any.
    """

    at_seconds: int
    key_identity: str
    action: str
    outcome: str = "ok"
    characters: int = 0


def day_of(seconds: float) -> str:
    """The day, in UTC, as the store writes it: ``2027-01-31``."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


class KeyTable:
    """The rows.

    Args:
        database: with its tables.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: Key) -> None:
        """Keep a new key."""
        row = {name: getattr(key, name) for name in KEYS.columns.keys() if name != "scopes"}  # noqa: SIM118
        with self._database.writing() as connection:
            connection.execute(insert(KEYS).values(**row, scopes=" ".join(sorted(key.scopes))))
            _log(connection, [Event(key.created_seconds, key.identity, "keys create")])

    def revoke(self, identity: str, *, now: float) -> bool:
        """Let it never be used again, from the next look at the store on; whether there was such a key in use."""
        gone = update(KEYS).where(KEYS.c.identity == identity, KEYS.c.revoked_seconds.is_(None))
        with self._database.writing() as connection:
            if not connection.execute(gone.values(revoked_seconds=int(now))).rowcount:
                return False
            _log(connection, [Event(int(now), identity, "keys revoke")])
        return True

    def all(self) -> list[Key]:
        """Every key, oldest first."""
        with self._database.reading() as connection:
            return _keys(connection)

    def state(self, day: str) -> tuple[list[Key], dict[str, Usage]]:
        """Every key, and by its identity what was used with it on ``day`` and in its month."""
        on_day = func.sum(case((USAGE.c.day == day, USAGE.c.characters), else_=0))
        sums = select(USAGE.c.key_identity, on_day, func.sum(USAGE.c.characters))
        in_month = USAGE.c.day.between(day[:8] + "01", day[:8] + "31")
        with self._database.reading() as connection:
            rows = connection.execute(sums.where(in_month).group_by(USAGE.c.key_identity)).all()
            return _keys(connection), {identity: Usage(int(of_day), int(month)) for identity, of_day, month in rows}

    def record(self, used: Mapping[tuple[str, str], tuple[int, int]], events: Iterable[Event] = ()) -> None:
        """Add what was used: (identity, day) → (requests, characters); and lines of the audit; all or nothing."""
        with self._database.writing() as connection:
            for (identity, day), (requests, characters) in used.items():
                _count(connection, {"key_identity": identity, "day": day}, requests, characters)
            _log(connection, events)

    def events(self, *, newest: int = 100) -> list[Event]:
        """The last lines of the audit, newest first."""
        wanted = select(AUDIT).order_by(AUDIT.c.at_seconds.desc()).limit(newest)
        with self._database.reading() as connection:
            return [
                Event(row.at_seconds, row.key_identity, row.action, row.outcome, row.characters)
                for row in connection.execute(wanted)
            ]

    def forget_events(self, *, before_seconds: int) -> int:
        """Delete older lines of the audit; how many."""
        with self._database.writing() as connection:
            return connection.execute(delete(AUDIT).where(AUDIT.c.at_seconds < before_seconds)).rowcount


def _count(connection: Any, place: Mapping[str, str], requests: int, characters: int) -> None:
    """Add to a row that others may be adding to as well, or make it."""
    known = select(KEYS.c.identity).where(KEYS.c.identity == place["key_identity"])
    if connection.execute(known).first() is None:
        return  # it was deleted meanwhile
    new = insert_or(connection, USAGE).values(**place, requests=requests, characters=characters)
    added = {"requests": USAGE.c.requests + requests, "characters": USAGE.c.characters + characters}
    connection.execute(new.on_conflict_do_update(index_elements=["key_identity", "day"], set_=added))


def _log(connection: Any, events: Iterable[Event]) -> None:
    rows = [
        {
            "identity": secrets.token_hex(16),
            "at_seconds": one.at_seconds,
            "key_identity": one.key_identity,
            "action": one.action,
            "outcome": one.outcome,
            "characters": one.characters,
        }
        for one in events
    ]
    if rows:
        connection.execute(insert(AUDIT), rows)


def _keys(connection: Any) -> list[Key]:
    rows = connection.execute(select(KEYS).order_by(KEYS.c.created_seconds, KEYS.c.identity)).mappings()
    return [Key(**{**row, "scopes": frozenset(row["scopes"].split())}) for row in rows]
