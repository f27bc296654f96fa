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


@contextmanager
def running_postgres() -> Iterator[str]:
    """A PostgreSQL of its own, on a free port, in a temporary folder; its URL."""
    programs = postgres_programs()
    assert programs is not None
    user = None if os.geteuid() else "postgres"  # it refuses to be run by root
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="dragoman-postgres-"))
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", folder / "data", *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )

    try:
        run("initdb", "-U", "dragoman", "-A", "trust", "-E", "UTF8", "--no-sync")
        settings = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c shared_buffers=16MB -c max_connections=20"
        run("pg_ctl", "start", "-w", "-o", settings, "-l", str(folder / "log"))
        try:
            yield f"postgresql://dragoman@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
