"""How often somebody may come: a bucket for each, which fills steadily and from which each request takes. Pure logic.

The number of buckets is bounded: the one that was used longest ago goes first. It is the likeliest to be full again,
and a full bucket is no different from a new one.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Buckets:
    """A bucket for each name.

    Args:
        per_minute: how much flows in.
        burst: how much a bucket holds.
        most: buckets at a time; the one that was used longest ago goes first.
        clock: seconds, from any beginning.
    """

    def __init__(
        self, per_minute: float, burst: float, *, most: int = 100_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_minute / 60
        self._burst = max(1.0, burst)
        self._most = most
        self._clock = clock
        self._held: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, name: Hashable) -> float:
        """Take one from the bucket of ``name``; 0 when there was one, else the seconds until there will be."""
        now = self._clock()
        left, then = self._held.get(name, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._per_second)
        enough = left >= 1
        self._held[name] = (left - enough, now)
        self._held.move_to_end(name)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return 0.0 if enough else (1 - left) / self._per_second


def neighbourhood(address: str) -> str | None:
    """What counts as one place: an IPv4 address, or the /64 of an IPv6 address, which a household has to itself.

    None for this machine itself (loopback, or no address at all): there is nobody to keep out.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64] or None
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    if found.is_loopback:
        return None
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
