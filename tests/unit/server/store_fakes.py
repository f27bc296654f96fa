"""Databases to test with: files, and a real PostgreSQL where one is installed."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


@cache
def postgres_programs() -> Path | None:
    """The folder with initdb and pg_ctl, if a PostgreSQL is installed and may be started."""
    known = shutil.which("initdb")
    found = [Path(known).parent] if known else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found or not (found[-1] / "initdb").exists():
        return None
    return found[-1] if os.geteuid() or any(one.pw_name == "postgres" for one in pwd.getpwall()) else None


class Postgres:
    """A PostgreSQL of its own, on a free port, in ``folder``; not started yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = None if os.geteuid() else "postgres"  # it refuses to be run by root
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        if self._user:
            shutil.chown(folder, self._user)
        self.url = f"postgresql://dragoman@127.0.0.1:{self._port}/"
        self._run("initdb", "-U", "dragoman", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        settings = f"-h 127.0.0.1 -p {self._port} -k {self._folder} -c fsync=off"
        settings += " -c shared_buffers=16MB -c max_connections=20"
        self._run("pg_ctl", "start", "-w", "-o", settings, "-l", str(self._folder / "log"))

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-m", "immediate")

    def _run(self, program: str, *arguments: str) -> None:
        programs = postgres_programs()
        assert programs is not None
        subprocess.run(
            [programs / program, "-D", self._folder / "data", *arguments],
            check=True,
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """One that has been started."""
    folder = Path(tempfile.mkdtemp(prefix="dragoman-postgres-"))
    try:
        server = Postgres(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
