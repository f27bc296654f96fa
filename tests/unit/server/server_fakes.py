"""Speakers that need no model, and a service made of them."""

import threading
import time
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn

from dragoman.base.errors import FileAccessError
from dragoman.server.app import create_app
from dragoman.server.ask import RefusedError
from dragoman.server.fleet import Fleet
from dragoman.server.gate import Caller, Credentials
from dragoman.server.service import Service, ServiceLimits
from dragoman.server.speaker import Said, Segments
from dragoman.text.language import rank_languages
from dragoman.translator.documents import plan
from dragoman.translator.tokens import Tokens


class Parrot:
    """Says every segment again in brackets that name the target; a piece of its text is a character."""

    checksum = ""
    lanes = 1
    obeys_terms = False

    def __init__(self, source: str, target: str, *, seconds: float = 0.0) -> None:
        self.name = f"parrot-{source}-{target}"
        self.source_language = source
        self.target_language = target
        self.seconds = seconds
        self.asked: list[str] = []

    def segments(self, text: str) -> Segments:
        return Segments.of(plan(text, language=self.source_language, fits=lambda part: len(part) < 40))

    def count(self, segment: str) -> int:
        return len(segment)

    def run(self, kind: Hashable, segments: Sequence[str]) -> list[Said]:
        time.sleep(self.seconds)
        self.asked.extend(segments)
        return [
            Said(
                tuple(f"{self.target_language}{rank or ''}({one})" for rank in range(kind.alternatives + 1)),
                tokens=Tokens(len(one), len(one) + len("de()")),
            )
            for one in segments
        ]


class Obedient(Parrot):
    """Says every term as it is told to."""

    obeys_terms = True

    def run(self, kind: Hashable, segments: Sequence[str]) -> list[Said]:
        for source, target in kind.terms:
            segments = [one.replace(source, target) for one in segments]
        return super().run(kind, segments)


class FullGate:
    """Lets nobody in, and says why.

    Args:
        refusal: the reason.
    """

    needs_key = True

    def __init__(self, refusal: RefusedError) -> None:
        self.refusal = refusal

    def enter(
        self, credentials: Credentials, *, scope: str = "translate", characters: int = 0, counts: bool = True
    ) -> Caller:
        raise self.refusal

    def used(self, caller: Caller, *, characters: int) -> None:
        raise AssertionError("nobody came in")


class KeyGate:
    """Lets in who has a key, each as a caller of that name, and counts nothing."""

    needs_key = True

    def __init__(self, **callers: Caller) -> None:
        self.callers = callers

    def enter(
        self, credentials: Credentials, *, scope: str = "translate", characters: int = 0, counts: bool = True
    ) -> Caller:
        if credentials.key not in self.callers:
            raise RefusedError("bad_key", "this key is not known", status=401)
        return self.callers[credentials.key]

    def used(self, caller: Caller, *, characters: int) -> None:
        pass


def no_model(path):
    raise FileAccessError(f"{path} is not there")


def make_service(*speakers, open_model=no_model, gate=None, suggestions=None, **limits) -> Service:
    fleet = Fleet(open_model)
    for speaker in speakers:
        fleet.add_speaker(speaker)
    return Service(fleet, rank_languages, ServiceLimits(**limits), gate=gate, suggestions=suggestions)


async def nothing() -> None:
    pass


@contextmanager
def listening(service: Service) -> Iterator[str]:
    """A real server in a thread, on a free port; its address."""
    config = uvicorn.Config(create_app(service, nothing), port=0, log_level="warning", access_log=False, ws="none")
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([socket],), daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        socket.close()
