"""The job *fetch*: a public corpus by its name, from its own place or a mirror, into files of ours.

    name → order → licence → download (resumable) → checksum → members → plain pairs

What was fetched stands in ``FETCHED.json`` beside the files: addresses, sizes, checksums, licence, whom to cite. Where
the catalogue knows no checksum this is the one that the next fetch is held to.
"""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError, DamagedFileError, FileAccessError
from dragoman.base.files import checksum, explained, read_json, write_json
from dragoman.base.locks import locked
from dragoman.base.log import progress, say
from dragoman.corpora.public.conversion import convert
from dragoman.corpora.public.downloads import download, mirrored
from dragoman.corpora.public.entries import File
from dragoman.corpora.public.members import extract
from dragoman.corpora.public.orders import Order, make_order

LOCK = "FETCHED.json"
_DOWNLOADS = "downloads"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """How to fetch.

    Attributes:
        mirror: an address under which the files lie as host/path; None asks their own places.
        accept_licence: the licence has been read and accepted.
        keep_downloads: leave what was downloaded beside the files made of it.
        force: fetch and make again what is there.
        timeout_seconds: how long to wait for a server to send something.
    """

    mirror: str | None = None
    accept_licence: bool = False
    keep_downloads: bool = False
    force: bool = False
    timeout_seconds: float = 60.0


def fetch(
    name: str,
    directory: Path | None = None,
    *,
    options: FetchOptions | None = None,
    agree: Callable[[str], bool] = lambda licence: False,
) -> dict[str, int]:
    """Fetch the public corpus ``name`` into ``directory``; stem → pairs of what is there then.

    Args:
        name: see :func:`~dragoman.corpora.public.orders.make_order`.
        directory: data/ and the name by default.
        options: how.
        agree: asked whether a licence with conditions is accepted, when the options do not say so.

    Raises:
        UnknownNameError: no such corpus.
        ConfigError: the licence was not accepted.
        DownloadError: a file could not be had; what has come is kept for the next try.
        DamagedFileError: a checksum differs.
    """
    options = options or FetchOptions()
    order = make_order(name)
    directory = directory or Path("data") / order.folder
    _show_licence(order, options, agree)
    with locked(directory / ".fetch.lock", purpose=f"is fetching into {directory}", hint="wait for it"):
        noted = _noted(directory)
        stems = {part.stem: directory / part.stem for part in order.parts}
        made = noted["corpora"].get(order.name)
        if made and not options.force and all(_files(stem, order) for stem in stems.values()):
            say(f"{order.name} is already in {directory}; --force fetches it again")
            return dict(made["pairs"])
        _refuse_others_files(stems, order, made is not None or options.force)
        files = [_have(file, directory, noted, options) for file in order.files]
        pairs = _make(order, files, directory)
        entry = order.entry
        noted["corpora"][order.name] = {
            "licence": entry.licence,
            "citation": entry.citation,
            "page": entry.page,
            "files": [file.url for file in order.files],
            "pairs": pairs,
        }
        write_json(directory / LOCK, noted)
        if not options.keep_downloads:
            shutil.rmtree(directory / _DOWNLOADS, ignore_errors=True)
    return pairs


def _show_licence(order: Order, options: FetchOptions, agree: Callable[[str], bool]) -> None:
    entry = order.entry
    say(f"{order.name}: {entry.about}")
    say(f"  licence  {entry.licence}")
    say(f"  cite     {entry.citation}")
    say(f"  read on  {entry.page}")
    if not entry.is_free and not options.accept_licence and not agree(entry.licence):
        raise ConfigError(
            f"the licence of {order.name} has conditions and was not accepted",
            hint="read it, then say --accept-licence",
        )


def _noted(directory: Path) -> dict[str, Any]:
    """What earlier fetches noted, if any."""
    path = directory / LOCK
    with explained("read", path):
        if not path.exists():
            return {"downloads": {}, "corpora": {}}
    noted = read_json(path)
    if not isinstance(noted, dict) or not {"downloads", "corpora"} <= noted.keys():
        raise DamagedFileError(f"{path} is not what fetch wrote", hint="remove it, or choose another --output")
    return noted


def _files(stem: Path, order: Order) -> list[Path]:
    """The two files of ``stem`` when both are there, else none."""
    both = [Path(f"{stem}.{language}") for language in (order.source, order.target)]
    return both if all(path.exists() for path in both) else []


def _refuse_others_files(stems: dict[str, Path], order: Order, is_ours: bool) -> None:
    there = [path for stem in stems.values() for path in _files(stem, order)]
    if there and not is_ours:
        raise FileAccessError(
            f"{there[0]} is already there, and fetch has not made it",
            hint="choose another --output, or say --force to write over it",
        )


def _have(file: File, directory: Path, noted: dict[str, Any], options: FetchOptions) -> Path:
    """The file itself, downloaded unless it is there, and checked; its checksum is noted, and kept if all is well."""
    path = directory / _DOWNLOADS / file.url.rpartition("/")[2]
    with explained("create", path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    if options.force or not path.exists():
        _download(mirrored(file.url, options.mirror), path, options.timeout_seconds)
    known = [file.checksum] if file.checksum else []
    if before := noted["downloads"].get(file.url):
        known.append(f"sha256:{before['sha256']}")
    for wanted in known:
        kind, _, value = wanted.partition(":")
        if (found := _sum(path, kind)) != value:
            path.unlink()
            origin = "the catalogue" if wanted == file.checksum else f"{directory / LOCK}, as an earlier fetch got it"
            raise DamagedFileError(
                f"{file.url} fails its checksum: {kind} {found} in place of {value}, which is from {origin}",
                hint="it was thrown away; run the command again, with another --mirror if it happens again. "
                "If the corpus has a new edition, fetch it into another directory",
            )
    noted["downloads"][file.url] = {"bytes": path.stat().st_size, "sha256": checksum(path)}
    return path


def _download(url: str, path: Path, timeout_seconds: float) -> None:
    say(f"  from     {url}")
    with progress(in_bytes=True) as display:
        bar = display.add_task(path.name, total=None)
        download(
            url,
            path,
            watch=lambda done, total: display.update(bar, completed=done, total=total),
            timeout_seconds=timeout_seconds,
        )


def _sum(path: Path, kind: str) -> str:
    """The checksum of a file; MD5 is asked for only where its publisher names no better one."""
    if kind == "sha256":
        return checksum(path)
    with explained("read", path), path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _make(order: Order, files: list[Path], directory: Path) -> dict[str, int]:
    """Take the members out of ``files`` and make pairs of plain files; stem → pairs."""
    raw = directory / _DOWNLOADS / "members"
    shutil.rmtree(raw, ignore_errors=True)
    with explained("create", raw):
        raw.mkdir(parents=True)
    try:
        names = list(dict.fromkeys(name for part in order.parts for name in part.members))
        places = {name: raw / str(number) for number, name in enumerate(names)}
        extract(files, places)
        languages = _languages(order)
        return {
            part.stem: convert(
                (places[part.members[0]], places[part.members[1]]),
                directory / part.stem,
                form=part.form,
                languages=languages,
            )
            for part in order.parts
        }
    finally:
        shutil.rmtree(raw, ignore_errors=True)


def _languages(order: Order) -> tuple[str, str]:
    """The languages of the two sides as they stand in the corpus: columns have English first."""
    is_turned = order.parts[0].form == "columns" and order.target == "en"
    return (order.target, order.source) if is_turned else (order.source, order.target)
