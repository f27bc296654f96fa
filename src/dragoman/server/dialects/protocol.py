"""What a dialect is: a prefix and an application."""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from dragoman.server.ask import RefusedError
from dragoman.server.service import Service

Render = Callable[[RefusedError], dict[str, Any]]
"""A refusal as the body of this dialect's error."""


class Dialect(Protocol):
    """One way to talk to the service."""

    prefix: ClassVar[str]
    """Of its paths; "" for the root."""

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        ...


def address(request: Request) -> str:
    """Where a request comes from; behind a proxy that uvicorn trusts, what the proxy says."""
    return request.client.host if request.client else ""


def bearer(request: Request, scheme: str = "Bearer") -> str | None:
    """The key in the header ``Authorization``, if it is of this scheme."""
    found, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() or None if found.lower() == scheme.lower() else None


def application(render: Render, **settings: Any) -> FastAPI:
    """An application that says every refusal, and every mistake in a request, as ``render`` does."""
    app = FastAPI(**settings)

    def say(refusal: RefusedError) -> Response:
        headers = {} if refusal.retry_seconds is None else {"Retry-After": str(max(1, round(refusal.retry_seconds)))}
        return JSONResponse(render(refusal), status_code=refusal.status, headers=headers)

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> Response:
        return say(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return say(RefusedError("bad_request", mistakes(error)))

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        return say(
            RefusedError(
                "not_found" if error.status_code == 404 else "http", str(error.detail), status=error.status_code
            )
        )

    return app


def mistakes(error: RequestValidationError) -> str:
    """All that is wrong with a request in one line, without any of its text."""
    places = (".".join(map(str, one["loc"][1:])) or "the body" for one in error.errors())
    return "; ".join(f"{place}: {one['msg']}" for place, one in zip(places, error.errors(), strict=True))
