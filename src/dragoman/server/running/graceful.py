"""A server that ends well: what came is answered, what comes later is turned away, and the process ends with 0.

After SIGTERM or Ctrl-C nobody new is let in. Requests under way are finished, in their limit; a connection on which
nothing is asked is closed a moment later, for what its client has just sent may still be on its way. A second signal
ends at once. SIGHUP is passed on. Knows uvicorn, and neither requests nor models.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import uvicorn

from dragoman.server.security.patience import ImpatientProtocol


class GracefulServer(uvicorn.Server):
    """Uvicorn's server, with an end and SIGHUP.

    Args:
        config: whose protocol is an :class:`ImpatientProtocol`.
        on_hangup: begun at every SIGHUP; while it goes on a further one is passed over.
    """

    def __init__(self, config: uvicorn.Config, on_hangup: Callable[[], Coroutine[Any, Any, None]]) -> None:
        super().__init__(config)
        self._on_hangup = on_hangup
        self._at_work: asyncio.Task[None] | None = None

    async def startup(self, sockets: Any = None) -> None:
        """Begin, and listen to SIGHUP, too."""
        if hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._hang_up)
        await super().startup(sockets)

    async def shutdown(self, sockets: Any = None) -> None:
        """End: first let in who stands before the door already."""
        protocol = self.config.http_protocol_class
        assert issubclass(protocol, ImpatientProtocol)
        protocol.is_closing = True
        await asyncio.sleep(0)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at the second time, at once. The signal is not raised again: to be told to stop is no failure."""
        self.force_exit = self.should_exit
        self.should_exit = True

    def _hang_up(self) -> None:
        if self._at_work is None or self._at_work.done():
            self._at_work = asyncio.ensure_future(self._on_hangup())
