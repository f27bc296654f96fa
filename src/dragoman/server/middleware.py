"""What every request passes on its way in and out, whatever its dialect. Knows ASGI, and neither routes nor texts."""

import asyncio
import re
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SLASHES = re.compile("//+")


class AddHeaders:
    """Adds headers to every answer that does not set them itself.

    Args:
        app: answers.
        headers: to be added.
    """

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.get("headers", ())}
                more = [header for header in self._headers if header[0] not in there]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        await self._app(scope, receive, add)


class AnswerHead:
    """Answers HEAD as a GET whose body is not sent: so ask those who watch a service.

    Args:
        app: answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, head)


class TakeSlashesForOne:
    """Takes several slashes in a path for one: clients put ``/translate`` behind an address that ends with a slash.

    It is for a dialect whose clients do so, and not for all: a proxy may refuse paths by how they begin.

    Args:
        app: answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["type"] == "http":
            scope["path"] = _SLASHES.sub("/", scope["path"])  # in place: who watches finds the route in it
        await self._app(scope, receive, send)


class StopWhenGone:
    """Ends the work for a client that has gone away before its answer was sent.

    What only it waited for leaves the queues of the models. The connection is watched from the moment when the whole
    request has been read.

    Args:
        app: answers; it is cancelled.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or stop."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch = _Watch(receive, send)
        work = asyncio.ensure_future(self._app(scope, watch.receive, watch.send))
        watch.work = work
        try:
            await work
        except asyncio.CancelledError:
            if not watch.gone.is_set():
                raise
        finally:
            work.cancel()
            if watch.task is not None:
                watch.task.cancel()


class _Watch:
    """Stands between the server and the application, and looks whether the client is still there."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._answered = False
        self.gone = asyncio.Event()
        self.work: asyncio.Future[None] | None = None
        self.task: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        if self.task is not None:
            await self.gone.wait()
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body"):
            self.task = asyncio.create_task(self._until_gone())
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self._answered = True
        await self._send(message)

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self.gone.set()
        if self.work is not None and not self._answered:
            self.work.cancel()
