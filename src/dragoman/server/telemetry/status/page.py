"""The status page: how the service was in the last hour and day, for people.

The page itself is open, and empty: its figures come from ``/status/data``, which asks for a key as ``/metrics`` does. A
browser keeps that key until its tab is closed. Words are put into the page here, in the language the browser asks for.
"""

import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.service import Service
from dragoman.server.telemetry.entrance import let_in
from dragoman.server.telemetry.status.data import data
from dragoman.server.telemetry.telemetry import Telemetry

LANGUAGES = ("en", "de", "zh-Hans")
"""Of the page; the first one where none is asked for."""


def add_status_page(app: FastAPI, service: Service, telemetry: Telemetry) -> None:
    """``/status`` and what belongs to it."""

    @app.get("/status")
    async def status(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        headers = {"Vary": "Accept-Language", "Content-Language": language}
        return Response(page(language), media_type="text/html; charset=utf-8", headers=headers)

    @app.get("/status/status.js")
    async def script() -> Response:
        return Response(_read("status.js"), media_type="text/javascript; charset=utf-8")

    @app.get("/status/chart.js")
    async def chart() -> Response:
        return Response(_read("chart.js"), media_type="text/javascript; charset=utf-8")

    @app.get("/status/status.css")
    async def style() -> Response:
        return Response(_read("status.css"), media_type="text/css; charset=utf-8")

    @app.get("/status/icon.svg")
    async def icon() -> Response:
        return Response(_read("icon.svg", package="dragoman.server.web"), media_type="image/svg+xml")

    @app.get("/status/data")
    async def figures(request: Request) -> Response:
        let_in(request, service, telemetry)
        is_day = request.query_params.get("range") == "day"
        return JSONResponse(data(telemetry, service.fleet, is_day=is_day))


def preferred(header: str) -> str:
    """The language of the page that ``Accept-Language`` likes most."""
    wanted: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        code, _, parameters = part.strip().partition(";")
        told = parameters.strip().removeprefix("q=")
        try:
            wanted.append((-float(told) if told else -1.0, code.strip().lower()))
        except ValueError:
            continue
    for weight, code in sorted(wanted, key=lambda one: one[0]):
        for language in LANGUAGES:
            if weight < 0 and code.partition("-")[0] == language.partition("-")[0]:
                return language
    return LANGUAGES[0]


@cache
def page(language: str) -> str:
    """The page in one of :data:`LANGUAGES`."""
    known = words(language)
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(word)}</dd>" for name, word in known.items())
    shown = {name: escape(word) for name, word in known.items()}
    return Template(_read("status.html")).substitute(shown, language=language, words=told)


def words(language: str) -> Mapping[str, str]:
    """What the page says."""
    found: Mapping[str, str] = json.loads(_read(f"words/{language}.json"))
    return found


@cache
def _read(name: str, package: str = __package__) -> str:
    return (files(package) / "static" / name).read_text(encoding="utf-8")
