"""``dragoman serve``: models behind a web server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dragoman.server.fleet import FleetLimits
    from dragoman.server.security.options import RequestLimits
    from dragoman.server.service import ServiceLimits
    from dragoman.server.telemetry.options import TelemetryOptions

Models = Annotated[
    list[Path] | None, typer.Argument(help="Directories of models, one for each direction, or of such directories.")
]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(min=0, max=65535)]
Memory = Annotated[
    list[str] | None,
    typer.Option(
        help="A translation memory that answers by exact match, before a model, as en-de:pairs.tmx; may be repeated."
    ),
]
Engine = Annotated[str, typer.Option(help="What runs the models, of those in them; auto takes the quickest.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Processor threads of each model.")]
Suggestions = Annotated[
    Path | None,
    typer.Option(help="Keep better translations that readers suggest in this JSONL file; without it, none are kept."),
]
Mask = Annotated[
    str,
    typer.Option(
        metavar="KINDS",
        help="Values that no model is shown: all, none, or some of email,phone,iban,card,id,ip,name.",
    ),
]
Names = Annotated[
    Path | None, typer.Option(help="Hide these names from the models too: a text file, one name in each line.")
]
Store = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|URL",
        envvar="DRAGOMAN_STORE",
        help="Keep keys, usage and glossaries here: an SQLite file, or postgresql://user@host/name.",
    ),
]
Keys = Annotated[
    str | None,
    typer.Option(help="required, optional or off. (default: required with a store, else off)", show_default=False),
]
Audit = Annotated[bool, typer.Option("--audit", help="Keep a line on every translation, without text.")]
TrustProxy = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="Believe this proxy (address or network) who asks; may be repeated."),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option(metavar="URL", help="Let pages of this website ask (CORS); may be repeated; '*' for all."),
]
Certificate = Annotated[Path | None, typer.Option(help="Speak TLS with this certificate (PEM).")]
PrivateKey = Annotated[Path | None, typer.Option(help="The certificate's key (PEM, no password).")]
WebPage = Annotated[bool, typer.Option("--web-page/--no-web-page", help="Show people a page at /.")]
Reload = Annotated[
    bool, typer.Option("--reload", help="Take a new model as soon as it lies whole in the place of an old one.")
]
Supervise = Annotated[
    bool, typer.Option("--supervise", help="Start the service anew when it dies; who comes meanwhile waits.")
]
Limits = Annotated[
    list[str] | None,
    typer.Option(
        "--limit", metavar="NAME=NUMBER", help="Change a limit, such as max_body_bytes=1000000; see the guide."
    ),
]
Log = Annotated[str, typer.Option(help="Write a line on every request to stderr: json, text or off.")]
OpenMetrics = Annotated[
    bool,
    typer.Option("--open-metrics", help="Let everyone read /metrics and the figures of /status."),
]
AlertThreshold = Annotated[
    list[str] | None,
    typer.Option("--alert", metavar="NAME=NUMBER", help="Another threshold of an alert, or off; may be repeated."),
]
AlertWebhook = Annotated[
    str | None,
    typer.Option(metavar="URL", envvar="DRAGOMAN_ALERT_WEBHOOK", help="Send alerts here as JSON, and when they end."),
]


def serve(
    models: Models = None,
    host: Host = "127.0.0.1",
    port: Port = 5000,
    memory: Memory = None,
    engine: Engine = "auto",
    threads: Threads = None,
    suggestions: Suggestions = None,
    mask: Mask = "all",
    names: Names = None,
    store: Store = None,
    keys: Keys = None,
    audit: Audit = False,
    trust_proxy: TrustProxy = None,
    allow_origin: AllowOrigin = None,
    certificate: Certificate = None,
    private_key: PrivateKey = None,
    web_page: WebPage = True,
    reload: Reload = False,
    supervise: Supervise = False,
    limits: Limits = None,
    log: Log = "off",
    open_metrics: OpenMetrics = False,
    alert: AlertThreshold = None,
    alert_webhook: AlertWebhook = None,
) -> None:
    """Serve models to browsers, programs and translation tools."""
    from dragoman.server.security.options import SecurityOptions
    from dragoman.server.serving import ServeOptions, serve

    of_requests, of_texts, of_queues = _limits(limits or [])
    security = SecurityOptions(
        store=store,
        keys=keys,
        audit=audit,
        trusted_proxies=trust_proxy or (),
        origins=allow_origin or (),
        certificate=certificate,
        private_key=private_key,
        limits=of_requests,
    )
    options = ServeOptions(
        host=host,
        port=port,
        memories=memory or (),
        engine=engine,
        threads=threads,
        suggestions=suggestions,
        limits=of_texts,
        mask=mask,
        names=names,
        security=security,
        telemetry=_telemetry(log, alert or [], alert_webhook, open_metrics=open_metrics),
        web_page=web_page,
        reload=reload,
        supervise=supervise,
        fleet=of_queues,
    )
    serve(models or [], options)


def _telemetry(log: str, alerts: list[str], webhook: str | None, *, open_metrics: bool) -> "TelemetryOptions":
    from dragoman.server.telemetry.alerts.rules import read_thresholds
    from dragoman.server.telemetry.options import TelemetryOptions

    return TelemetryOptions(log=log, open_metrics=open_metrics, alerts=read_thresholds(alerts), alert_webhook=webhook)


def _limits(settings: list[str]) -> "tuple[RequestLimits, ServiceLimits, FleetLimits]":
    """The limits of requests, of their texts, and of the models' queues."""
    from dragoman.base.config import apply_settings, parse
    from dragoman.server.fleet import FleetLimits
    from dragoman.server.security.options import RequestLimits
    from dragoman.server.service import ServiceLimits

    given = apply_settings({}, settings)
    of_texts = {name: given.pop(name) for name in ServiceLimits.model_fields if name in given}
    of_queues = {name: given.pop(name) for name in FleetLimits.model_fields if name in given}
    return (
        parse(RequestLimits, given, place="--limit"),
        parse(ServiceLimits, of_texts, place="--limit"),
        parse(FleetLimits, of_queues, place="--limit"),
    )
