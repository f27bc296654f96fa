"""What a dialect is: a prefix and an application; and what several of them do alike."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.routing import Match, Route
from starlette.types import Scope

from dragoman.server.ask import RefusedError
from dragoman.server.service import Service
from dragoman.server.telemetry.trace import current_trace
from dragoman.server.telemetry.watch import crashed

MultiPartParser.spool_max_size = sys.maxsize  # never to a disk, where no text belongs; max_body_bytes bounds it

Render = Callable[[RefusedError], dict[str, Any]]
"""A refusal as the body of this dialect's error."""


class Dialect(Protocol):
    """One way to talk to the service."""

    prefix: ClassVar[str]
    """Of its paths; "" for the root."""

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        ...


class PlainRoute(Route):
    """A route to a function that reads its request itself; the metrics and the log know it as FastAPI's own ones."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether it is asked for; its template is told with it."""
        found, told = super().matches(scope)
        return found, {**told, "route": self} if found is not Match.NONE else told


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file in a form.

    Attributes:
        name: as the client has it.
        data: all of it.
    """

    name: str
    data: bytes = field(repr=False)


def address(request: Request) -> str:
    """Where a request comes from; behind a proxy that uvicorn trusts, what the proxy says."""
    return request.client.host if request.client else ""


def bearer(request: Request, scheme: str = "Bearer") -> str | None:
    """The key in the header ``Authorization``, if it is of this scheme."""
    found, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() or None if found.lower() == scheme.lower() else None


async def parameters(request: Request) -> dict[str, Any]:
    """What was sent, wherever it was put: the values of a JSON body or a form come before those of the query string.

    Of a name that a form holds several times the value is a list; a file is a :class:`SentFile`.

    Raises:
        RefusedError: the body cannot be read.
    """
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form() as form:
            for name in form:
                sent = [await _read(value) for value in form.getlist(name)]
                values[name] = sent if len(sent) > 1 else sent[0]
        return values
    return values | await json_object(request)


async def _read(value: str | UploadFile) -> str | SentFile:
    return value if isinstance(value, str) else SentFile(value.filename or "", await value.read())


async def json_object(request: Request) -> dict[str, Any]:
    """The object that the body is; an empty one where there is no body.

    Raises:
        RefusedError: the body is something else.
    """
    body = await request.body()
    if not body:
        return {}
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, a number of thousands of digits
        raise RefusedError("bad_request", "Invalid JSON: the body cannot be read") from error
    if not isinstance(sent, dict):
        raise RefusedError("bad_request", "Invalid JSON: the body is no object")
    return sent


def application(
    render: Render, *, status: Callable[[RefusedError], int] = lambda refusal: refusal.status, **settings: Any
) -> FastAPI:
    """An application that says every refusal, and every mistake in a request, as ``render`` and ``status`` do."""
    app = FastAPI(**settings)

    def say(refusal: RefusedError) -> Response:
        current_trace().reason = refusal.reason
        headers = {} if refusal.retry_seconds is None else {"Retry-After": str(max(1, round(refusal.retry_seconds)))}
        return JSONResponse(render(refusal), status_code=status(refusal), headers=headers)

    app.state.say = say  # for what is refused before it comes here

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> Response:
        return say(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return say(RefusedError("bad_request", mistakes(error)))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        return say(crashed(current_trace().id))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        reason = "not_found" if error.status_code == 404 else "http"
        answer = say(RefusedError(reason, str(error.detail), status=error.status_code))
        if error.status_code == 405:
            answer.headers["Allow"] = ", ".join(_methods(request))
        return answer

    return app


def _methods(request: Request) -> list[str]:
    """All that may be done at this path; the web framework only knows of the first route there."""
    found = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in found for method in getattr(route, "methods", None) or ()})


def mistakes(error: RequestValidationError) -> str:
    """All that is wrong with a request in one line, without any of its text."""
    places = (".".join(map(str, one["loc"][1:])) or "the body" for one in error.errors())
    return "; ".join(f"{place}: {one['msg']}" for place, one in zip(places, error.errors(), strict=True))
