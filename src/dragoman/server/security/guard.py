"""What every request passes before anybody reads it: how often, how large, how slow, how deep. Knows ASGI and no text.

The body is read here, up to its limit and in its time, so that whatever comes after works on what is already there. A
refusal is said in the words of the dialect that was asked.
"""

import asyncio
import json
import re
from collections.abc import Callable, Sequence

import numpy as np
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.server.ask import RefusedError
from dragoman.server.security.bodies import Bodies, LeftError
from dragoman.server.security.options import RequestLimits
from dragoman.server.security.rates import Buckets, neighbourhood

Say = Callable[[RefusedError], Response]
"""A refusal in the words of a dialect."""
_BURST = 5
"""So many times a minute's requests may come at once, divided by this."""
_FORM = b"application/x-www-form-urlencoded"
_PARTS = b"multipart/form-data"
_CHARSET = re.compile(rb'charset="?(?:utf-?8|us-ascii|iso-8859-1)"?')
"""Of a form in parts. Others would be looked up among all that Python can decode: some take for ever."""


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
        self._bodies = Bodies(limits)
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
            async with self._bodies.read(headers, receive) as body:
                self._check_body(headers.get(b"content-type", b""), body)
                await self._answer(scope, _again(body, receive), send)
        except RefusedError as refusal:
            answer = self._say(scope["path"], refusal)
            if refusal.status in (408, 413, 503):
                answer.headers["Connection"] = "close"  # what is left of the body is not read
            await answer(scope, receive, send)
        except LeftError:
            return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the dialect answer; who is stopped hears of it. Nobody but the service stops what comes out here."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
            return
        except asyncio.CancelledError:
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
        headers = dict(reversed(scope["headers"]))  # of several with one name the first counts, as for who reads them
        if len(scope["headers"]) > self._limits.max_headers:
            raise RefusedError("bad_request", "too many headers", status=431)
        if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"identity", b""):
            raise RefusedError("bad_request", "a packed body is not read; send it as it is", status=415)
        if not (scope["path"].startswith("/") and scope["path"].isprintable()):
            raise RefusedError("not_found", "Not Found", status=404)  # no route would take it, of no dialect
        self._check_parameters(scope["query_string"])
        return headers

    def _check_parameters(self, form: bytes) -> None:
        if form.count(b"&") >= self._limits.max_parameters:
            raise RefusedError("too_much", f"at most {self._limits.max_parameters:,} parameters", status=413)

    def _check_body(self, told: bytes, body: bytes) -> None:
        kind, _, more = told.lower().partition(b";")
        if kind.strip() == _FORM:
            self._check_parameters(body)
        elif kind.strip() != _PARTS:
            self._check_json(body)
        elif b"charset" in _CHARSET.sub(b"", more, count=1):
            raise RefusedError("bad_request", "a form is read as UTF-8, and in no other charset", status=415)

    def _check_json(self, body: bytes) -> None:
        limits = self._limits
        if not json.detect_encoding(body).startswith("utf-8"):  # RFC 8259, section 8.1; what follows looks at bytes
            raise RefusedError("bad_request", "JSON is read as UTF-8, and in no other encoding")
        depth, values = json_shape(body, enough=min(limits.max_json_depth, limits.max_json_values))
        if depth > limits.max_json_depth:
            raise RefusedError("bad_request", f"the JSON is nested more than {limits.max_json_depth} times")
        if values > limits.max_json_values:
            raise RefusedError("too_much", f"at most {limits.max_json_values:,} values in the JSON", status=413)

    def _say(self, path: str, refusal: RefusedError) -> Response:
        return next(say for prefix, say in self._dialects if not prefix or path.startswith(prefix + "/"))(refusal)


def json_shape(body: bytes, *, enough: int) -> tuple[int, int]:
    """How deep lists and objects stand inside each other, and how many values there are (commas and openings).

    It takes a few looks at each byte, whatever they are.

    Args:
        body: JSON, or anything.
        enough: where there are no more values than that, the depth is not looked for: it is no more, either.
    """
    opened = body.count(b"[") + body.count(b"{")
    values = opened + body.count(b",")
    if values <= enough:
        return opened, values
    quoted = body.replace(rb"\\", b"").replace(rb"\"", b"")  # only quotes are left that begin or end a string
    found = np.frombuffer(quoted, np.uint8)
    outside = found[~np.logical_xor.accumulate(found == 0x22)]
    opening = (outside == 0x5B) | (outside == 0x7B)
    steps = opening.astype(np.int32) - ((outside == 0x5D) | (outside == 0x7D))
    depth = int(np.cumsum(steps[steps != 0]).max(initial=0))
    return depth, int(opening.sum() + (outside == 0x2C).sum())


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
