"""A connection that says nothing, or says it too slowly, is closed: uvicorn alone would wait for ever.

It knows connections, not requests: from the moment when a request begins until its head is whole the time is limited;
the body has its own limit. A client that takes nothing of its answer for a while is cut off, however the answer lies
there. At the end of the service every answer says that it is the connection's last.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from dragoman.server.security.options import RequestLimits

LAST_SECONDS = 1.0
"""At the end, for what was sent before the client could know of it."""


class ImpatientProtocol(H11Protocol):
    """Uvicorn's protocol, with a time for the head of the first and of every further request, and for who reads."""

    head_seconds: ClassVar[float]
    stall_seconds: ClassVar[float]
    is_closing: ClassVar[bool] = False
    """Whether the service ends."""
    _deadline: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._watch_head()
        if self.is_closing:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        """Perhaps it is whole now."""
        super().data_received(data)
        self._watch_head()

    def handle_events(self) -> None:
        """Begin to answer what has come."""
        super().handle_events()
        if self.is_closing and self._is_answering:
            self._answer_last()

    def shutdown(self) -> None:
        """Close it after the answer that is being given, or soon where nothing is asked."""
        if self._is_answering:
            self._answer_last()
        else:
            self.loop.call_later(LAST_SECONDS, self._leave)

    def on_response_complete(self) -> None:
        """Begin to wait for the next one."""
        super().on_response_complete()
        self._watch_head()
        self._watch_reader()

    def pause_writing(self) -> None:
        """The client does not keep pace."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        self._forget_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for."""
        self._forget()
        self._forget_reader()
        super().connection_lost(exc)

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _answer_last(self) -> None:
        if self.cycle.keep_alive:
            self.cycle.keep_alive = False
            self.headers.append((b"connection", b"close"))  # uvicorn then says so itself

    def _leave(self) -> None:
        if self._is_answering:
            self._answer_last()
        elif not self.transport.is_closing():
            self.transport.close()

    def _watch_head(self) -> None:
        """The time runs while no request is being answered; a byte now and then does not wind it back."""
        if self._is_answering:
            self._forget()
        elif self._deadline is None:
            seconds = self.head_seconds if self.cycle is None else max(self.head_seconds, self.timeout_keep_alive)
            self._deadline = self.loop.call_later(seconds, self._close)

    def _watch_reader(self) -> None:
        """The time runs while something of an answer lies here; whatever the client takes winds it back."""
        if self._stall is None and (left := self.transport.get_write_buffer_size()):
            self._stall = self.loop.call_later(self.stall_seconds, self._look_at_reader, left)

    def _look_at_reader(self, left: int) -> None:
        self._stall = None
        if self.transport.get_write_buffer_size() < left:
            self._watch_reader()
        else:
            self.transport.abort()

    def _forget_reader(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def impatient_protocol(limits: RequestLimits) -> type[asyncio.Protocol]:
    """The protocol with so much time for a head, and for a client that does not read."""
    seconds = {"head_seconds": limits.max_header_seconds, "stall_seconds": limits.max_stall_seconds}
    return type("ImpatientProtocol", (ImpatientProtocol,), seconds)
