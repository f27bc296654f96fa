"""Who may read figures of the service. They hold no text, but say much of how it is used."""

import ipaddress

from fastapi import Request

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.protocol import address, bearer
from dragoman.server.gate import Credentials
from dragoman.server.service import Service
from dragoman.server.telemetry.telemetry import Telemetry


def let_in(request: Request, service: Service, telemetry: Telemetry) -> None:
    """Whether this request may read figures: by a key, or from this machine where no key is needed, or as all may.

    Raises:
        RefusedError: it may not.
    """
    if telemetry.options.open_metrics:
        return
    who = Credentials(bearer(request), address(request))
    if who.key is not None or service.gate.needs_key:
        service.enter(who, scope="metrics")
    elif not _is_this_machine(who.address):
        raise RefusedError(
            "forbidden", "the figures are for this machine, or for a key that allows 'metrics'", status=403
        )


def _is_this_machine(place: str) -> bool:
    try:
        return ipaddress.ip_address(place.partition("%")[0]).is_loopback
    except ValueError:
        return False
