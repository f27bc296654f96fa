"""The joint between the service and who may use it: every request passes a gate before it is answered.

The open gate lets everyone in. Others know keys, quotas and rates.
"""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

Scope = Literal["translate", "glossaries", "suggest", "metrics", "admin"]
"""What can be done, each of it allowed for itself."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request says of who sent it.

    Attributes:
        key: the secret it came with, as the dialect has it; never to be written anywhere.
        address: of the network, as the outermost trusted proxy saw it.
    """

    key: str | None = field(default=None, repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who the gate found it to be.

    Attributes:
        identity: public name of the key, for usage and audit; "" for anyone.
        scopes: what the caller may do.
        limit: characters the caller may still have translated in this period; None for any number.
        used: characters the caller has had translated in this period.
        taken: characters of the request that the gate has set aside for it.
    """

    identity: str = ""
    scopes: Set[str] = frozenset({"translate"})
    limit: int | None = None
    used: int = 0
    taken: int = 0


ANYONE = Caller()


class Gate(Protocol):
    """Decides who may come in, and hears what they did."""

    needs_key: bool
    """Whether nobody may come in without a key."""

    def enter(
        self, credentials: Credentials, *, scope: Scope = "translate", characters: int = 0, counts: bool = True
    ) -> Caller:
        """Let a request in.

        Args:
            credentials: of the request.
            scope: what it wants to do.
            characters: it wants translated.
            counts: whether it is one more request; of one that is looked at twice, once.

        Raises:
            RefusedError: an unknown, expired or too weak key (401, 403), a used-up quota (429, with the reason
                ``quota``) or too many requests (429).
        """
        ...

    def used(self, caller: Caller, *, characters: int) -> None:
        """Count what was translated for ``caller``: once for each request, 0 characters when it was not answered."""
        ...


class OpenGate:
    """Everyone may come in; all of them together are one caller, since the process began."""

    needs_key = False

    def __init__(self) -> None:
        self._used = 0

    def enter(
        self, credentials: Credentials, *, scope: Scope = "translate", characters: int = 0, counts: bool = True
    ) -> Caller:
        """Anyone."""
        return replace(ANYONE, used=self._used)

    def used(self, caller: Caller, *, characters: int) -> None:
        """Counted for everyone."""
        self._used += characters
