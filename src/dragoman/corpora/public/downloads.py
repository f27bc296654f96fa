"""One file over HTTP(S) or from a ``file://`` mirror, taken up again where it broke off. Knows addresses and bytes.

What has come stands in ``NAME.partial``, beside it a note of what the server called that version of the file (its ETag,
or its date). The next try asks for the rest on condition that this is still so (``Range`` and ``If-Range``, RFC 9110);
a server that has another version by now, or knows no ranges, sends the whole file and it begins anew.

It is written on the standard library's ``urllib``, which does all this needs (redirects, proxies, TLS, time limits):
a client library of five packages would bring nothing but a second opinion on them.
"""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dragoman.base.errors import DownloadError
from dragoman.base.files import explained, read_json, write_json
from dragoman.base.version import __version__

_CHUNK_BYTES = 1 << 16
_AGAIN = "run the same command again: it goes on where it broke off"
_MIRROR = "or give another source with --mirror"
_PARTIAL, _CHANGED_RANGE = 206, 416

Watch = Callable[[int, int | None], None]
"""Told how many bytes are there, and how many there will be if the server says so."""


def mirrored(url: str, mirror: str | None) -> str:
    """Where ``url`` lies under ``mirror``: host and path below it, as ``wget --force-directories`` puts them.

    Raises:
        DownloadError: the mirror's address is of another kind than http, https and file.
    """
    if not mirror:
        return url
    if urllib.parse.urlsplit(mirror).scheme not in ("http", "https", "file"):
        raise DownloadError(f"the mirror {mirror!r} is no address", hint="it begins with https://, http:// or file:///")
    parts = urllib.parse.urlsplit(url)
    return f"{mirror.rstrip('/')}/{parts.netloc}{parts.path}"


def download(url: str, path: Path, *, watch: Watch = lambda done, total: None, timeout_seconds: float = 60) -> None:
    """Put the file at ``url`` to ``path``, going on with what an earlier try has left.

    Args:
        url: its address.
        path: where it shall be; not there before it is whole.
        watch: told of the progress.
        timeout_seconds: how long to wait for the server to send something.

    Raises:
        DownloadError: it could not be had; what has come is kept.
        FileAccessError: a full disk, no permission.
    """
    partial, note = path.with_name(f"{path.name}.partial"), path.with_name(f"{path.name}.partial.json")
    have, version = _begun(partial, note, url)
    try:
        response = _ask(url, have, version, timeout_seconds)
    except urllib.error.HTTPError as error:
        if error.code != _CHANGED_RANGE or not have:
            raise _refused(url, error) from error
        have = 0  # what we have is not the beginning of what there is
        response = _reach(url, timeout_seconds)
    with response:
        start = have if response.status == _PARTIAL and _range_start(response) == have else 0
        total = _length(response, start)
        _refuse_page(response, url)
        write_json(note, {"url": url, "version": _version(response), "total": total})
        done = _copy(response, partial, start, lambda count: watch(count, total), url)
    if total is not None and done < total:
        if done == start:  # a server that promises more than it has would do so for ever
            partial.unlink(missing_ok=True)
            raise DownloadError(
                f"{url}: the server speaks of {total:,} bytes and sends no more than {done:,}",
                hint=f"what was there is thrown away; try again later, {_MIRROR}",
            )
        raise DownloadError(f"{url} broke off after {done:,} of {total:,} bytes", hint=_AGAIN)
    with explained("write", path):
        partial.replace(path)
        note.unlink()


def _begun(partial: Path, note: Path, url: str) -> tuple[int, str]:
    """How many bytes an earlier try has left, and of which version; 0 when they are of no use."""
    with explained("read", partial):
        if not partial.exists() or not note.exists():
            return 0, ""
        kept = read_json(note)
        usable = isinstance(kept, dict) and kept.get("url") == url and kept.get("version")
        return (partial.stat().st_size, str(kept["version"])) if usable else (0, "")


def _ask(url: str, have: int, version: str, timeout_seconds: float) -> Any:
    if not have:
        return _reach(url, timeout_seconds)
    return _reach(url, timeout_seconds, {"Range": f"bytes={have}-", "If-Range": version})


def _reach(url: str, timeout_seconds: float, headers: dict[str, str] | None = None) -> Any:
    request = urllib.request.Request(url, headers={"User-Agent": f"dragoman/{__version__}", **(headers or {})})
    try:
        return urllib.request.urlopen(request, timeout=timeout_seconds)
    except urllib.error.HTTPError as error:
        if headers:
            raise
        raise _refused(url, error) from error
    except (TimeoutError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise DownloadError(f"{url} cannot be reached: {reason}", hint=f"check the connection, {_MIRROR}") from error


def _refused(url: str, error: urllib.error.HTTPError) -> DownloadError:
    gone = error.code in (401, 403, 404, 410)
    hint = f"the file may have moved: get it elsewhere {_MIRROR}" if gone else f"try again later, {_MIRROR}"
    error.close()
    return DownloadError(f"{url}: the server answers {error.code} {error.reason}", hint=hint)


def _refuse_page(response: Any, url: str) -> None:
    if response.headers.get_content_type() == "text/html":
        raise DownloadError(
            f"{url}: the server sent a web page in place of the file",
            hint=f"the file may have moved: get it elsewhere {_MIRROR}",
        )


def _range_start(response: Any) -> int | None:
    """Where the part that the server sends begins."""
    kind, _, numbers = response.headers.get("Content-Range", "").partition(" ")
    start = numbers.partition("-")[0]
    return int(start) if kind == "bytes" and start.isdecimal() else None


def _length(response: Any, start: int) -> int | None:
    told = response.headers.get("Content-Length", "")
    return start + int(told) if told.isdecimal() else None


def _version(response: Any) -> str:
    """What tells this version of the file from others; a weak ETag does not."""
    tag, date = (str(response.headers.get(name, "")) for name in ("ETag", "Last-Modified"))
    return tag if tag and not tag.startswith("W/") else date


def _copy(response: Any, partial: Path, start: int, watch: Callable[[int], None], url: str) -> int:
    """Write what comes behind the first ``start`` bytes; how many there are then."""
    done = start
    with explained("write", partial), partial.open("r+b" if start else "wb") as file:
        file.seek(start)
        file.truncate()
        watch(done)
        while chunk := _read(response, url):
            file.write(chunk)
            done += len(chunk)
            watch(done)
    return done


def _read(response: Any, url: str) -> bytes:
    try:
        return bytes(response.read1(_CHUNK_BYTES) if hasattr(response, "read1") else response.read(_CHUNK_BYTES))
    except TimeoutError as error:
        raise DownloadError(
            f"{url}: the server sent nothing for a while", hint=f"{_AGAIN}; --timeout waits longer"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(f"{url} broke off: {error}", hint=_AGAIN) from error
