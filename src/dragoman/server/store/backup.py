"""A store as one file of JSON lines that either database can take back. Knows the tables only by their names.

It is taken in one transaction while the service runs, so it shows one moment. The first line says the version of the
tables, the last one how many rows there are and their checksum: a file that was cut short is not taken for a backup.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.base.errors import ConfigError, DamagedFileError, VersionError
from dragoman.base.files import atomic_file, explained
from dragoman.server.store.database import Database
from dragoman.server.store.migrations import STEPS, migrate, version

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KIND = "dragoman-store"
_AT_ONCE = 1000
_TABLES = ("keys", "usage", "audit", "glossaries", "baselines")
"""In an order in which no row comes before one that it names; an older version has fewer."""


def back_up(database: Database, path: Path) -> int:
    """Write everything to ``path``, which only its owner may read; the number of rows.

    Raises:
        ConfigError: the store is empty.
        FileAccessError: the file cannot be written.
        StoreError: the store cannot be read now.
    """
    rows, digest = 0, hashlib.sha256()
    with explained("write", path), atomic_file(path) as temporary:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream, database.reading() as connection:
            found = version(connection)
            if not found:
                raise ConfigError(f"there is no store in {database.name}", hint="check --store")
            stream.write(_line({"kind": _KIND, "version": found}))
            for line in _rows(connection):
                digest.update(line.encode())
                stream.write(line)
                rows += 1
            stream.write(_line({"rows": rows, "sha256": digest.hexdigest()}))
    return rows


def restore(database: Database, path: Path) -> int:
    """Fill an empty store with what :func:`back_up` wrote, and bring it to the newest version; the number of rows.

    Raises:
        ConfigError: the store is not empty.
        DamagedFileError: the file is no whole backup; nothing of it is taken.
        VersionError: it is newer than this program.
    """
    with explained("read", path), path.open("rb") as stream, database.writing() as connection:
        lines = iter(stream)
        head = _object(next(lines, b""), path)
        wanted = head.get("version")
        if head.get("kind") != _KIND or type(wanted) is not int or wanted < 1:
            raise DamagedFileError(f"{path} is no backup of a store")
        if wanted > len(STEPS):
            raise VersionError(f"{path} has tables of version {wanted}, and this program knows {len(STEPS)}")
        _check_empty(connection, database.name)
        if not version(connection):
            migrate(connection, to=wanted)
        rows = _fill(connection, lines, path)
        migrate(connection)
    return rows


def _tables(connection: "Connection") -> list[str]:
    """Those of the version that is there."""
    from sqlalchemy import inspect

    there = set(inspect(connection).get_table_names())
    return [name for name in _TABLES if name in there]


def _rows(connection: "Connection") -> Iterator[str]:
    for name in _tables(connection):
        for row in connection.exec_driver_sql(f"SELECT * FROM {name}").mappings():
            yield _line({"table": name, "row": dict(row)})


def _check_empty(connection: "Connection", name: str) -> None:
    if not version(connection):
        return
    if any(connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first() for table in _tables(connection)):
        raise ConfigError(f"the store {name} is not empty", hint="restore into a new one, then serve that")


def _fill(connection: "Connection", lines: Iterator[bytes], path: Path) -> int:
    """Take rows until the last line, which must fit to them."""
    from sqlalchemy import MetaData, Table

    tables = {name: Table(name, MetaData(), autoload_with=connection) for name in _tables(connection)}
    digest, waiting = hashlib.sha256(), dict[str, list[dict[str, Any]]]()
    for rows, line in enumerate(lines):
        value = _object(line, path)
        if "table" not in value:
            if (value.get("rows"), value.get("sha256")) != (rows, digest.hexdigest()):
                raise DamagedFileError(f"{path} was changed, or is not whole: its rows do not fit to its last line")
            _insert(connection, tables, waiting)
            return rows
        table, row = tables.get(str(value["table"])), value.get("row")
        if table is None or not isinstance(row, dict) or set(row) != set(table.columns.keys()):
            raise DamagedFileError(f"{path}, line {rows + 2}: a row that the store does not know")
        digest.update(line)
        if (waiting and table.name not in waiting) or len(waiting.get(table.name, ())) >= _AT_ONCE:
            _insert(connection, tables, waiting)
        waiting.setdefault(table.name, []).append(row)
    raise DamagedFileError(f"{path} is not whole: its last line is missing", hint="use another backup")


def _insert(connection: "Connection", tables: Mapping[str, Any], waiting: dict[str, list[dict[str, Any]]]) -> None:
    from sqlalchemy import insert

    for name, rows in waiting.items():
        connection.execute(insert(tables[name]), rows)
    waiting.clear()


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value) + "\n"


def _object(line: bytes, path: Path) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DamagedFileError(f"{path} is no backup of a store: a line is not JSON") from error
    if not isinstance(value, dict):
        raise DamagedFileError(f"{path} is no backup of a store: a line is no object")
    return value
