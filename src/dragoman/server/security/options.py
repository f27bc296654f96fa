"""What an operator may say of who comes in and how much they may bring. Knows none of what obeys it."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dragoman.base.config import Section
from dragoman.base.errors import ConfigError

KEY_CHOICES = ("required", "optional", "off")


class RequestLimits(Section):
    """What a request may be before anybody reads it."""

    max_body_bytes: int = 20_000_000
    """Of a body, with or without a length told in advance."""
    max_held_bytes: int = 500_000_000
    """Of all bodies that are held at a time, those of which nobody has all yet, too; one of 100,000 bytes has room."""
    max_body_seconds: float = 20.0
    """For a body to arrive."""
    max_header_seconds: float = 10.0
    """For the head of a request to arrive on a connection."""
    max_stall_seconds: float = 30.0
    """Without a client's taking anything of its answer; then the connection is cut."""
    max_headers: int = 100
    """Headers of one request; all of them together hold 64 KiB at most."""
    max_parameters: int = 2000
    """In a query string or a form."""
    max_json_depth: int = 32
    """Lists and objects inside each other."""
    max_json_values: int = 10_000
    """Values in lists and objects, those in each other, too; so many that each text and term of a request has room."""
    requests_per_minute: int = 1200
    """From one address (IPv4) or network (IPv6, /64), a fifth of them at once; 0 for any number. This machine's own
    addresses are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityOptions:
    """Who may come in, through what, and with how much.

    Attributes:
        store: an SQLite file or a PostgreSQL's URL, for keys and glossaries.
        keys: "required", "optional" or "off"; by default required with a store, and off without.
        audit: whether every translation gets a line in the audit, without its text.
        audit_days: how long lines of the audit are kept.
        trusted_proxies: addresses or networks of proxies whose word on who asks is believed; nobody's by default.
        origins: websites whose pages may ask; none by default, "*" for all.
        certificate: file with the certificate and those that signed it (PEM), for TLS.
        private_key: its file (PEM).
        limits: of a request.
    """

    store: str | None = None
    keys: str | None = None
    audit: bool = False
    audit_days: int = 90
    trusted_proxies: Sequence[str] = ()
    origins: Sequence[str] = ()
    certificate: Path | None = None
    private_key: Path | None = None
    limits: RequestLimits = field(default_factory=RequestLimits)

    @property
    def proxies(self) -> list[str]:
        """The networks of the trusted proxies; those of IPv4 also as a socket for both kinds of addresses sees them.

        Raises:
            ConfigError: one that is no address and no network; a name or "*" could be anybody.
        """
        networks: list[str] = []
        for one in self.trusted_proxies:
            try:
                found = ipaddress.ip_network(one, strict=False)
            except ValueError as error:
                raise ConfigError(
                    f"--trust-proxy {one!r} is no address", hint="such as 10.0.0.5, 10.0.0.0/8 or ::1"
                ) from error
            networks.append(str(found))
            if found.version == 4:
                networks.append(f"::ffff:{found.network_address}/{96 + found.prefixlen}")
        return networks

    @property
    def key_choice(self) -> str:
        """What is to be done with keys.

        Raises:
            ConfigError: a choice that is none, or that needs a store where there is none.
        """
        choice = self.keys or ("required" if self.store else "off")
        if choice not in KEY_CHOICES:
            raise ConfigError(f"--keys {choice!r} is not a choice", hint="one of " + ", ".join(KEY_CHOICES))
        if choice != "off" and not self.store:
            raise ConfigError(f"--keys {choice} needs a store", hint="give --store keys.db, or a PostgreSQL's URL")
        return choice
