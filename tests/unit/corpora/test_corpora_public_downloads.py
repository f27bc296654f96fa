"""Downloads come whole or go on later, from servers that behave and servers that do not."""

import threading

import pytest

from dragoman.base.errors import DownloadError
from dragoman.corpora.public.downloads import download, mirrored

CONTENT = bytes(range(256)) * 400


@pytest.fixture
def place(tmp_path):
    return tmp_path / "file.zip"


@pytest.fixture
def url(file_server):
    file_server.files["/file.zip"] = CONTENT
    return f"{file_server.address}/file.zip"


def cut(file_server, url, place, after=40_000):
    file_server.cut_after = after
    with pytest.raises(DownloadError, match="broke off after 40,000 of 102,400 bytes") as caught:
        download(url, place)
    assert "run the same command again" in caught.value.hint
    assert not place.exists()
    file_server.cut_after = None


def test_a_file_comes_whole_and_is_watched(url, place):
    seen = []
    download(url, place, watch=lambda done, total: seen.append((done, total)))
    assert place.read_bytes() == CONTENT
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [path.name for path in place.parent.iterdir()] == ["file.zip"]


def test_a_cut_download_goes_on(file_server, url, place):
    cut(file_server, url, place)
    download(url, place)
    assert place.read_bytes() == CONTENT
    assert file_server.asked == [("/file.zip", None), ("/file.zip", "bytes=40000-")]


def test_another_version_by_then_begins_anew(file_server, url, place):
    cut(file_server, url, place)
    file_server.etag = '"two"'
    file_server.files["/file.zip"] = CONTENT[::-1]
    download(url, place)
    assert place.read_bytes() == CONTENT[::-1]


def test_a_server_without_ranges_begins_anew(file_server, url, place):
    cut(file_server, url, place)
    file_server.ranges = False
    download(url, place)
    assert place.read_bytes() == CONTENT


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_version_without_a_name_is_not_gone_on_with(etag, file_server, url, place):
    file_server.etag = etag
    cut(file_server, url, place)
    download(url, place)
    assert place.read_bytes() == CONTENT
    assert file_server.asked[-1] == ("/file.zip", None)


def test_another_address_begins_anew(file_server, url, place):
    cut(file_server, url, place)
    file_server.files["/other.zip"] = b"other"
    download(f"{file_server.address}/other.zip", place)
    assert place.read_bytes() == b"other"


def test_a_file_that_has_shrunk_begins_anew(file_server, url, place):
    cut(file_server, url, place)
    file_server.files["/file.zip"] = b"short"
    download(url, place)
    assert place.read_bytes() == b"short"


def test_a_server_that_promises_too_much_is_found_out(file_server, url, place):
    file_server.promised = 7
    with pytest.raises(DownloadError, match="broke off after 102,400 of 102,407 bytes"):
        download(url, place)
    with pytest.raises(DownloadError, match="speaks of 102,407 bytes and sends no more than 102,400"):
        download(url, place)
    file_server.promised = 0
    download(url, place)
    assert place.read_bytes() == CONTENT


def test_a_missing_file(file_server, place):
    with pytest.raises(DownloadError, match="answers 404") as caught:
        download(f"{file_server.address}/nothing.zip", place)
    assert "--mirror" in caught.value.hint


def test_a_web_page_in_place_of_the_file(file_server, url, place):
    file_server.content_type = "text/html; charset=utf-8"
    with pytest.raises(DownloadError, match="a web page in place of the file"):
        download(url, place)
    assert not any(place.parent.iterdir())


def test_a_server_that_falls_silent(file_server, url, place):
    file_server.stall = threading.Event()
    with pytest.raises(DownloadError, match="sent nothing for a while") as caught:
        download(url, place, timeout_seconds=0.2)
    assert "--timeout" in caught.value.hint
    file_server.stall.set()
    file_server.stall = None
    download(url, place)
    assert place.read_bytes() == CONTENT
    assert file_server.asked[-1] == ("/file.zip", "bytes=10-")


def test_nobody_answers(file_server, place):
    address = file_server.address
    file_server.server_close()
    with pytest.raises(DownloadError, match="cannot be reached"):
        download(f"{address}/file.zip", place)


def test_from_a_folder(tmp_path, place):
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "file.zip").write_bytes(CONTENT)
    download(f"{(tmp_path / 'mirror').as_uri()}/file.zip", place)
    assert place.read_bytes() == CONTENT
    with pytest.raises(DownloadError, match="cannot be reached"):
        download(f"{(tmp_path / 'mirror').as_uri()}/other.zip", place)


def test_a_mirror_has_hosts_as_folders():
    assert mirrored("https://a.org/b/c.zip", None) == "https://a.org/b/c.zip"
    assert mirrored("https://a.org/b/c.zip", "file:///m/") == "file:///m/a.org/b/c.zip"
    with pytest.raises(DownloadError, match="is no address"):
        mirrored("https://a.org/b/c.zip", "data/mirror")
