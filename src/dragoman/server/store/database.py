"""The store: an SQLite file, or a PostgreSQL by its URL. Knows transactions and what can go wrong, and no table.

SQLite keeps a write-ahead log, so that readers never wait for a writer; writers wait for each other, but not for ever.
Whatever the database cannot do now (locked, full, out of reach) is one error, :class:`StoreError`, that the service
turns into "come again later".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.base.errors import ConfigError, FileAccessError, MissingExtraError, StoreError
from dragoman.base.files import explained

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Table

BUSY_SECONDS = 2.0
"""How long a writer waits for another one."""
_POSTGRES = "postgresql+psycopg"


class Database:
    """A database that may be there.

    Args:
        location: the path of an SQLite file, which is made if it is not there, or ``postgresql://user@host/name``.
        busy_seconds: how long to wait for another writer, or for a connection.
        must_exist: whether a file that is not there is an error, for who only reads.

    Raises:
        ConfigError: the location is neither.
        FileAccessError: the file cannot be made, or is not there.
        MissingExtraError: PostgreSQL's driver is not installed.
    """

    def __init__(self, location: str, *, busy_seconds: float = BUSY_SECONDS, must_exist: bool = False) -> None:
        self._url = _url(location)
        if must_exist and not self.is_postgres and not Path(location).is_file():
            raise FileAccessError(
                f"there is no store {location}", hint="is the path right? 'dragoman keys create' makes a new one"
            )
        self.name = self._url.render_as_string(hide_password=True) if self.is_postgres else str(self._url.database)
        self._engine = _engine(self._url, busy_seconds)
        self._node = self._look()

    @property
    def is_postgres(self) -> bool:
        """Whether it is not a file."""
        return self._url.drivername == _POSTGRES

    @contextmanager
    def reading(self) -> "Iterator[Connection]":
        """A view of everything at one moment.

        Raises:
            StoreError: it cannot be read now.
        """
        self._stay_with_the_file()
        with self._told(), self._engine.connect() as connection:
            if self.is_postgres:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> "Iterator[Connection]":
        """A transaction: all of it happens, or nothing.

        Raises:
            StoreError: it cannot be written now.
        """
        self._stay_with_the_file()
        with self._told(), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    def _look(self) -> int:
        """Which file it is; 0 for none."""
        try:
            return 0 if self.is_postgres else Path(str(self._url.database)).stat().st_ino
        except OSError:
            return 0

    def _stay_with_the_file(self) -> None:
        """A deleted file can still be written, and all of it is lost; another one in its place is opened."""
        if self.is_postgres or (node := self._look()) == self._node:
            return
        self._engine.dispose()
        if not node:
            raise StoreError(f"the store {self.name} is gone", hint="restore it: dragoman store restore")
        self._node = node

    @contextmanager
    def _told(self) -> Iterator[None]:
        from sqlalchemy import exc

        try:
            yield
        except (exc.DatabaseError, exc.InterfaceError, exc.TimeoutError) as error:
            reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            raise StoreError(
                f"the store {self.name} cannot be used now: {reason}",
                hint="is it locked by another program, its disk full, or its server away?",
            ) from error


def insert_or(connection: "Connection", table: "Table") -> Any:
    """An INSERT of this database's own, which can be told what to do where the row is there (``on_conflict_…``)."""
    from sqlalchemy.dialects import postgresql, sqlite

    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)


def _url(location: str) -> "URL":
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if "://" not in location:
        return URL.create("sqlite", database=location)
    try:
        url = make_url(location)
    except (ArgumentError, ValueError) as error:
        raise ConfigError("the store's URL cannot be read", hint="postgresql://user:password@host/name") from error
    if url.drivername not in ("postgresql", "postgres", _POSTGRES):
        raise ConfigError(
            f"the store cannot be a {url.drivername}", hint="give the path of a file, or postgresql://user@host/name"
        )
    return url.set(drivername=_POSTGRES)


def _engine(url: "URL", busy_seconds: float) -> "Engine":
    from sqlalchemy import create_engine, event

    if url.drivername == _POSTGRES:
        milliseconds = int(busy_seconds * 1000)
        settings = f"-c lock_timeout={milliseconds} -c statement_timeout={30 * milliseconds}"
        arguments = {"connect_timeout": max(2, round(busy_seconds)), "options": settings}
        try:
            return create_engine(
                url, connect_args=arguments, pool_pre_ping=True, pool_timeout=busy_seconds, hide_parameters=True
            )
        except ModuleNotFoundError as error:
            raise MissingExtraError.of("psycopg", extra="postgres") from error
    with explained("make", str(url.database)):
        Path(str(url.database)).touch(mode=0o600)  # hashes of keys are nobody else's business
    engine = create_engine(url, connect_args={"timeout": busy_seconds}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions leave out the definitions of tables
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: "Connection") -> None:
    """A writer takes its place at the beginning: who reads first and writes later could be refused in the middle."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
