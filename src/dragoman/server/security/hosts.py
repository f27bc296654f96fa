"""Under which names a service on the loopback may be asked. Knows the head of a request alone.

A page that somebody opens on this machine may not read what another website answers, but its own. So it has its own
name lead to 127.0.0.1 a moment later (DNS rebinding, as CVE-2024-28224 of Ollama), and asks the service as if that were
its website. The browser still says the name it asked for: only those of this machine are let in.
"""

import ipaddress
from collections.abc import Collection

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_OWN = frozenset(("localhost", "127.0.0.1", "::1"))


def own_names(host: str) -> frozenset[str]:
    """The names of a service that listens on ``host``, an address or a name; none where it may have any."""
    try:
        is_own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = host == "localhost"
    return _OWN | {host} if is_own else frozenset()


class OnlyNamed:
    """Refuses requests to other names; who says none is no browser.

    Args:
        app: answers the rest.
        names: in lower case, without a port.
    """

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        told = next((value for name, value in scope.get("headers", ()) if name == b"host"), b"").decode("latin-1")
        if not told or _without_port(told.lower()) in self._names:
            await self._app(scope, receive, send)
            return
        message = "asked under the name of another machine; an operator whose proxy does that gives --trust-proxy"
        await JSONResponse({"reason": "forbidden", "message": message}, status_code=403)(scope, receive, send)


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
