"""All dialects under one roof: an ASGI application with a beginning and an end."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from dragoman.base.version import __version__
from dragoman.server.dialects import DIALECTS
from dragoman.server.dialects.protocol import Dialect
from dragoman.server.middleware import AddHeaders, StopWhenGone
from dragoman.server.service import Service

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(service: Service, begin: Callable[[], Awaitable[None]], *, names: Sequence[str] = ()) -> FastAPI:
    """The web application.

    Args:
        service: answers.
        begin: loads the models; started in the background when the application starts.
        names: of the dialects to speak; all by default.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        import asyncio

        loading = asyncio.ensure_future(begin())
        yield
        loading.cancel()
        await service.close()

    app = FastAPI(title="dragoman", version=__version__, openapi_url=None, docs_url=None, redoc_url=None, lifespan=life)

    app.add_middleware(AddHeaders, headers=SECURITY_HEADERS)
    app.add_middleware(StopWhenGone)  # the last one added is the first to be passed

    @app.get("/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @app.get("/ready")
    async def ready() -> Response:
        """At least one direction is ready and none is still loading."""
        loading = any(member.state == "loading" for member in service.fleet.members)
        is_ready = bool(service.fleet.directions) and not loading
        return JSONResponse({"status": "ready" if is_ready else "loading"}, status_code=200 if is_ready else 503)

    dialects: list[Dialect] = [DIALECTS.load(name)() for name in names or DIALECTS.names()]
    for dialect in sorted(dialects, key=lambda one: -len(one.prefix)):  # the root last: it takes what is left
        app.mount(dialect.prefix, dialect.make(service))
    return app
