"""Where a study is kept: SQLite in a file, or a database server by its URL. Knows nothing of what is in it.

SQLite writes ahead (WAL), and each transaction takes the database for itself from its first statement on: else two
workers could both read that a trial is waiting and both take it (it has no ``SELECT … FOR UPDATE``).
"""

import contextlib
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError, MissingExtraError

if TYPE_CHECKING:
    from optuna.storages import RDBStorage
    from sqlalchemy.engine import Connection, Engine

HEARTBEAT_SECONDS = 10
"""A trial at work says so this often…"""
GRACE_SECONDS = 300
"""…and is given up after so long a silence: a busy machine is silent too, and a process killed here is seen at once."""
MOST_RETRIES = 3
"""A trial whose process was killed is begun again at most this often."""
_WAIT_SECONDS = 60
_ATTEMPTS = 8
_SERVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
"""URLs as people write them → with the driver of the extra ``postgres``."""


def require_optuna() -> None:
    """Complain, with the command that mends it, when optuna is not installed.

    Raises:
        MissingExtraError: it is not.
    """
    try:
        import optuna
    except ImportError as error:
        raise MissingExtraError.of("optuna", extra="tune") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)


def sqlite_url(path: Path) -> str:
    """The URL of a study in the file ``path``."""
    return f"sqlite:///{path.absolute()}"


def open_storage(url: str) -> "RDBStorage":
    """The database at ``url``, made ready on first use.

    Raises:
        ConfigError: the URL is not one, or its database cannot be reached.
        DamagedFileError: the file is not a database.
        MissingExtraError: optuna or the database's driver is not installed.
    """
    require_optuna()
    from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, OperationalError

    url = _with_driver(url)
    for attempt in range(_ATTEMPTS):
        try:
            return _open(url)
        except ImportError as error:
            raise MissingExtraError.of(str(error.name or "psycopg"), extra="postgres") from error
        except ArgumentError as error:
            raise _unreachable(url, error) from error
        except DatabaseError as error:
            is_busy = "already exists" in str(error) or "is locked" in str(error)
            if is_busy or isinstance(error, IntegrityError):
                time.sleep(0.1 * 2**attempt)  # another worker is making the tables at this moment
                continue
            if url.startswith("sqlite") and not isinstance(error, OperationalError):
                raise DamagedFileError(
                    f"{url.removeprefix('sqlite:///')} is not a database: {error.orig}",
                    hint="use another copy, or another --output",
                ) from error
            raise _unreachable(url, error.orig or error) from error
    raise _unreachable(url, "other workers keep it busy")


def _open(url: str) -> "RDBStorage":
    from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback

    options: dict[str, Any] = {"pool_pre_ping": True}
    if url.startswith("sqlite"):
        options = {"connect_args": {"timeout": _WAIT_SECONDS}}
        _write_ahead(Path(url.removeprefix("sqlite:///")))
    with calm(), _import_errors():
        storage = RDBStorage(
            url,
            engine_kwargs=options,
            heartbeat_interval=HEARTBEAT_SECONDS,
            grace_period=GRACE_SECONDS,
            heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=MOST_RETRIES),
        )
    if url.startswith("sqlite"):
        _one_at_a_time(storage.engine)
    return storage


def _one_at_a_time(engine: "Engine") -> None:
    """Begin every transaction as the only one, waiting for others' (SQLAlchemy's guide to pysqlite describes it)."""
    from sqlalchemy import event

    def leave_it_to_us(connection: Any, record: object) -> None:
        connection.isolation_level = None

    def begin(connection: "Connection") -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()  # what is open was not opened so
    event.listen(engine, "connect", leave_it_to_us)
    event.listen(engine, "begin", begin)


@contextlib.contextmanager
def calm() -> Any:
    """Keep optuna's notes on what it calls experimental to itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="optuna")
        warnings.filterwarnings("ignore", message=r".*experimental.*")
        yield


@contextlib.contextmanager
def _import_errors() -> Any:
    """A driver that is missing under its own name: optuna wraps the error."""
    try:
        yield
    except ImportError as error:
        raise (error.__cause__ if isinstance(error.__cause__, ImportError) else error) from None


def _write_ahead(path: Path) -> None:
    """Let readers and a writer work at the same time; kept in the file itself."""
    import sqlite3

    if not path.parent.is_dir():
        raise FileAccessError(f"there is no directory {path.parent} for the study", hint="make it, or give another")
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as file:
        file.execute("PRAGMA journal_mode=WAL")  # what is wrong with the file is told when it is used


def _with_driver(url: str) -> str:
    scheme, colon, rest = url.partition("://")
    if not colon:
        raise ConfigError(
            f"--storage {url!r} is not a URL", hint="write it as postgresql://user:password@host/database"
        )
    return f"{_SERVERS.get(scheme, scheme)}://{rest}"


def shown(url: str) -> str:
    """The URL without its password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url.partition("://")[0] + "://…"


def _unreachable(url: str, reason: object) -> ConfigError:
    first = str(reason).strip().splitlines()[0] if str(reason).strip() else "no reason given"
    return ConfigError(
        f"the study's storage {shown(url)} cannot be used: {first}",
        hint="see that the server runs, that the database exists, and that name and password are right",
    )
