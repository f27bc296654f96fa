"""The gate that knows keys: who may do what, how often, and how much. Knows no dialect.

No request waits for the database. The keys and what was used with them stand in memory, and a thread looks at the store
every two seconds: it writes what was used since, and reads what others wrote (a revoked key, another process's usage).
While the store cannot be read the gate goes on with what it knows, for a while; then it refuses everyone (503), for
nobody can tell any more who was revoked. What could not be written (a full disk) is kept and written later.

A quota is taken when a request comes in and given back if it is not answered, so that many at once cannot all take the
last of it. Several processes see each other's usage two seconds late.
"""

import hmac
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from dragoman.base.errors import StoreError
from dragoman.base.log import warn
from dragoman.server.ask import RefusedError
from dragoman.server.gate import Caller, Credentials, Scope
from dragoman.server.security.keys import Key, hashed
from dragoman.server.security.ledger import Ledger
from dragoman.server.security.rates import Buckets
from dragoman.server.store.keys import Event, KeyTable, day_of

LOOK_SECONDS = 2.0
"""Between two looks at the store."""
STALE_SECONDS = 60.0
"""How long the gate goes on without having read the store."""
_BURST_SECONDS = 10
"""A key may make the requests of so many seconds at once."""
_MOST_EVENTS = 10_000
"""Lines of the audit that wait for the store; then the oldest are lost, and that is said."""
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """How the gate is kept.

    Attributes:
        required: whether nobody comes in without a key.
        audit: whether every translation gets a line, without its text; refusals of known keys always do, but the same
            one only once between two looks at the store.
        audit_days: how long lines are kept.
    """

    required: bool = True
    audit: bool = False
    audit_days: int = 90


class KeyGate:
    """Lets in who has a key; with ``required=False`` others too, to translate.

    Args:
        table: of the keys.
        options: how it is kept.
        clock: seconds since 1970.

    Raises:
        StoreError: the keys cannot be read.
    """

    def __init__(
        self, table: KeyTable, options: GateOptions | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._table = table
        self._options = options or GateOptions()
        self.needs_key = self._options.required
        self._clock = clock
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._keys: dict[str, Key] = {}
        self._ledger = Ledger()
        self._rates: dict[str, tuple[int, Buckets]] = {}
        self._events: deque[Event] = deque()
        self._refused: set[tuple[str, Scope, str]] = set()
        self._anyone = 0
        self._lost = 0
        self._seen_seconds = -math.inf
        self._forgotten_day = ""
        self._told = False
        self.look()

    def enter(
        self, credentials: Credentials, *, scope: Scope = "translate", characters: int = 0, counts: bool = True
    ) -> Caller:
        """Let a request in; what it takes of a quota is given back by :meth:`used`.

        Raises:
            RefusedError: ``no_key``, ``bad_key`` (401), ``forbidden`` (403), ``quota`` or ``rate`` (429), or
                ``unavailable`` (503).
        """
        now = self._clock()
        if now - self._seen_seconds > STALE_SECONDS:
            raise RefusedError("unavailable", "keys cannot be checked now", status=503, retry_seconds=LOOK_SECONDS)
        if credentials.key is None:
            return self._enter_without_key(scope)
        key = self._find(credentials.key, now)
        with self._lock:
            try:
                self._check(key, scope, counts=counts)
                return self._take(key, characters, now)
            except RefusedError as refusal:
                if (key.identity, scope, refusal.reason) not in self._refused:  # who goes on asking fills no disk
                    self._refused.add((key.identity, scope, refusal.reason))
                    self._log(Event(int(now), key.identity, scope, refusal.reason, characters))
                raise

    def used(self, caller: Caller, *, characters: int) -> None:
        """Count what was translated for ``caller`` (0 when nothing was), and give back what it had taken."""
        if not caller.identity:
            self._anyone += characters
            return
        now = self._clock()
        with self._lock:
            self._ledger.give_back(caller.identity, caller.taken)
            if characters or not caller.taken:
                self._ledger.count(caller.identity, characters, now=now)
                if self._options.audit:
                    self._log(Event(int(now), caller.identity, "translate", "ok", characters))

    def look(self) -> None:
        """Write what is new and read what others wrote; for a thread.

        Raises:
            StoreError: it cannot be done now; nothing is lost.
        """
        with self._looking:
            with self._lock:
                outgoing = self._ledger.write()
                events, self._events = self._events, deque()
                self._refused.clear()
            try:
                if outgoing or events:
                    self._table.record(outgoing, events)
            except StoreError:
                with self._lock:
                    self._ledger.failed(outgoing)
                    self._events.extendleft(reversed(events))
                self._read()  # who was revoked can often be told all the same
                raise
            with self._lock:
                self._ledger.wrote()
            self._read()

    def watch(self, stop: threading.Event) -> None:
        """Look at the store every two seconds until told to stop, and then once more; for a thread of its own."""
        ended = False
        while not ended:
            ended = stop.wait(LOOK_SECONDS)
            try:
                self.look()
                self._forget_old_events()
                if self._told:
                    warn(f"the store can be used again; {self._lost:,} lines of the audit are lost")
                self._told = False
            except StoreError as error:
                if not self._told:
                    warn(error.message)
                self._told = True

    def _enter_without_key(self, scope: Scope) -> Caller:
        if self.needs_key:
            raise RefusedError("no_key", "a key is needed here; the operator of this service gives keys", status=401)
        if scope != "translate":
            raise RefusedError("forbidden", f"this needs a key that allows {scope!r}", status=403)
        return Caller(used=self._anyone)

    def _find(self, secret: str, now: float) -> Key:
        """The key with this secret. Looking up a hash tells nothing of other hashes; they are compared all the same."""
        wanted = hashed(secret)
        key = self._keys.get(wanted)
        if key is None or not hmac.compare_digest(key.hash, wanted):
            raise RefusedError("bad_key", "this key is not known", status=401)
        if (state := key.state(now)) != "active":
            raise RefusedError("bad_key", f"this key is {state}", status=401)
        return key

    def _check(self, key: Key, scope: Scope, *, counts: bool) -> None:
        if scope not in key.scopes and "admin" not in key.scopes:
            raise RefusedError("forbidden", f"this key does not allow {scope!r}", status=403)
        if counts and (wait := self._wait_seconds(key)):
            raise RefusedError("rate", "too many requests with this key", status=429, retry_seconds=wait)

    def _take(self, key: Key, characters: int, now: float) -> Caller:
        left = self._ledger.left(key, now)
        if left.limit is not None and characters > left.limit:
            raise RefusedError(
                "quota",
                f"the quota of this key is used up: {left.limit:,} characters are left, {characters:,} were sent",
                status=429,
                retry_seconds=left.seconds,
            )
        self._ledger.take(key.identity, characters)
        return Caller(key.identity, key.scopes, left.limit, left.used, taken=characters)

    def _wait_seconds(self, key: Key) -> float:
        if key.requests_per_minute is None:
            return 0.0
        per_minute = key.requests_per_minute
        held = self._rates.get(key.identity)
        if held is None or held[0] != per_minute:
            burst = per_minute * _BURST_SECONDS / 60
            held = self._rates[key.identity] = per_minute, Buckets(per_minute, burst, most=1)
        return held[1].take("")

    def _read(self) -> None:
        now = self._clock()
        day = day_of(now)
        keys, used = self._table.state(day)
        with self._lock:
            self._keys = {key.hash: key for key in keys}
            self._ledger.read(day, used)
            self._seen_seconds = now

    def _log(self, event: Event) -> None:
        while len(self._events) >= _MOST_EVENTS:
            self._events.popleft()
            self._lost += 1
        self._events.append(event)

    def _forget_old_events(self) -> None:
        day = day_of(self._clock())
        if day != self._forgotten_day:
            self._table.forget_events(before_seconds=int(self._clock()) - self._options.audit_days * _DAY)
            self._forgotten_day = day
