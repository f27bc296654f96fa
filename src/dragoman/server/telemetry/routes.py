"""What is asked about the service itself: whether it lives, whether it can translate, and how it is."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dragoman.server.ask import RefusedError
from dragoman.server.fleet import Fleet
from dragoman.server.service import Service
from dragoman.server.telemetry.entrance import let_in
from dragoman.server.telemetry.metrics import CONTENT_TYPE
from dragoman.server.telemetry.status.page import add_status_page
from dragoman.server.telemetry.telemetry import Telemetry


def add_routes(app: FastAPI, service: Service, telemetry: Telemetry) -> None:
    """``/live``, ``/ready``, ``/metrics`` and the status page."""
    add_status_page(app, service, telemetry)

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
