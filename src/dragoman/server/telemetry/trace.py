"""What is found out about one request while it is answered. Holds no text, no key, no address and no query string.

Whoever learns something on the way (the route, the dialect, the service) notes it on the current trace; it is found
through a context variable, so that nobody has to pass it on.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Trace:
    """One request.

    Attributes:
        id: as the client sent it in ``X-Request-ID``, or made up.
        method: of HTTP; what no client sends is OTHER.
        dialect: name of the dialect that was asked; "" for what belongs to none.
        route: template of the path, never the path itself.
        status: of the answer; 499 for who went away before it.
        seconds: from the first byte of the request to the last one of the answer.
        characters: that were asked to be translated.
        identity: public name of the key; "" for anyone.
        reason: of the refusal, if it was one.
    """

    id: str = ""
    method: str = "GET"
    dialect: str = ""
    route: str = ""
    status: int = 0
    seconds: float = 0.0
    characters: int = 0
    identity: str = ""
    reason: str = ""

    def entered(self, identity: str, characters: int) -> None:
        """A gate has let it in, with so many characters to be translated."""
        self.identity = identity
        self.characters += characters


CURRENT: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace:
    """The trace of the request that is being answered; one that nobody reads where there is no request."""
    return CURRENT.get() or Trace()
