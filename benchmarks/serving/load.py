"""A client cheap enough not to be what is measured: many connections in one thread, on each one request at a time.

It speaks LibreTranslate's ``POST /translate`` with JSON and reads answers that tell their length. A round is measured
from its first request to its last answer; every request has an end, and each that did not end in a translation is
counted by its status or its error.
"""

import asyncio
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.transport: asyncio.Transport | None = None

    @property
    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def connection_made(self, transport) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("closed before the answer"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._answer is None or self._answer.done():
            return
        head = bytes(self._buffer[:end])
        whole = end + 4 + int(LENGTH.search(head)[1])
        if len(self._buffer) >= whole:
            body = bytes(self._buffer[end + 4 : whole])
            del self._buffer[:whole]
            if b"\r\nconnection: close" in head.lower():
                self.transport.close()
            self._answer.set_result((int(head[9:12]), body))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer


def request_bytes(text: str, *, path: str = "/translate") -> bytes:
    """One request for the translation of ``text`` from English into German."""
    body = json.dumps({"q": text, "source": "en", "target": "de", "format": "text"}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


@dataclass
class Round:
    """What one server did in one round.

    Attributes:
        seconds: from the first request to the last answer.
        latencies: in seconds, of answered requests.
        failures: how often what went wrong.
        answers: text → translation, where they were kept.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.latencies else 0.0

    def figures(self) -> dict[str, float]:
        """Requests per second, and latencies in milliseconds."""
        ranked = sorted(self.latencies) or [float("nan")]
        at = {name: 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))] for name, share in SHARES.items()}
        return {
            "requests": len(self.latencies),
            "per_second": self.per_second,
            "mean_ms": 1000 * statistics.fmean(ranked),
            **at,
            "failures": sum(self.failures.values()),
        }


SHARES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}


async def _client(port: int, texts: Iterator[str], end: float, found: Round, *, keep: bool) -> None:
    loop = asyncio.get_running_loop()
    connection = Connection()
    for text in texts:
        request = request_bytes(text)
        began = time.perf_counter()
        try:
            if not connection.is_open:
                _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
            status, body = await connection.ask(request)
        except OSError as error:
            found.failures[type(error).__name__] += 1
            await asyncio.sleep(0.05)
        else:
            if status == 200:
                found.latencies.append(time.perf_counter() - began)
                if keep:
                    found.answers[text] = json.loads(body)["translatedText"]
            else:
                found.failures[str(status)] += 1
        if time.perf_counter() >= end:
            break
    if connection.is_open:
        connection.transport.close()


async def _drive(port: int, texts: Iterator[str], clients: int, seconds: float, keep: bool) -> Round:
    found = Round()
    began = time.perf_counter()
    await asyncio.gather(*(_client(port, texts, began + seconds, found, keep=keep) for _ in range(clients)))
    found.seconds = time.perf_counter() - began
    return found


def drive(port: int, texts: Iterator[str], *, clients: int, seconds: float, keep: bool = False) -> Round:
    """Ask for translations for so long, or until there are no more texts."""
    return asyncio.run(_drive(port, texts, clients, seconds, keep))


def lines_of(path: Path) -> list[str]:
    """The distinct lines of a file."""
    return list(dict.fromkeys(filter(None, map(str.strip, path.read_text(encoding="utf-8").split("\n")))))


def distinct(lines: Sequence[str]) -> Iterator[str]:
    """Texts of which no two are equal: the lines; then each without its first word, without its second, and so on."""
    seen = set()
    for gone in range(-1, max(len(line.split()) for line in lines)):
        for line in lines:
            words = line.split()
            if gone >= len(words) - 1:
                continue
            text = line if gone < 0 else " ".join((*words[:gone], *words[gone + 1 :]))
            if (mark := hash(text)) not in seen:
                seen.add(mark)
                yield text


def documents(lines: Sequence[str], *, characters: int, joint: str) -> Iterator[str]:
    """Long texts of several lines each, of which no two are equal."""
    held: list[str] = []
    for line in distinct(lines):
        held.append(line)
        if sum(map(len, held)) >= characters:
            yield joint.join(held)
            held = []
