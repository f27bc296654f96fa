"""The store while the service runs: a gate and glossaries out of it, and the thread that keeps the gate up to date."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dragoman.server.gate import Gate
from dragoman.server.security.key_gate import GateOptions, KeyGate
from dragoman.server.security.options import SecurityOptions
from dragoman.server.store.glossaries import GlossaryStore
from dragoman.server.store.keys import KeyTable
from dragoman.server.store.migrations import open_store
from dragoman.server.store.sql_glossaries import SqlGlossaries

_LAST_SECONDS = 10


@contextmanager
def watched_store(options: SecurityOptions) -> Iterator[tuple[Gate | None, GlossaryStore | None]]:
    """The gate and the glossaries of a service, None where there is no store; at the end all that was used is written.

    Raises:
        ConfigError: options that do not go together, or a store that must be migrated.
        StoreError: it cannot be used.
    """
    choice = options.key_choice
    if options.store is None:
        yield None, None
        return
    database = open_store(options.store)
    glossaries = SqlGlossaries(database)
    if choice == "off":
        yield None, glossaries
        database.close()
        return
    gate = KeyGate(
        KeyTable(database),
        GateOptions(required=choice == "required", audit=options.audit, audit_days=options.audit_days),
    )
    stop = threading.Event()
    thread = threading.Thread(target=gate.watch, args=(stop,), name="keys", daemon=True)
    thread.start()
    try:
        yield gate, glossaries
    finally:
        stop.set()
        thread.join(_LAST_SECONDS)
        database.close()
