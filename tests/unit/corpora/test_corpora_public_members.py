"""Members of archives by their names, and nothing else; bombs and links are refused."""

import gzip
import io
import tarfile
import zipfile

import pytest

from dragoman.base.errors import DamagedFileError, DataError
from dragoman.corpora.public.members import extract


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def tarred(path, members, link=None):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        if link:
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/hostname"
            archive.addfile(entry)
    return path


def test_from_zip_tar_and_single_files(tmp_path):
    (tmp_path / "three.en.gz").write_bytes(gzip.compress(b"three"))
    files = [
        zipped(tmp_path / "a.zip", one=b"one", more=b"more"),
        tarred(tmp_path / "b.tgz", {"./two": b"two"}),
        tmp_path / "three.en.gz",
    ]
    wanted = {name: tmp_path / f"out-{name}" for name in ("one", "two", "three.en")}
    extract(files, wanted)
    assert [path.read_bytes() for path in wanted.values()] == [b"one", b"two", b"three"]


@pytest.mark.parametrize("make", [lambda path: zipped(path / "a.zip", **{"..__evil": b"!", "good": b"ok"})])
def test_names_that_climb_do_nothing(make, tmp_path):
    (tmp_path / "inner").mkdir()
    extract([make(tmp_path / "inner")], {"good": tmp_path / "inner" / "out"})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "inner", "out"]


def test_what_is_not_there_is_told(tmp_path):
    archive = zipped(tmp_path / "a.zip", deu="x")
    with pytest.raises(DataError, match=r"there is no fra in a\.zip; there is: deu"):
        extract([archive], {"fra": tmp_path / "out"})


def test_a_link_is_refused(tmp_path):
    archive = tarred(tmp_path / "a.tar.gz", {}, link="text")
    with pytest.raises(DataError, match=r"text in a\.tar\.gz is not a plain file"):
        extract([archive], {"text": tmp_path / "out"})


@pytest.mark.parametrize("kind", ["zip", "tgz", "gz"])
def test_a_bomb_is_refused(kind, tmp_path):
    large = bytes(40_000_000)
    path = tmp_path / f"text.{kind}"
    if kind == "zip":
        zipped(path, text=large)
    elif kind == "tgz":
        tarred(path, {"other": large, "text": b"x"})
    else:
        path.write_bytes(gzip.compress(large))
    with pytest.raises(DataError, match="grows to more than 100 times its size"):
        extract([path], {"text": tmp_path / "out"})


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.en.gz"])
def test_what_is_no_archive_is_told(name, tmp_path):
    (tmp_path / name).write_bytes(b"<html>moved</html>")
    with pytest.raises(DamagedFileError, match="is damaged or not what its name says"):
        extract([tmp_path / name], {"a.en": tmp_path / "out"})


def test_a_half_archive_is_told(tmp_path):
    whole = tarred(tmp_path / "a.tar.gz", {"text": bytes(range(256)) * 999}).read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedFileError):
        extract([tmp_path / "a.tar.gz"], {"text": tmp_path / "out"})
