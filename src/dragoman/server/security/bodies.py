"""The bodies of requests, read up to their limit and in their time; all that are held together have a limit, too.

Without it a few hundred large ones at once, each of them allowed, would fill the memory. Knows ASGI and no text.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.types import Receive

from dragoman.server.ask import RefusedError
from dragoman.server.security.options import RequestLimits

SMALL_BYTES = 100_000
"""A body up to this size is always taken: who sends many large ones cannot keep out who sends a text."""


class LeftError(Exception):
    """The client has gone."""


class Bodies:
    """Reads them.

    Args:
        limits: what is too much, and too slow.

    Attributes:
        held: bytes of all that are read or answered now.
    """

    def __init__(self, limits: RequestLimits) -> None:
        self._limits = limits
        self.held = 0

    @asynccontextmanager
    async def read(self, headers: Mapping[bytes, bytes], receive: Receive) -> AsyncIterator[bytes]:
        """The whole body, held inside the block.

        Raises:
            LeftError: the client has gone.
            RefusedError: it is too large, too slow, or there is no room for it now.
        """
        self._check_length(headers.get(b"content-length", b"0"))
        parts: list[bytes] = []
        try:
            await self._gather(parts, receive)
            parts = [b"".join(parts)]
            yield parts[0]
        finally:
            self.held -= sum(map(len, parts))

    async def _gather(self, parts: list[bytes], receive: Receive) -> None:
        size, more = 0, True
        try:
            async with asyncio.timeout(self._limits.max_body_seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise LeftError
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    self.held += len(parts[-1])
                    self._check_size(size)
                    more = message.get("more_body", False)
        except TimeoutError:
            raise RefusedError("too_slow", "the request came too slowly", status=408) from None

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_body_bytes:
            raise self._too_large()
        if size > SMALL_BYTES and self.held > self._limits.max_held_bytes:
            raise RefusedError("busy", "too many large requests at once", status=503, retry_seconds=2.0)

    def _check_length(self, told: bytes) -> None:
        if not told.isdigit() or len(told) > 15 or int(told) > self._limits.max_body_bytes:
            raise self._too_large()

    def _too_large(self) -> RefusedError:
        return RefusedError("too_much", f"a request may hold {self._limits.max_body_bytes:,} bytes at most", status=413)
