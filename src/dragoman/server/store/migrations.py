"""From the tables of one version of the store to those of the next. Knows no rows but those it changes.

The steps are an ordered list of plain SQL that both databases understand, run in one transaction. Alembic would bring
a folder of scripts, an ini file and a tree of revisions for a few tables that only ever change in one line of history.
A step that was once released never changes; a new one is added at the end.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dragoman.base.errors import ConfigError, VersionError
from dragoman.server.store.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

Step = Callable[["Connection"], None]

_FIRST = """
CREATE TABLE keys (
    identity TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
    created_seconds BIGINT NOT NULL, expires_seconds BIGINT, revoked_seconds BIGINT,
    characters_per_day BIGINT, characters_per_month BIGINT, requests_per_minute INTEGER);
CREATE TABLE usage (
    key_identity TEXT NOT NULL REFERENCES keys (identity) ON DELETE CASCADE, day TEXT NOT NULL,
    requests BIGINT NOT NULL, characters BIGINT NOT NULL, PRIMARY KEY (key_identity, day));
CREATE TABLE audit (
    identity TEXT NOT NULL PRIMARY KEY, at_seconds BIGINT NOT NULL, key_identity TEXT NOT NULL,
    action TEXT NOT NULL, outcome TEXT NOT NULL, characters BIGINT NOT NULL);
CREATE INDEX audit_at ON audit (at_seconds);
CREATE TABLE glossaries (
    identity TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, created_microseconds BIGINT NOT NULL,
    characters BIGINT NOT NULL, dictionaries TEXT NOT NULL);
CREATE INDEX glossaries_owner ON glossaries (owner)
"""
_BASELINES = """
CREATE TABLE baselines (
    checksum TEXT NOT NULL, rules INTEGER NOT NULL, created_seconds BIGINT NOT NULL, numbers TEXT NOT NULL,
    PRIMARY KEY (checksum, rules))
"""


def _sql(statements: str) -> Step:
    def run(connection: "Connection") -> None:
        for statement in statements.split(";"):
            connection.exec_driver_sql(statement)

    return run


STEPS: tuple[Step, ...] = (_sql(_FIRST), _sql(_BASELINES))
"""Step number n leads to version n + 1; an empty database has version 0."""


def version(connection: "Connection") -> int:
    """The version of the tables that are there."""
    from sqlalchemy import inspect

    if "meta" not in inspect(connection).get_table_names():
        return 0
    return int(connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'version'").scalar_one())


def migrate(connection: "Connection", *, to: int | None = None, steps: Sequence[Step] = STEPS) -> tuple[int, int]:
    """Bring the tables to version ``to``, the newest by default; the versions before and after.

    Raises:
        VersionError: they are newer than this program.
    """
    before = version(connection)
    _check_not_newer(before, len(steps))
    after = len(steps) if to is None else to
    if not before:
        connection.exec_driver_sql("CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")
        connection.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('version', '0')")
    for step in steps[before:after]:
        step(connection)
    connection.exec_driver_sql(f"UPDATE meta SET value = '{after:d}' WHERE name = 'version'")
    return before, after


def open_store(location: str, *, must_exist: bool = False) -> Database:
    """The store at ``location``, ready for use; in a new one the tables are made.

    Raises:
        FileAccessError: the file cannot be made, or is not there though it must.
        ConfigError: its tables are older than this program, which never changes them unasked.
        VersionError: they are newer.
        StoreError: it cannot be reached.
    """
    database = Database(location, must_exist=must_exist)
    try:
        _check(database)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: Database) -> None:
    with database.reading() as connection:
        found = version(connection)
    _check_not_newer(found, len(STEPS))
    if not found:
        with database.writing() as connection:
            migrate(connection)
    elif found < len(STEPS):
        raise ConfigError(
            f"the store {database.name} has tables of version {found}; this program needs {len(STEPS)}",
            hint="make a backup, then run: dragoman store migrate --store …",
        )


def _check_not_newer(found: int, newest: int) -> None:
    if found > newest:
        raise VersionError(
            f"the store has tables of version {found}, and this program knows {newest}",
            hint="use the version of dragoman that wrote it, or a newer one",
        )
