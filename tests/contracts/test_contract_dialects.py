"""What every dialect of the service must do: no mistake of a client, and no busy hour, ends in a 500.

A new dialect gets its line in the table below, and falls under all of this.
"""

import json
import math
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_fakes import FullGate, Parrot, listening, make_service, nothing
from starlette.testclient import TestClient

from dragoman.server.app import create_app
from dragoman.server.ask import RefusedError
from dragoman.server.dialects import DIALECTS


@dataclass(frozen=True)
class Spoken:
    """How a translation is asked for.

    Attributes:
        path: where.
        body: (text, source, target) → the values to send.
        message: the text of its error, out of the error's body.
        too_much: the number of its refusal of a text that is too long.
        no_key: the number of its refusal of a key.
        quota: the number of its refusal of who has used up what was granted.
    """

    path: str
    body: Callable[[Any, Any, Any], dict[str, Any]]
    message: Callable[[Any], Any]
    too_much: int = 413
    no_key: int = 401
    quota: int = 429


def chat(text: Any, source: Any, target: Any) -> dict[str, Any]:
    languages = {"source": source, "target": target}
    return {"model": "dragoman", "metadata": languages, "messages": [{"role": "user", "content": text}]}


def glossary(text: Any, source: Any, target: Any) -> dict[str, Any]:
    entries = f"{text}\tx" if isinstance(text, str) else text
    return {"name": "n", "dictionaries": [{"source_lang": source, "target_lang": target, "entries": entries}]}


SPOKEN = {
    "native": Spoken(
        "/api/v1/translate",
        lambda text, source, target: {"text": text, "source": source, "target": target},
        lambda body: body["message"],
    ),
    "libretranslate": Spoken(
        "/translate",
        lambda text, source, target: {"q": text, "source": source, "target": target},
        lambda body: body["error"],
        no_key=403,
    ),
    "deepl": Spoken(
        "/v2/translate",
        lambda text, source, target: {"text": [text], "source_lang": source, "target_lang": target},
        lambda body: body["message"],
        no_key=403,
        quota=456,
    ),
    "deepl-glossaries": Spoken(
        "/v3/glossaries", glossary, lambda body: body["message"], too_much=456, no_key=403, quota=456
    ),
    "openai": Spoken("/v1/chat/completions", chat, lambda body: body["error"]["message"], too_much=400),
    "opus-cat": Spoken(
        "/MTRestService/TranslateJson",
        lambda text, source, target: {"input": text, "srcLangCode": source, "trgLangCode": target},
        lambda body: body["title"],
    ),
}
TRANSLATING = sorted(set(SPOKEN) - {"deepl-glossaries"})
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client():
    service = make_service(Parrot("en", "de"), Parrot("zh", "en"))
    with TestClient(create_app(service, nothing)) as client:
        yield client


def refused(name, answer, status=400):
    """The error's text; the answer must be one, in the dialect's form."""
    assert answer.status_code == status, answer.text
    message = SPOKEN[name].message(answer.json())
    assert isinstance(message, str)
    assert message
    return message


def test_every_dialect_is_here():
    assert sorted(SPOKEN) == DIALECTS.names()


@pytest.mark.parametrize("name", SPOKEN)
class TestMistakes:
    def test_a_good_request_is_answered(self, client, name):
        answer = client.post(SPOKEN[name].path, json=SPOKEN[name].body("hello", "en", "de"))
        assert answer.status_code in (200, 201)
        assert name not in TRANSLATING or "de(hello)" in answer.text

    @pytest.mark.parametrize("languages", [("en", "fr"), ("xx", "de"), ("de", "zh"), ("../..", "de"), ("en", "\ud800")])
    def test_languages_that_are_not_served(self, client, name, languages):
        content = json.dumps(SPOKEN[name].body("hello", *languages))
        assert "hello" not in refused(name, client.post(SPOKEN[name].path, content=content, headers=JSON))

    @pytest.mark.parametrize("wrong", [None, 3, math.inf, True, {"a": "b"}, [["a"]], [1]])
    def test_wrong_types(self, client, name, wrong):
        for values in (("hello", "en", wrong), (wrong, "en", "de")):
            refused(name, client.post(SPOKEN[name].path, content=json.dumps(SPOKEN[name].body(*values)), headers=JSON))

    @pytest.mark.parametrize(
        "content", [b"{", b"3", b"[]", b"null", b"\xff\xfe{", b'{"a": "\xc3"}', b"[" * 100_000, b"9" * 5000, b"\0"]
    )
    def test_a_body_that_cannot_be_read(self, client, name, content):
        refused(name, client.post(SPOKEN[name].path, content=content, headers=JSON))

    def test_half_of_a_character(self, client, name):
        content = json.dumps(SPOKEN[name].body("a\ud800b", "en", "de"))
        refused(name, client.post(SPOKEN[name].path, content=content, headers=JSON))

    def test_too_much(self, client, name):
        text = "x" * (100_001 if name in TRANSLATING else 10_000_001)
        answer = client.post(SPOKEN[name].path, json=SPOKEN[name].body(text, "en", "de"))
        refused(name, answer, SPOKEN[name].too_much)

    def test_a_page_and_a_method_that_are_not_there(self, client, name):
        refused(name, client.get(f"{DIALECTS.load(name).prefix}/nothing/there"), 404)
        refused(name, client.delete(SPOKEN[name].path), 405)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_anything_at_all(self, client, name, data):
        anything = st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        )
        good = {**EVERY[name], **SPOKEN[name].body("hello", "en", "de")}
        values = {key: data.draw(st.just(value) | anything) for key, value in good.items()}
        answer = client.post(SPOKEN[name].path, content=json.dumps(values), headers=JSON)
        assert answer.status_code in (200, 201, 400, 404, 413, 456)
        if answer.status_code > 201:
            refused(name, answer, answer.status_code)


EVERY = {
    "native": {"alternatives": 1, "format": "text"},
    "libretranslate": {"alternatives": 1, "format": "text", "api_key": ""},
    "deepl": dict.fromkeys(
        ("formality", "split_sentences", "tag_handling", "model_type", "glossary_id", "glossary_ids", "context")
    ),
    "deepl-glossaries": {},
    "openai": dict.fromkeys(("n", "stream", "stream_options", "tools", "response_format", "temperature")),
    "opus-cat": {"tokenCode": "0", "modelTag": ""},
}
"""Further values that each dialect looks at."""


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize(
    ("reason", "status"), [("bad_key", 401), ("scope", 403), ("quota", 429), ("rate", 429), ("overloaded", 503)]
)
def test_who_may_not_and_who_must_wait(name, reason, status):
    spoken = SPOKEN[name]
    expected = {"bad_key": spoken.no_key, "quota": spoken.quota}.get(reason, status)
    gate = FullGate(RefusedError(reason, "no", status=status, retry_seconds=7))
    with TestClient(create_app(make_service(Parrot("en", "de"), gate=gate), nothing)) as client:
        answer = client.post(spoken.path, json=spoken.body("hello", "en", "de"))
        assert refused(name, answer, expected) == "no"
        assert answer.headers["retry-after"] == "7"


class Held(Parrot):
    """Works only while the gate is open."""

    def __init__(self, source, target):
        super().__init__(source, target)
        self.gate = threading.Event()

    def run(self, kind, segments):
        assert self.gate.wait(20)
        return super().run(kind, segments)


def until(condition):
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)
    raise AssertionError("it never came to be")


def begun(address, name, text):
    """A connection on which a translation was asked for, and nothing read yet."""
    spoken, place = SPOKEN[name], urlsplit(address)
    body = json.dumps(spoken.body(text, "en", "de")).encode()
    connection = socket.create_connection((place.hostname, place.port), timeout=20)
    head = (
        f"POST {spoken.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    connection.sendall(head.encode() + b"\r\n" + body)
    return connection


@pytest.mark.parametrize("name", TRANSLATING)
def test_a_busy_service_refuses_at_once_and_forgets_who_left(name):
    parrot = Held("en", "de")
    service = make_service(parrot)
    batcher = service.fleet.members[0].batcher
    with listening(service) as address:
        staying = begun(address, name, "first")
        until(lambda: batcher.waiting == 1)
        leaving = begun(address, name, "second\nthird")
        until(lambda: batcher.waiting == 3)
        batcher.pace.per_second = 0.1
        with begun(address, name, "late") as late:
            head = late.recv(1000)
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 60" in head.lower()
        leaving.close()
        until(lambda: batcher.waiting == 1)
        parrot.gate.set()
        assert staying.recv(1000).startswith(b"HTTP/1.1 200 ")
        staying.close()
    assert parrot.asked == ["first"]
