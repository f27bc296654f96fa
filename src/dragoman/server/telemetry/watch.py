"""The outermost thing every request passes: it gets an id, is timed and told of; no error goes past it.

What nobody had thought of is answered in the words of the dialect that was asked, with the id under which the operator
finds it in the log. Knows ASGI, and neither texts nor who listens.
"""

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.server.ask import RefusedError
from dragoman.server.security.guard import Say
from dragoman.server.telemetry.observer import Observer
from dragoman.server.telemetry.trace import CURRENT, Trace

GONE = 499
"""The status noted for who went away before the answer; nginx's number."""
_HEADER = b"x-request-id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{3,63}")
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dialect is.

    Attributes:
        prefix: of its paths.
        name: of the dialect.
        say: a refusal in its words.
    """

    prefix: str
    name: str
    say: Say


def crashed(request_id: str) -> RefusedError:
    """What a client is told of an error that nobody had thought of."""
    return RefusedError(
        "internal", f"something went wrong here; the operator finds it under the id {request_id}", status=500
    )


def request_id(scope: Scope) -> str:
    """The well-formed id that the client sent, or a new one."""
    for name, value in scope["headers"]:
        if name == _HEADER and _WELL_FORMED.fullmatch(value):
            return str(value, "ascii")
    return secrets.token_hex(8)


def route_of(scope: Scope) -> str:
    """The template of the path: as many as there are routes, whatever is asked for."""
    template = getattr(scope.get("route"), "path", "/*")
    return f"{scope.get('root_path', '')}{template}"


class Watch:
    """Watches over requests.

    Args:
        app: answers them.
        observer: hears of them.
        places: of the dialects, the longest prefixes first.
    """

    def __init__(self, app: ASGIApp, observer: Observer, places: Sequence[Place]) -> None:
        self._app = app
        self._observer = observer
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and tell."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        place = next(one for one in self._places if scope["path"].startswith(f"{one.prefix}/") or not one.prefix)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        trace = Trace(request_id(scope), method, place.name)
        token = CURRENT.set(trace)
        self._observer.request_began()
        began = time.perf_counter()
        try:
            await self._answer(scope, receive, send, trace, place.say)
        finally:
            CURRENT.reset(token)
            trace.seconds = time.perf_counter() - began
            trace.route = route_of(scope)
            if "endpoint" in scope and "app_root_path" not in scope:  # the application's own, of no dialect
                trace.dialect = ""
            trace.status = trace.status or GONE
            self._observer.request_ended(trace)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, trace: Trace, say: Say) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                trace.status = message["status"]
                headers = [*message.get("headers", ()), (_HEADER, trace.id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            trace.reason = "internal"
            self._observer.request_crashed(trace, error)
            if not trace.status:
                await say(crashed(trace.id))(scope, receive, note)
