"""Whether each model answers: asked regularly, where its own work has not just shown it.

A process that runs says nothing of a model that hangs or fails, so a small text goes the way of every other: through
the queue and the thread of its model. It is not kept in the cache and not taken from there, and the pace of the queue
does not learn from it. What was found stands with the member until the next look; nobody waits for it.
"""

import asyncio

from dragoman.server.ask import RefusedError
from dragoman.server.batcher import Batcher
from dragoman.server.fleet import PROBE, Fleet, Member
from dragoman.server.speaker import ProbeWish


class Prober:
    """Looks after every model of a fleet.

    Args:
        fleet: its members.
        every_seconds: between two looks.
        timeout_seconds: a model that has answered nobody for so long, while asked, hangs.
    """

    def __init__(self, fleet: Fleet, *, every_seconds: float = 20.0, timeout_seconds: float = 10.0) -> None:
        self._fleet = fleet
        self._every = every_seconds
        self._timeout = timeout_seconds
        self._seen: dict[int, tuple[Batcher, int]] = {}

    async def watch(self) -> None:
        """Look again and again; first after a while, for a model has translated once before it is ready."""
        while True:
            await asyncio.sleep(self._every)
            await self.look()

    async def look(self) -> None:
        """Find out of every member that is ready whether it answers."""
        ready = [member for member in self._fleet.members if member.state == "ready" and member.batcher is not None]
        await asyncio.gather(*map(self._look, ready))

    async def _look(self, member: Member) -> None:
        batcher = member.batcher
        assert batcher is not None
        seen = self._seen.get(id(member))
        if seen is None or seen[0] is not batcher or batcher.answered == seen[1]:
            member.trouble = await self._ask(member, batcher)
        else:
            member.trouble = ""
        self._seen[id(member)] = batcher, batcher.answered

    async def _ask(self, member: Member, batcher: Batcher) -> str:
        """What is wrong; "" for nothing."""
        before = batcher.answered
        try:
            async with asyncio.timeout(self._timeout):
                await batcher.submit(PROBE, ProbeWish(), remember=False)
        except TimeoutError:
            is_busy = batcher.answered > before  # the probe waits behind others, and they are served
            return "" if is_busy else f"no answer within {self._timeout:g} seconds"
        except Exception as error:  # whatever a model may raise: it does not answer
            why = member.care.error if member.care is not None and isinstance(error, RefusedError) else ""
            return f"it fails: {why or type(error).__name__}"
        return ""
