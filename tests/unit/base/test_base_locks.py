"""One process at a time."""

import os
import signal
import subprocess
import sys

import pytest

from dragoman.base.errors import FileAccessError
from dragoman.base.locks import locked

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX locks")
HOLD = """
import sys, time
from pathlib import Path
from dragoman.base.locks import locked
with locked(Path(sys.argv[1]), purpose="", hint=""):
    print("held", flush=True)
    time.sleep(60)
"""
WORDS = {"purpose": "is training into model", "hint": "wait for it"}


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path / "lock"], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_another_process_holds_it_until_it_is_killed(holder, tmp_path):
    with (
        pytest.raises(FileAccessError, match=rf"another process \({holder.pid}\) is training into model") as caught,
        locked(tmp_path / "lock", **WORDS),
    ):
        pass
    assert caught.value.hint == "wait for it"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with locked(tmp_path / "lock", **WORDS):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_it_can_be_taken_again(tmp_path):
    for _ in range(2):
        with locked(tmp_path / "inner/lock", **WORDS):
            pass


def test_a_place_where_no_file_can_be(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(FileAccessError, match=r"cannot create .*file/lock: "),
        locked(tmp_path / "file/lock", **WORDS),
    ):
        pass
