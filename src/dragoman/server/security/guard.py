"""What every request passes before anybody reads it: how often, how large, how slow, how deep. Knows ASGI and no text.

The body is read here, up to its limit and in its time, so that whatever comes after works on what is already there. A
refusal is said in the words of the dialect that was asked.
"""

import asyncio
import re
from collections.abc import Callable, Sequence

import numpy as np
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.server.ask import RefusedError
from dragoman.server.security.options import RequestLimits
from dragoman.server.security.rates import Buckets, neighbourhood

Say = Callable[[RefusedError], Response]
"""A refusal in the words of a dialect."""
_BURST = 5
"""So many times a minute's requests may come at once, divided by this."""
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+\\?(?:"|\Z)', re.DOTALL)
"""What stands in quotes, closed or not; it never looks at a byte twice."""
_FORM = b"application/x-www-form-urlencoded"
_FORMS = (_FORM, b"multipart/form-data")


class Guard:
    """Refuses what is too much.

    Args:
        app: answers the rest.
        limits: what is too much.
        dialects: prefix → how the dialect there says a refusal; the first that fits counts.
    """

    def __init__(self, app: ASGIApp, limits: RequestLimits, dialects: Sequence[tuple[str, Say]]) -> None:
        self._app = app
        self._limits = limits
        self._dialects = dialects
        per_minute = limits.requests_per_minute
        self._buckets = Buckets(per_minute, per_minute / _BURST) if per_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_rate(scope)
            headers = self._check_head(scope)
            body = await self._read(headers, receive)
            self._check_body(headers.get(b"content-type", b""), body)
        except RefusedError as refusal:
            answer = self._say(scope["path"], refusal)
            if refusal.status in (408, 413):
                answer.headers["Connection"] = "close"  # what is left of the body is not read
            await answer(scope, receive, send)
            return
        except _LeftError:
            return
        await self._answer(scope, _again(body, receive), send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the dialect answer; who is stopped by the end of the service hears of it."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
            return
        except asyncio.CancelledError:  # by the server; or the client has gone, and will not read it
            refusal = RefusedError("stopping", "the service is being stopped", status=503, retry_seconds=5.0)
        if not begun:  # else the server cuts the connection, so that nobody takes what came for the whole
            await self._say(scope["path"], refusal)(scope, receive, send)

    def _check_rate(self, scope: Scope) -> None:
        place = neighbourhood(scope["client"][0]) if scope.get("client") else None
        if self._buckets is None or place is None:
            return
        if wait := self._buckets.take(place):
            raise RefusedError("rate", "too many requests from this address", status=429, retry_seconds=wait)

    def _check_head(self, scope: Scope) -> dict[bytes, bytes]:
        headers = dict(scope["headers"])
        if len(scope["headers"]) > self._limits.max_headers:
            raise RefusedError("bad_request", "too many headers", status=431)
        if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
            raise RefusedError("bad_request", "a packed body is not read; send it as it is", status=415)
        if not scope["path"].isprintable():
            raise RefusedError("not_found", "Not Found", status=404)  # no route would take it, of no dialect
        self._check_parameters(scope["query_string"])
        return headers

    def _check_parameters(self, form: bytes) -> None:
        if form.count(b"&") >= self._limits.max_parameters:
            raise RefusedError("too_much", f"at most {self._limits.max_parameters:,} parameters", status=413)

    async def _read(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        told = headers.get(b"content-length", b"0")
        if not told.isdigit() or len(told) > 15 or int(told) > self._limits.max_body_bytes:
            raise self._too_large()
        parts: list[bytes] = []
        size, more = 0, True
        try:
            async with asyncio.timeout(self._limits.max_body_seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _LeftError
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > self._limits.max_body_bytes:
                        raise self._too_large()
                    more = message.get("more_body", False)
        except TimeoutError:
            raise RefusedError("too_slow", "the request came too slowly", status=408) from None
        return b"".join(parts)

    def _check_body(self, kind: bytes, body: bytes) -> None:
        kind = kind.partition(b";")[0].strip().lower()
        if kind == _FORM:
            self._check_parameters(body)
        if kind not in _FORMS and json_depth(body, self._limits.max_json_depth) > self._limits.max_json_depth:
            raise RefusedError("bad_request", f"the JSON is nested more than {self._limits.max_json_depth} times")

    def _too_large(self) -> RefusedError:
        return RefusedError("too_much", f"a request may hold {self._limits.max_body_bytes:,} bytes at most", status=413)

    def _say(self, path: str, refusal: RefusedError) -> Response:
        return next(say for prefix, say in self._dialects if path.startswith(prefix + "/"))(refusal)


class _LeftError(Exception):
    """The client has gone."""


def json_depth(body: bytes, enough: int) -> int:
    """How deep lists and objects stand inside each other; exact only where it is more than ``enough``."""
    opened = body.count(b"[") + body.count(b"{")
    if opened <= enough:
        return opened
    found = np.frombuffer(_STRINGS.sub(b"", body), np.uint8)
    steps = np.isin(found, (0x5B, 0x7B)).astype(np.int8) - np.isin(found, (0x5D, 0x7D)).astype(np.int8)
    return int(np.cumsum(steps, dtype=np.int64).max(initial=0))


def _again(body: bytes, receive: Receive) -> Receive:
    """The body that was read, once more; then what comes."""
    given = False

    async def read() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read
