"""All dialects under one roof: an ASGI application with a beginning and an end."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from starlette.middleware.cors import CORSMiddleware

from dragoman.base.version import __version__
from dragoman.server.ask import RefusedError
from dragoman.server.dialects import DIALECTS
from dragoman.server.dialects.protocol import Dialect
from dragoman.server.middleware import AddHeaders, StopWhenGone
from dragoman.server.security.guard import Guard, Say
from dragoman.server.security.options import RequestLimits
from dragoman.server.service import Service

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(
    service: Service,
    begin: Callable[[], Awaitable[None]],
    *,
    names: Sequence[str] = (),
    limits: RequestLimits | None = None,
    origins: Sequence[str] = (),
) -> FastAPI:
    """The web application.

    Args:
        service: answers.
        begin: loads the models; started in the background when the application starts.
        names: of the dialects to speak; all by default.
        limits: of requests; by default those of :class:`RequestLimits`, but for how many may come.
        origins: websites whose pages may ask; "*" for all.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        import asyncio

        loading = asyncio.ensure_future(begin())
        yield
        loading.cancel()
        await service.close()

    app = FastAPI(title="dragoman", version=__version__, openapi_url=None, docs_url=None, redoc_url=None, lifespan=life)

    @app.get("/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @app.get("/ready")
    async def ready() -> Response:
        """At least one direction is ready, and none is still loading, hangs or fails."""
        is_ready = service.fleet.is_ready
        return JSONResponse({"status": "ready" if is_ready else "loading"}, status_code=200 if is_ready else 503)

    dialects: list[Dialect] = [DIALECTS.load(name)() for name in names or DIALECTS.names()]
    made = {dialect.prefix: dialect.make(service) for dialect in dialects}
    ways = sorted(made.items(), key=lambda one: -len(one[0]))  # the root last: it takes what is left
    for prefix, dialect in ways:
        app.mount(prefix, dialect)
    says: list[tuple[str, Say]] = [(prefix, dialect.state.say) for prefix, dialect in ways]
    app.add_middleware(Guard, limits=limits or RequestLimits(requests_per_minute=0), dialects=[*says, ("", _say)])
    app.add_middleware(AddHeaders, headers=SECURITY_HEADERS)
    app.add_middleware(StopWhenGone)
    if origins:
        _let_pages_ask(app, origins)
    return app  # the last middleware added is the first to be passed


def _say(refusal: RefusedError) -> Response:
    return JSONResponse({"reason": refusal.reason, "message": refusal.message}, status_code=refusal.status)


def _let_pages_ask(app: FastAPI, origins: Sequence[str]) -> None:
    """The pages of other websites may ask; never with this site's cookies, of which there are none."""
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
    )
