"""Gives out the web page. Knows the files of the page and what a page must be told; knows no language and no model.

All files are read once, when the service starts; what a request names is looked up among them and never in a folder.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.base.version import __version__
from dragoman.server.service import Service

TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
"""Kinds of files of the page → what a browser is to take them for."""
START = "index.html"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page.

    Attributes:
        content: all of it.
        kind: its media type.
        mark: changes whenever the content does (an ETag).
    """

    content: bytes
    kind: str
    mark: str


def assets() -> dict[str, Asset]:
    """Every file of the page by its path below ``/web/``."""
    return dict(_found(files(__package__) / "static", ""))


def add_web_page(app: FastAPI, service: Service) -> None:
    """The routes ``/`` and ``/web/…``; they come before whatever is mounted at the root."""
    known = assets()

    @app.get("/web/settings.json", include_in_schema=False)
    async def settings() -> Response:
        return JSONResponse(_settings(service))

    for path, asset in known.items():
        app.add_route(f"/web/{path}", _giving(asset), include_in_schema=False)
    app.add_route("/", _giving(known[START]), include_in_schema=False)


def _settings(service: Service) -> Mapping[str, object]:
    """What the page cannot know by itself; nothing that is secret."""
    limits = service.limits
    return {
        "version": __version__,
        "needsKey": service.gate.needs_key,
        "maxCharacters": limits.max_characters,
        "maxAlternatives": limits.max_alternatives,
    }


def _giving(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    """Give this file, or say that the browser has it; a browser keeps it, and asks each time whether it still may."""
    headers = {"ETag": asset.mark, "Cache-Control": "no-cache"}

    async def give(request: Request) -> Response:
        known = request.headers.get("if-none-match", "")
        if asset.mark in (mark.strip().removeprefix("W/") for mark in known.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.kind, headers=headers)

    return give


def _found(folder: Traversable, before: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            found += _found(entry, f"{before}{entry.name}/")
        elif (kind := TYPES.get(entry.name.rpartition(".")[2])) is not None:
            content = entry.read_bytes()
            found.append((before + entry.name, Asset(content, kind, f'"{sha256(content).hexdigest()[:32]}"')))
    return found
