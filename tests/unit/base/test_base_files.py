"""Files and directories that are whole or not there."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from dragoman.base.errors import DamagedFileError, FileAccessError
from dragoman.base.files import (
    atomic_directory,
    atomic_file,
    checksum,
    clear_leftovers,
    explained,
    read_json,
    write_json,
)


@pytest.mark.parametrize(
    ("number", "reason", "has_hint"),
    [
        (errno.ENOSPC, "the disk is full", True),
        (errno.EDQUOT, "the disk quota is used up", True),
        (errno.EACCES, "permission denied", True),
        (errno.EROFS, "the file system is read-only", True),
        (errno.ENOENT, "no such file or directory", True),
        (errno.EISDIR, "this is a directory, not a file", True),
        (errno.EIO, os.strerror(errno.EIO), False),
    ],
)
def test_reasons_in_plain_words(number, reason, has_hint):
    with pytest.raises(FileAccessError) as caught, explained("write", "there/it"):
        raise OSError(number, os.strerror(number))
    assert caught.value.message == f"cannot write there/it: {reason}"
    assert bool(caught.value.hint) is has_hint


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError("x"), "no such file or directory"),
        (PermissionError("x"), "permission denied"),
        (OSError("odd"), "odd"),
    ],
)
def test_errors_without_a_number(error, reason):
    with pytest.raises(FileAccessError, match=f"cannot read it: {reason}"), explained("read", "it"):
        raise error


def test_a_reason_that_stands_in_the_text_only():
    with pytest.raises(FileAccessError, match="cannot write it: the disk is full"), explained("write", "it"):
        raise RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)")


def test_what_the_system_did_not_say_passes_through():
    with pytest.raises(ValueError, match="odd"), explained("write", "it"):
        raise ValueError("odd")


def test_a_reader_who_left_is_not_explained():
    with pytest.raises(BrokenPipeError), explained("write", "it"):
        raise BrokenPipeError


def test_a_missing_file_for_real(tmp_path):
    with pytest.raises(FileAccessError, match=r"cannot read .*missing: no such file"):
        checksum(tmp_path / "missing")


def test_a_file_appears_whole_and_makes_its_directories(tmp_path):
    path = tmp_path / "a/b/file.txt"
    with atomic_file(path) as partial:
        partial.write_text("new")
        assert not path.exists()
        assert partial.parent == path.parent
    assert path.read_text() == "new"
    assert [one.name for one in path.parent.iterdir()] == ["file.txt"]


def fail_after(path):
    """Write something, then stop."""
    path.write_text("new")
    raise RuntimeError("half")


def test_a_failed_file_leaves_the_old_one(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="half"), atomic_file(path) as partial:
        fail_after(partial)
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("make", [atomic_file, atomic_directory])
def test_a_full_disk_leaves_the_old_one(tmp_path, monkeypatch, make):
    path = tmp_path / "thing"
    with make(path) as partial:
        (partial / "inner" if make is atomic_directory else partial).write_text("old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileAccessError, match=r"cannot write .*thing: the disk is full"), make(path) as partial:
        (partial / "inner" if make is atomic_directory else partial).write_text("new")
    assert (path / "inner" if make is atomic_directory else path).read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["thing"]


def test_a_directory_replaces_the_old_one_whole(tmp_path):
    path = tmp_path / "model"
    for content in ("first", "second"):
        with atomic_directory(path) as partial:
            (partial / content).mkdir()
            (partial / content / "file").write_text(content)
    assert [one.name for one in path.iterdir()] == ["second"]
    assert [one.name for one in tmp_path.iterdir()] == ["model"]


def test_a_failed_directory_leaves_the_old_one(tmp_path):
    path = tmp_path / "model"
    path.mkdir()
    (path / "file").write_text("old")
    with pytest.raises(RuntimeError, match="half"), atomic_directory(path) as partial:
        fail_after(partial / "file")
    assert (path / "file").read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["model"]


def test_a_swap_that_fails_puts_the_old_directory_back(tmp_path, monkeypatch):
    path = tmp_path / "model"
    path.mkdir()
    (path / "file").write_text("old")
    rename = type(path).replace

    def refuse(self, target):
        if self.name.endswith(".partial"):
            raise OSError(errno.EACCES, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(type(path), "replace", refuse)
    with pytest.raises(FileAccessError, match="permission denied"), atomic_directory(path) as partial:
        (partial / "file").write_text("new")
    assert (path / "file").read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["model"]


def test_leavings_of_a_killed_run_are_in_nobodys_way(tmp_path):
    path = tmp_path / "model"
    path.mkdir()
    for kind in ("old", "partial"):
        left = tmp_path / f".model.{os.getpid()}.{kind}"
        left.mkdir()
        (left / "file").touch()
    with atomic_directory(path) as partial:
        (partial / "file").write_text("new")
    assert [one.name for one in tmp_path.iterdir()] == ["model"]


def test_an_error_inside_names_the_place_that_was_to_be(tmp_path):
    path = tmp_path / "model"
    (tmp_path / "sub").write_text("a file where a directory is wanted")
    with pytest.raises(FileAccessError, match=r"model/sub/state\.json: ") as caught, atomic_directory(path) as partial:
        write_json((tmp_path / "sub").rename(partial / "sub") / "state.json", {})
    assert ".partial" not in caught.value.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission_for_real(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileAccessError, match="permission denied"), atomic_file(tmp_path / "file") as partial:
            partial.write_text("x")
    finally:
        tmp_path.chmod(0o700)


def test_checksum_is_sha256(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"text" * 100_000)
    assert checksum(path) == hashlib.sha256(b"text" * 100_000).hexdigest()


def test_json_comes_back(tmp_path):
    value = {"name": "Brücke 桥", "numbers": [1, 0.1, None, True]}
    write_json(tmp_path / "it.json", value)
    assert read_json(tmp_path / "it.json") == value
    text = (tmp_path / "it.json").read_text("utf-8")
    assert "Brücke 桥" in text
    assert text.endswith("}\n")


@pytest.mark.parametrize("raw", [b"", b'{"a": ', b"\xff\xfe{}x"])
def test_json_that_is_damaged(tmp_path, raw):
    (tmp_path / "it.json").write_bytes(raw)
    with pytest.raises(DamagedFileError, match=r"it\.json is not valid JSON"):
        read_json(tmp_path / "it.json")


@pytest.mark.parametrize("make", [atomic_file, atomic_directory])
def test_everything_is_forced_to_disk_before_it_takes_its_place(tmp_path, monkeypatch, make):
    """Contents, then the directory that holds them, then the rename, then the directory of the new name."""
    done = []
    fsync, replace = os.fsync, type(tmp_path).replace

    def note_fsync(descriptor):
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def note_replace(self, target):
        done.append(f"{self.name} to {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(type(tmp_path), "replace", note_replace)
    with make(tmp_path / "thing") as partial:
        (partial / "inner" if make is atomic_directory else partial).write_text("x")
    inner = ["inner"] if make is atomic_directory else []
    assert done == [*inner, partial.name, f"{partial.name} to thing", tmp_path.name]


def test_what_killed_writers_left_is_cleared_away(tmp_path):
    """Half-made things go; a directory set aside comes back when the new one never came."""
    for name in (".file.txt.11.partial", ".hidden", "kept.partial", "a/.file.12.partial"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name in (".model.13.partial/.inner.13.partial", ".aside.14.old", ".done.15.old", "done"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text(name)
    assert clear_leftovers(tmp_path) == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "a", "aside", "done", "kept.partial"]
    assert (tmp_path / "aside/file").read_text() == ".aside.14.old"
    assert (tmp_path / "done/file").read_text() == "done"
    assert not list((tmp_path / "a").iterdir())
    assert clear_leftovers(tmp_path) == 0
