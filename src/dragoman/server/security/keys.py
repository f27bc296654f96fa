"""Keys: how they are made, and what is kept of them. Knows no database and no request.

A key is 256 random bits, shown once. What is kept is its SHA-256: of so many random bits there is no list to try, so a
slow hash would only make every request slow (OWASP, Password Storage Cheat Sheet, is about passwords, which people
choose).
"""

import hashlib
import secrets
from collections.abc import Set
from dataclasses import dataclass
from typing import get_args

from dragoman.base.errors import ConfigError
from dragoman.server.gate import Scope

PREFIX = "dgm_"
"""So that programs that look for leaked secrets know one when they see it."""
SCOPES: tuple[str, ...] = get_args(Scope)
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key, except the key.

    Attributes:
        identity: its public name, for lists and logs.
        name: what its owner is called.
        hash: SHA-256 of the key, in hexadecimal digits.
        scopes: what may be done with it.
        created_seconds: since 1970.
        expires_seconds: since 1970; None: never.
        revoked_seconds: since 1970; None: it is not.
        characters_per_day: that may be translated with it (UTC); None: any number.
        characters_per_month: that may be translated with it in a calendar month (UTC); None: any number.
        requests_per_minute: that may be made with it; None: any number.
    """

    identity: str
    name: str
    hash: str
    scopes: Set[str]
    created_seconds: int
    expires_seconds: int | None = None
    revoked_seconds: int | None = None
    characters_per_day: int | None = None
    characters_per_month: int | None = None
    requests_per_minute: int | None = None

    def state(self, now: float) -> str:
        """``active``, ``expired`` or ``revoked``."""
        if self.revoked_seconds is not None:
            return "revoked"
        return "expired" if self.expires_seconds is not None and now >= self.expires_seconds else "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a new key is to allow; see :class:`Key`."""

    name: str
    scopes: Set[str] = frozenset({"translate", "glossaries"})
    valid_days: float | None = None
    characters_per_day: int | None = None
    characters_per_month: int | None = None
    requests_per_minute: int | None = None


def make_key(grant: Grant, *, now: float) -> tuple[str, Key]:
    """A new secret, and what is to be kept of it.

    Raises:
        ConfigError: a scope that is not one, or a name that is none.
    """
    for scope in grant.scopes:
        if scope not in SCOPES:
            raise ConfigError(f"{scope!r} is not a scope", hint="scopes are " + ", ".join(SCOPES))
    if not grant.scopes or not grant.name.strip() or len(grant.name) > _MAX_NAME or not grant.name.isprintable():
        raise ConfigError("a key needs a name of one line, and at least one scope")
    secret = PREFIX + secrets.token_urlsafe(32)
    return secret, Key(
        identity="key-" + secrets.token_hex(6),
        name=grant.name.strip(),
        hash=hashed(secret),
        scopes=frozenset(grant.scopes),
        created_seconds=int(now),
        expires_seconds=None if grant.valid_days is None else int(now + grant.valid_days * 86400),
        characters_per_day=grant.characters_per_day,
        characters_per_month=grant.characters_per_month,
        requests_per_minute=grant.requests_per_minute,
    )


def hashed(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
