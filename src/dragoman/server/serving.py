"""The verb *serve*: models and memories behind a web server. Knows the order of things, not how any of them works."""

import logging
import socket
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.base.errors import INTERRUPTED, ConfigError
from dragoman.base.files import explained
from dragoman.base.log import say
from dragoman.server.app import create_app
from dragoman.server.fleet import Fleet, FleetLimits
from dragoman.server.memory import open_memory
from dragoman.server.models import bundles, open_model
from dragoman.server.privacy.shield import ALL, read_shield
from dragoman.server.running.allocation import keep_freed_memory
from dragoman.server.running.attendance import attend, reload_all
from dragoman.server.running.connections import allow_many_connections
from dragoman.server.running.room import leave
from dragoman.server.running.supervisor import supervise
from dragoman.server.security.hosts import OnlyNamed, own_names
from dragoman.server.security.options import SecurityOptions
from dragoman.server.security.watch import watched_store
from dragoman.server.service import Service, ServiceLimits
from dragoman.server.speaker import Speaker
from dragoman.server.store.suggestions import SuggestionFile
from dragoman.server.telemetry.log import Log, LogRecords
from dragoman.server.telemetry.options import TelemetryOptions
from dragoman.server.telemetry.talk import talk_as
from dragoman.server.telemetry.telemetry import Telemetry
from dragoman.server.telemetry.writer import LineWriter
from dragoman.text.language import rank_languages
from dragoman.translator.manifest import read_manifest

if TYPE_CHECKING:
    from fastapi import FastAPI

    from dragoman.server.running.graceful import GracefulServer

_FREED_BYTES = 256 * 2**20
"""That the process keeps of what it no longer needs, for each of its threads at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """How to serve.

    Attributes:
        host: address to listen on.
        port: 0 takes any that is free.
        memories: translation memories, each as ``en-de:FILE``.
        engine: what runs the models.
        threads: of the processor, for each model.
        limits: of requests.
        dialects: to speak; all by default.
        suggestions: file for better translations that readers suggest; nothing is kept without it.
        mask: kinds of values that no model is shown, with commas between them; "all", or "none".
        names: file with names to be hidden too, one in a line.
        security: who may come in, and how much they may bring.
        telemetry: how the service is watched.
        web_page: whether to show people a page at ``/``.
        shutdown_seconds: how long requests under way may take after SIGTERM.
        reload: whether a new model is taken as soon as it lies in the place of an old one; on SIGHUP it always is.
        supervise: whether a second process starts this one anew when it dies.
        fleet: limits of queues and caches.
    """

    host: str = "127.0.0.1"
    port: int = 5000
    memories: Sequence[str] = ()
    engine: str = "auto"
    threads: int | None = None
    limits: ServiceLimits = field(default_factory=ServiceLimits)
    dialects: Sequence[str] = ()
    suggestions: Path | None = None
    mask: str = ALL
    names: Path | None = None
    security: SecurityOptions = field(default_factory=SecurityOptions)
    telemetry: TelemetryOptions = field(default_factory=TelemetryOptions)
    web_page: bool = True
    shutdown_seconds: int = 30
    reload: bool = False
    supervise: bool = False
    fleet: FleetLimits = field(default_factory=FleetLimits)


def serve(models: Sequence[Path], options: ServeOptions) -> None:
    """Serve until told to stop.

    Args:
        models: directories of bundles, or of directories of bundles.
        options: how.

    Raises:
        ConfigError: there is nothing to serve.
        FileAccessError: a model or memory is not there.
    """
    with talk_as(options.telemetry.log) as stream:
        _serve(models, options, Log(options.telemetry.log, LineWriter(stream)))


def _serve(models: Sequence[Path], options: ServeOptions, log: Log) -> None:
    if not models and not options.memories:
        raise ConfigError("there is nothing to serve", hint="give a model, or --memory en-de:pairs.tmx")
    models = [bundle for path in models for bundle in bundles(path)]
    for path in models:
        read_manifest(path)  # a wrong path is told at once
    shield = read_shield(options.mask, options.names)
    if options.supervise:
        listening = _bound(options)
        supervise(listening)
    keep_freed_memory(most_bytes=_FREED_BYTES)
    allow_many_connections()
    fleet = Fleet(partial(open_model, engine=options.engine, threads=options.threads), options.fleet)
    for memory in options.memories:
        for number, speaker in enumerate(open_memory(*_memory(memory))):
            fleet.add_speaker(speaker, partial(_reopened, memory, number), remember=False)
    if not options.supervise:
        listening = _bound(options)
    suggestions = SuggestionFile(options.suggestions) if options.suggestions else None
    security = options.security
    with watched_store(security) as stored:
        telemetry = Telemetry(options.telemetry, log=log, baselines=stored.baselines)
        service = Service(
            fleet,
            rank_languages,
            options.limits,
            gate=stored.gate,
            glossaries=stored.glossaries,
            suggestions=suggestions,
            shield=shield,
        )
        app = create_app(
            service,
            partial(attend, fleet, models, watch=options.reload),
            names=options.dialects,
            limits=security.limits,
            origins=security.origins,
            telemetry=telemetry,
            web_page=options.web_page,
        )
        if not security.proxies and (names := own_names(options.host)):
            app.add_middleware(OnlyNamed, names=names)
        logging.getLogger("uvicorn").handlers[:] = [LogRecords(log)]
        server = _server(app, options, partial(reload_all, fleet))
        server.run([listening])
    leave(INTERRUPTED if server.force_exit else 0)


def _bound(options: ServeOptions) -> socket.socket:
    """The door; who comes before it is opened waits, and is not refused."""
    import uvicorn

    config = uvicorn.Config("", host=options.host, port=options.port, log_level="warning", **_tls(options.security))
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # it has said why
        raise ConfigError(
            f"cannot listen on {options.host}:{options.port}",
            hint="does another service listen there? --port 0 finds a free one",
        ) from error
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # all it accepts inherit that; asyncio misses it
    listening.listen(config.backlog)
    host, port = listening.getsockname()[:2]
    say(f"listening on {'https' if config.is_ssl else 'http'}://{f'[{host}]' if ':' in host else host}:{port}")
    return listening


def _server(
    app: "FastAPI", options: ServeOptions, on_hangup: Callable[[], Coroutine[Any, Any, None]]
) -> "GracefulServer":
    import uvicorn

    from dragoman.server.running.graceful import GracefulServer
    from dragoman.server.security.patience import impatient_protocol

    security = options.security
    config = uvicorn.Config(
        app,
        http=impatient_protocol(security.limits),
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=bool(security.proxies),
        forwarded_allow_ips=security.proxies,
        timeout_graceful_shutdown=options.shutdown_seconds,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=65536,
        **_tls(security),
    )
    return GracefulServer(config, on_hangup)


def _tls(security: SecurityOptions) -> dict[str, Any]:
    """What uvicorn is to be told of the certificate, after a look at whether it can be used."""
    import ssl

    if security.certificate is None and security.private_key is None:
        return {}
    if security.certificate is None or security.private_key is None:
        raise ConfigError("TLS needs both a certificate and its private key", hint="--certificate and --private-key")
    with explained("read", security.certificate), security.certificate.open("rb"):
        pass
    with explained("read", security.private_key), security.private_key.open("rb"):
        pass
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(security.certificate, security.private_key)
    except ssl.SSLError as error:
        raise ConfigError(
            f"{security.certificate} and {security.private_key} are no certificate and its key (PEM)",
            hint="a key with a password cannot be used",
        ) from error
    return {"ssl_certfile": str(security.certificate), "ssl_keyfile": str(security.private_key)}


def _memory(given: str) -> tuple[str, str, str]:
    """``en-de:FILE`` as (FILE, en, de)."""
    pair, colon, location = given.partition(":")
    source, dash, target = pair.partition("-")
    if not (colon and dash and source and target and location):
        raise ConfigError(f"--memory {given!r} does not say its languages", hint="write it as --memory en-de:pairs.tmx")
    return location, source, target


def _reopened(memory: str, number: int) -> Speaker:
    return open_memory(*_memory(memory))[number]
