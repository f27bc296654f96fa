"""What is asked about the service itself: whether it lives, whether it can translate, and how it is."""

import ipaddress

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.protocol import address, bearer
from dragoman.server.fleet import Fleet
from dragoman.server.gate import Credentials
from dragoman.server.service import Service
from dragoman.server.telemetry.metrics import CONTENT_TYPE
from dragoman.server.telemetry.telemetry import Telemetry


def add_routes(app: FastAPI, service: Service, telemetry: Telemetry) -> None:
    """``/live``, ``/ready`` and ``/metrics``."""

    @app.get("/live")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "live"}

    @app.get("/ready")
    async def ready() -> Response:
        """At least one direction is ready, each that is answers, and none is still loading."""
        state = readiness(service.fleet)
        return JSONResponse(state, status_code=200 if state["status"] == "ready" else 503)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        """For Prometheus."""
        let_in(request, service, telemetry)
        return Response(telemetry.metrics.page(), media_type=CONTENT_TYPE)

    @app.exception_handler(RefusedError)
    async def refused(request: Request, refusal: RefusedError) -> Response:
        return JSONResponse({"reason": refusal.reason, "message": refusal.message}, status_code=refusal.status)


def readiness(fleet: Fleet) -> dict[str, object]:
    """What ``/ready`` says."""
    if any(member.state == "loading" for member in fleet.members):
        return {"status": "loading"}
    if not fleet.directions:
        return {"status": "failed"}
    if troubled := fleet.troubled:
        models = [{"source": source, "target": target, "trouble": why} for source, target, why in troubled]
        return {"status": "failing", "models": models}
    return {"status": "ready"}


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
