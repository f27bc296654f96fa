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
from dragoman.server.middleware import AddHeaders, AnswerHead, StopWhenGone
from dragoman.server.privacy.uploads import keep_uploads_in_memory
from dragoman.server.security.guard import Guard, Say
from dragoman.server.security.options import RequestLimits
from dragoman.server.service import Service
from dragoman.server.telemetry.routes import add_routes
from dragoman.server.telemetry.telemetry import Telemetry
from dragoman.server.telemetry.trace import current_trace
from dragoman.server.telemetry.watch import Place, Watch
from dragoman.server.web.page import add_web_page

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
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
    telemetry: Telemetry | None = None,
    web_page: bool = True,
) -> FastAPI:
    """The web application.

    Args:
        service: answers.
        begin: loads the models; started in the background when the application starts.
        names: of the dialects to speak; all by default.
        limits: of requests; by default those of :class:`RequestLimits`, but for how many may come.
        origins: websites whose pages may ask; "*" for all.
        telemetry: watches; by default one that writes no log of requests.
        web_page: whether to show people a page at ``/``; it speaks our own dialect, and is not there without it.
    """
    keep_uploads_in_memory()
    watching = telemetry or Telemetry()
    watching.attach(service.fleet)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        import asyncio

        async with watching.running(service.fleet):
            loading = asyncio.ensure_future(begin())
            yield
            loading.cancel()
            await service.close()

    app = FastAPI(title="dragoman", version=__version__, openapi_url=None, docs_url=None, redoc_url=None, lifespan=life)

    add_routes(app, service, watching)
    pages: list[Place] = []
    if web_page and "native" in (names or DIALECTS.names()):
        add_web_page(app, service)
        pages = [Place("/web", "web", _say)]
    places = [*pages, *_mounted(app, service, names), Place("", "", _say)]
    says: list[tuple[str, Say]] = [(place.prefix, place.say) for place in places]
    app.add_middleware(StopWhenGone)  # inside the guard, which tells the end of the service from a client's going away
    app.add_middleware(Guard, limits=limits or RequestLimits(requests_per_minute=0), dialects=says)
    app.add_middleware(AddHeaders, headers=SECURITY_HEADERS)
    app.add_middleware(Watch, observer=watching, places=places)
    if origins:
        _let_pages_ask(app, origins)
    app.add_middleware(AnswerHead)
    return app  # the last middleware added is the first to be passed


def _mounted(app: FastAPI, service: Service, names: Sequence[str]) -> list[Place]:
    """Where the dialects are, the longest prefixes first: the root takes what is left."""
    dialects: dict[str, Dialect] = {name: DIALECTS.load(name)() for name in names or DIALECTS.names()}
    places = []
    for name, dialect in sorted(dialects.items(), key=lambda one: -len(one[1].prefix)):
        made = dialect.make(service)
        app.mount(dialect.prefix, made)
        places.append(Place(dialect.prefix, name, made.state.say))
    return places


def _say(refusal: RefusedError) -> Response:
    current_trace().reason = refusal.reason
    return JSONResponse({"reason": refusal.reason, "message": refusal.message}, status_code=refusal.status)


def _let_pages_ask(app: FastAPI, origins: Sequence[str]) -> None:
    """The pages of other websites may ask; never with this site's cookies, of which there are none.

    Any header may come along: OpenAI's library tells of itself in a dozen.
    """
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["*"],
        expose_headers=["Retry-After", "X-Request-Id"],
    )
