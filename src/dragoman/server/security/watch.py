"""The store while the service runs: what is in it, and the thread that keeps the gate up to date."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from dragoman.server.gate import Gate
from dragoman.server.security.key_gate import GateOptions, KeyGate
from dragoman.server.security.options import SecurityOptions
from dragoman.server.store.glossaries import GlossaryStore
from dragoman.server.store.keys import KeyTable
from dragoman.server.store.migrations import open_store
from dragoman.server.store.sql_baselines import SqlBaselines
from dragoman.server.store.sql_glossaries import SqlGlossaries
from dragoman.server.telemetry.quality.baselines import Baselines

_LAST_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a service has in its store; nothing where there is none.

    Attributes:
        gate: that knows the keys; None where they are off.
        glossaries: of the callers.
        baselines: what is usual of each model.
    """

    gate: Gate | None = None
    glossaries: GlossaryStore | None = None
    baselines: Baselines | None = None


@contextmanager
def watched_store(options: SecurityOptions) -> Iterator[Stored]:
    """The store of a service; at the end all that was used is written.

    Raises:
        ConfigError: options that do not go together, or a store that must be migrated.
        StoreError: it cannot be used.
    """
    choice = options.key_choice
    if options.store is None:
        yield Stored()
        return
    with closing(open_store(options.store)) as database:
        glossaries, baselines = SqlGlossaries(database), SqlBaselines(database)
        if choice == "off":
            yield Stored(glossaries=glossaries, baselines=baselines)
            return
        asked = GateOptions(required=choice == "required", audit=options.audit, audit_days=options.audit_days)
        gate = KeyGate(KeyTable(database), asked)
        with _up_to_date(gate):
            yield Stored(gate=gate, glossaries=glossaries, baselines=baselines)


@contextmanager
def _up_to_date(gate: KeyGate) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=gate.watch, args=(stop,), name="keys", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_LAST_SECONDS)
