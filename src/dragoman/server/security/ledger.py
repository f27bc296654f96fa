"""What each key has used, and what is left of its quotas. Pure logic: knows neither a database nor a request.

Counts go through four places: *taken* by requests that are not answered yet, *new*, being *written*, and *unread*:
written, but not in what was last read of the store. Together with what was read they are what was used.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dragoman.server.security.keys import Key
from dragoman.server.store.keys import Usage, day_of

Place = tuple[str, str]
"""A key's public name, and a day."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a key has of its narrowest quota.

    Attributes:
        used: characters in its period.
        limit: characters left; None for any number.
        seconds: until the period ends.
    """

    used: int
    limit: int | None = None
    seconds: float = 0.0


class Ledger:
    """Counts by key and day."""

    def __init__(self) -> None:
        self._read: Mapping[str, Usage] = {}
        self._day = ""
        self._taken: Counter[str] = Counter()
        self._new: Counter[Place] = Counter()
        self._requests: Counter[Place] = Counter()
        self._written: Counter[Place] = Counter()
        self._unread: Counter[Place] = Counter()

    def left(self, key: Key, now: float) -> Left:
        """What ``key`` has left."""
        moment = datetime.fromtimestamp(now, UTC)
        of_day, of_month = self._used(key.identity, day_of(now))
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        last = midnight - timedelta(days=1)
        next_month = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
        taken = self._taken[key.identity]
        periods = [
            (max(0, most - used - taken), used, (end - moment).total_seconds())
            for most, used, end in (
                (key.characters_per_day, of_day, midnight),
                (key.characters_per_month, of_month, next_month),
            )
            if most is not None
        ]
        if not periods:
            return Left(of_month)
        limit, used, seconds = min(periods)
        return Left(used, limit, seconds)

    def take(self, identity: str, characters: int) -> None:
        """A request with so many characters came in."""
        self._taken[identity] += characters

    def give_back(self, identity: str, characters: int) -> None:
        """It is over."""
        self._taken[identity] -= characters
        if self._taken[identity] <= 0:
            del self._taken[identity]

    def count(self, identity: str, characters: int, *, now: float) -> None:
        """So much was translated in one request."""
        place = identity, day_of(now)
        self._new[place] += characters
        self._requests[place] += 1

    def write(self) -> dict[Place, tuple[int, int]]:
        """What is to be written: (requests, characters). It is over with :meth:`wrote` or :meth:`failed`."""
        self._written, self._new = self._new, Counter()
        requests, self._requests = self._requests, Counter()
        return {place: (requests[place], characters) for place, characters in self._written.items()}

    def wrote(self) -> None:
        """It is in the store."""
        self._unread.update(self._written)
        self._written = Counter()

    def failed(self, outgoing: Mapping[Place, tuple[int, int]]) -> None:
        """It is not: it will be written next time."""
        for place, (requests, characters) in outgoing.items():
            self._new[place] += characters
            self._requests[place] += requests
        self._written = Counter()

    def read(self, day: str, used: Mapping[str, Usage]) -> None:
        """The store was read, after everything was written."""
        self._day, self._read = day, used
        self._unread = Counter()

    def _used(self, identity: str, day: str) -> tuple[int, int]:
        """Characters of ``day`` and of its month."""
        read = self._read.get(identity, Usage())
        of_day = read.day_characters if day == self._day else 0
        of_month = read.month_characters if day[:7] == self._day[:7] else 0
        for counts in (self._new, self._written, self._unread):
            for (who, when), characters in counts.items():
                of_day += characters * (who == identity and when == day)
                of_month += characters * (who == identity and when[:7] == day[:7])
        return of_day, of_month
