"""A service under strain: clients of every dialect, faults put in their way, and what became of each request.

    python benchmarks/serving/soak.py MODEL --texts test.en --minutes 5 --rate 20 --output soak.json

A real ``dragoman serve`` with keys, a store and a supervisor translates texts that clients ask for in every dialect,
whole and as streams, on kept and on new connections. Meanwhile, one after another: SIGHUP; the bundle copied anew under
way; a broken manifest; a locked store; clients that vanish, drip or send garbage; a key whose quota ends; the process
stopped for seconds (SIGSTOP) and killed (``kill -9``); at the end SIGTERM under load.

Counted is what became of each request. *Lost* is one the service had accepted and never answered: none may be, but for
those that were under way when the process was killed. *Mangled* is an answer other than what the same service said
before all faults. A refusal in the dialect's words (429, 456, 503 with ``Retry-After``) is a clean answer; a 500 never.
"""

import argparse
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SLOW_SECONDS = 40.0
CLEAN = {429, 456, 503}


@dataclass(frozen=True)
class Way:
    """How a dialect is asked: path, body and the translation in its answer."""

    path: str
    body: Callable[[str, str, str], dict[str, Any]]
    read: Callable[[str], str]
    scheme: str = "Bearer"


def chat(text: str, source: str, target: str) -> dict[str, Any]:
    return {"model": f"dragoman-{source}-{target}", "messages": [{"role": "user", "content": text}]}


def joined(raw: str) -> str:
    """The pieces of a stream; an error in it, or an end that is missing, is told."""
    events = [line.removeprefix("data: ") for line in raw.splitlines() if line.startswith("data: ")]
    if not events or events[-1] != "[DONE]":
        raise ValueError("the stream has no end")
    pieces = [json.loads(event)["choices"] for event in events[:-1]]
    return "".join(one[0]["delta"].get("content", "") for one in pieces if one)


WAYS = {
    "native": Way(
        "/api/v1/translate",
        lambda text, source, target: {"text": text, "source": source, "target": target},
        lambda raw: json.loads(raw)["translations"][0]["text"],
    ),
    "libretranslate": Way(
        "/translate",
        lambda text, source, target: {"q": text, "source": source, "target": target},
        lambda raw: json.loads(raw)["translatedText"],
    ),
    "deepl": Way(
        "/v2/translate",
        lambda text, source, target: {"text": [text], "source_lang": source, "target_lang": target},
        lambda raw: json.loads(raw)["translations"][0]["text"],
        "DeepL-Auth-Key",
    ),
    "openai": Way("/v1/chat/completions", chat, lambda raw: json.loads(raw)["choices"][0]["message"]["content"]),
    "openai-stream": Way("/v1/chat/completions", lambda *asked: {**chat(*asked), "stream": True}, joined),
    "opus-cat": Way(
        "/MTRestService/TranslateJson",
        lambda text, source, target: {"input": text, "srcLangCode": source, "trgLangCode": target},
        lambda raw: json.loads(raw)["translation"],
    ),
}


@dataclass
class Counts:
    """What became of the requests; a lock of its own."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, outcome: str, *, seconds: float | None = None, example: str = "") -> None:
        with self.lock:
            self.outcomes[outcome] += 1
            if seconds is not None:
                self.seconds.append(seconds)
            if example and len(self.examples) < 20:
                self.examples.append(f"{outcome}: {example}"[:300])


class Soak:
    """The service, its clients, and their troubles."""

    def __init__(self, bundle: Path, folder: Path, texts: list[str], languages: tuple[str, str]) -> None:
        self.bundle, self.folder, self.texts, self.languages = bundle, folder, texts, languages
        self.store = folder / "store.db"
        self.log = folder / "log"
        self.counts = Counts()
        self.faults: Counter[str] = Counter()
        self.expected: dict[str, str] = {}
        self.stop = threading.Event()
        self.killed: list[tuple[float, float]] = []
        self.stopped_at = float("inf")
        self.key = self.poor_key = ""
        self.process: subprocess.Popen[bytes] | None = None
        self.place = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        self.key = self._key("rich")
        self.poor_key = self._key("poor", "--per-day", "2000")
        command = ["serve", str(self.bundle), "--port", "0", "--store", str(self.store), "--supervise", "--reload"]
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dragoman", *command, "--log", "json"], stderr=stream, stdout=stream
            )
        try:
            while not (found := re.search(r'listening on (http://[^\s"]+)', self.log.read_text())):
                if self.process.poll() is not None:
                    raise SystemExit(self.log.read_text())
                time.sleep(0.05)
            self.place = urlsplit(found[1]).netloc
            self.until_ready()
            yield
        finally:
            self.process.kill()
            self.process.wait()

    def _key(self, name: str, *options: str) -> str:
        made = subprocess.run(
            [sys.executable, "-m", "dragoman", "keys", "create", name, "--store", str(self.store), *options],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return made.stdout.strip()

    def until_ready(self) -> None:
        for _ in range(1200):
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(self.place, timeout=20)
                connection.request("GET", "/ready")
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        shutil.copyfile(self.log, "soak.log")
        raise SystemExit("the service is not ready; its log is in soak.log")

    @property
    def child(self) -> int:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else 0

    def memory_megabytes(self) -> float:
        with suppress(OSError):
            found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.child}/status").read_text())
            return int(found[1]) / 1024 if found else 0.0
        return 0.0

    def ask(self, connection: http.client.HTTPConnection, name: str, text: str, key: str) -> tuple[int, str]:
        """Status and body; a 503 that does not say when to come again has the status 0."""
        way = WAYS[name]
        values = way.body(text, *self.languages)
        headers = {"content-type": "application/json", "authorization": f"{way.scheme} {key}"}
        if name == "libretranslate":
            values["api_key"] = key
        if name == "opus-cat":
            values["tokenCode"] = key
        connection.request("POST", way.path, json.dumps(values), headers)
        answer = connection.getresponse()
        says_when = answer.status != 503 or answer.headers["Retry-After"] is not None
        return answer.status if says_when else 0, answer.read().decode()

    def learn(self) -> None:
        """What the undisturbed service says to each text."""
        connection = http.client.HTTPConnection(self.place, timeout=SLOW_SECONDS)
        for text in self.texts:
            status, raw = self.ask(connection, "native", text, self.key)
            if status != 200:
                raise SystemExit(raw)
            self.expected[text] = WAYS["native"].read(raw)

    def client(self, number: int, per_second: float) -> None:
        """One client: asks again and again, on a kept connection that it makes anew now and then."""
        chance = random.Random(number)
        connection = http.client.HTTPConnection(self.place, timeout=SLOW_SECONDS)
        used = time.monotonic()
        while not self.stop.is_set():
            name, text = chance.choice(sorted(WAYS)), chance.choice(self.texts)
            key = self.poor_key if chance.random() < 0.05 else self.key
            if chance.random() < 0.1:
                connection.close()
            began = time.monotonic()
            try:
                status, raw = self.ask(connection, name, text, key)
            except (OSError, http.client.HTTPException) as error:
                self._broken(error, used if connection.sock is not None else began)
                connection.close()
                continue
            used = time.monotonic()
            self._judge(name, text, status, raw, time.monotonic() - began)
            self.stop.wait(chance.expovariate(per_second))
        connection.close()

    def _broken(self, error: Exception, used: float) -> None:
        """A connection broke that was last known whole at ``used``: by a kill, by the end, or as it should not have."""
        now, is_refused = time.monotonic(), isinstance(error, ConnectionRefusedError)
        if not is_refused and any(begin <= now and used <= end for begin, end in self.killed):
            self.counts.add("broken by kill -9")
        elif now >= self.stopped_at:
            self.counts.add("turned away at the end")
            time.sleep(0.2)
        elif is_refused:
            self.counts.add("connection refused", example=repr(error))
        else:
            self.counts.add("lost", example=repr(error))

    def _judge(self, name: str, text: str, status: int, raw: str, seconds: float) -> None:
        if status == 200:
            try:
                is_right = WAYS[name].read(raw) == self.expected[text]
            except (ValueError, KeyError, IndexError, TypeError):
                is_right = False
            self.counts.add("answered" if is_right else "mangled", seconds=seconds, example="" if is_right else raw)
        elif status in CLEAN:
            self.counts.add(f"refused {status}")
        else:
            self.counts.add(f"error {status}", example=raw)

    def trouble(self, name: str, seconds: float) -> None:
        """One fault, by its name."""
        self.faults[name] += 1
        getattr(self, f"_{name}")(seconds)

    def _reload(self, seconds: float) -> None:
        os.kill(self.process.pid, signal.SIGHUP)

    def _replace(self, seconds: float) -> None:
        """The bundle, file by file, as slowly as from another machine; the manifest first, which is the worst order."""
        manifest = self.bundle / "manifest.json"
        text = manifest.read_text()
        manifest.write_text(text[: len(text) // 2])
        for file in sorted(self.bundle.rglob("*")):
            if file.is_file() and file != manifest:
                copy = file.with_name(file.name + ".new")
                shutil.copyfile(file, copy)
                copy.replace(file)
                time.sleep(0.05)
        time.sleep(seconds)
        manifest.write_text(text)

    def _lock(self, seconds: float) -> None:
        with sqlite3.connect(self.store, timeout=10) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            other.rollback()

    def _garbage(self, seconds: float) -> None:
        """Clients that send no request, half of one, or go away; their slow ones hold the line for a while."""
        host, port = self.place.split(":")
        head = b"POST /translate HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
        held = []
        for part in (b"\0" * 50, head[:20], head, head + b'{"q": "a', b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01") * 3:
            with suppress(OSError):
                held.append(socket.create_connection((host, int(port)), timeout=5))
                held[-1].sendall(part)
        time.sleep(seconds)
        for one in held:
            one.close()

    def _vanish(self, seconds: float) -> None:
        """Clients that ask and do not wait."""
        for text in self.texts[:20]:
            connection = http.client.HTTPConnection(self.place, timeout=5)
            body = json.dumps({"text": text + " ?", "source": self.languages[0], "target": self.languages[1]})
            with suppress(OSError):
                head = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
                connection.request("POST", "/api/v1/translate", body, head)
            connection.close()

    def _pause(self, seconds: float) -> None:
        os.kill(child := self.child, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(child, signal.SIGCONT)

    def _kill(self, seconds: float) -> None:
        began = time.monotonic()
        self.killed.append((began, float("inf")))
        os.kill(self.child, signal.SIGKILL)
        time.sleep(0.5)
        self.until_ready()
        self.killed[-1] = (began, time.monotonic())

    def run(self, *, seconds: float, rate: float, clients: int, fault_seconds: float) -> dict[str, Any]:
        """Everything; the figures."""
        assert self.process is not None
        self.learn()
        before = self.memory_megabytes()
        threads = [threading.Thread(target=self.client, args=(one, rate / clients)) for one in range(clients)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        every = ["reload", "garbage", "replace", "vanish", "lock", "pause", "reload", "kill"]
        while time.monotonic() - began < seconds or len(self.faults) < len(set(every)):
            self.trouble(every[sum(self.faults.values()) % len(every)], fault_seconds)
            self.stop.wait(fault_seconds)
        after = self.memory_megabytes()
        self.stopped_at = time.monotonic()
        self.process.terminate()
        time.sleep(1)
        self.stop.set()
        for thread in threads:
            thread.join(SLOW_SECONDS)
        return self._figures(self.process.wait(60), time.monotonic() - began, (before, after))

    def _figures(self, code: int, seconds: float, memory: tuple[float, float]) -> dict[str, Any]:
        log = self.log.read_text()
        times = sorted(self.counts.seconds)
        outcomes = self.counts.outcomes
        return {
            "seconds": round(seconds),
            "requests": sum(outcomes.values()),
            "outcomes": dict(sorted(outcomes.items())),
            "lost": outcomes["lost"],
            "mangled": outcomes["mangled"],
            "connections_refused": outcomes["connection refused"],
            "of_500": sum(count for name, count in outcomes.items() if name == "error 500")
            + log.count('"status": 500'),
            "crashes": log.count('"event": "crash"'),
            "faults": dict(self.faults),
            "p50_seconds": round(times[len(times) // 2], 3) if times else None,
            "p95_seconds": round(times[len(times) * 95 // 100], 3) if times else None,
            "memory_begin_mb": round(memory[0]),
            "memory_end_mb": round(memory[1]),
            "exit_code": code,
            "examples": self.counts.examples,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--texts", type=Path, help="a text a line; by default sentences of this program")
    parser.add_argument("--many", type=int, default=200, help="texts")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second, of all clients")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--fault-seconds", type=float, default=3.0, help="how long a fault, and the rest after it")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    texts = [f"We have {number} cars and {number + 1} houses." for number in range(options.many)]
    if options.texts:
        lines = options.texts.read_text(encoding="utf-8").splitlines()
        texts = [line for line in lines if line.strip()][: options.many]
    languages = json.loads((options.model / "manifest.json").read_text())["languages"]
    with tempfile.TemporaryDirectory() as name:
        bundle = Path(name) / "model"
        shutil.copytree(options.model, bundle, ignore=shutil.ignore_patterns("training"))
        soak = Soak(bundle, Path(name), texts, (languages["source"], languages["target"]))
        with soak.running():
            figures = soak.run(
                seconds=60 * options.minutes,
                rate=options.rate,
                clients=options.clients,
                fault_seconds=options.fault_seconds,
            )
        is_bad = any(figures[one] for one in ("lost", "connections_refused", "mangled", "of_500", "crashes"))
        if is_bad:
            shutil.copyfile(soak.log, "soak.log")
    print(json.dumps(figures, indent=2))
    if options.output:
        options.output.write_text(json.dumps(figures, indent=2) + "\n")
    sys.exit(bool(is_bad or figures["exit_code"]))


if __name__ == "__main__":
    main()
