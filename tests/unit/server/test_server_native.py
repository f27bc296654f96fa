"""Our own dialect: words aligned, terms, context, usage, streams."""

import json
import re
import socket
import struct
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from server_fakes import KeyGate, Obedient, Parrot, listening, make_service, nothing

from dragoman.server.app import create_app
from dragoman.server.gate import Caller


@pytest.fixture
def client():
    service = make_service(Obedient("en", "de"), Parrot("zh", "en"))
    with TestClient(create_app(service, nothing)) as client:
        yield client


def translated(client, text, **more):
    answer = client.post("/api/v1/translate", json={"text": text, "source": "en", "target": "de", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["translations"][0]


def test_a_glossary_in_the_request(client):
    assert translated(client, "a dog", terms={"dog": "Hund"})["text"] == "de(a Hund)"
    for terms in ({"": "x"}, {"x": ""}, {"x": "y" * 1001}, {"x": 1}, ["x"], {str(n): "x" for n in range(5001)}):
        wrong = {"text": "a", "source": "en", "target": "de", "terms": terms}
        assert client.post("/api/v1/translate", json=wrong).status_code == 400
    refused = client.post("/api/v1/translate", json={"text": "a", "source": "zh", "target": "en", "terms": {"a": "b"}})
    assert (refused.status_code, refused.json()["reason"]) == (400, "unsupported_terms")


def test_context_is_not_translated(client):
    found = translated(client, "x", context="what stood before")
    assert (found["text"], found["flags"]) == ("de(x)", ["context-unused"])


def test_a_stream_is_lines_that_joined_are_the_answer(client):
    body = {"text": ["one\n\ntwo dogs", "three"], "source": "en", "target": "de", "terms": {"dogs": "Hunde"}}
    with client.stream("POST", "/api/v1/translate/stream", json=body) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        lines = [json.loads(line) for line in answer.iter_lines()]
    assert lines[0] == {"number": 0, "text": "de(one)\n\n", "source": "en", "flags": []}
    joined = ["".join(line["text"] for line in lines if line["number"] == number) for number in (0, 1)]
    assert joined == ["de(one)\n\nde(two Hunde)", "de(three)"]
    assert client.post("/api/v1/translate/stream", json=body | {"alternatives": 1}).status_code == 400
    refused = client.post("/api/v1/translate/stream", json=body | {"target": "fr"})
    assert (refused.status_code, refused.json()["reason"]) == (400, "unknown_language")


def test_a_refusal_under_way_is_the_last_line():
    class Slower(Parrot):
        def run(self, kind, segments):
            self.seconds = 0.5 if "slow" in segments else 0.0
            return super().run(kind, segments)

    with TestClient(create_app(make_service(Slower("en", "de"), max_seconds=0.2), nothing)) as client:
        body = {"text": ["quick", "slow"], "source": "en", "target": "de"}
        lines = client.post("/api/v1/translate/stream", json=body).text.splitlines()
    assert json.loads(lines[0])["text"] == "de(quick)"
    assert json.loads(lines[-1])["reason"] == "too_slow"


def test_who_leaves_a_stream_is_heard_even_where_all_its_pieces_are_there(caplog):
    """Else each of them is written to nobody, with a line in the log."""
    body = json.dumps({"text": "It is so.\n" * 9000, "source": "en", "target": "de"}).encode()
    head = f"POST /api/v1/translate/stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    with listening(make_service(Parrot("en", "de"))) as server:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", urlsplit(server).port)) as line:
                line.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
                assert line.recv(100).startswith(b"HTTP/1.1 200")
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # break it
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


def test_the_page_for_programs_says_all_that_can_be_sent(client):
    page = client.get("/api/v1/docs").text
    forms = re.findall(r"<h3>Request <small>(.*?)</small></h3>.*?<table>(.*?)</table>", page, re.DOTALL)
    kinds = [kind for kind, _ in forms]
    assert kinds == ["application/json", "application/json", "application/json", "multipart/form-data"]
    for field in ("file", "target", "source", "terms"):
        assert f"<th>{field}</th>" in forms[-1][1]
    assert "<td>list of list of integer, optional</td>" in page
    assert re.findall(r"<h3>[^<]*</h3>", page) == []  # a title with nothing below


def test_usage_is_told_to_who_may_come_in():
    gate = KeyGate(secret=Caller("me", limit=90, used=10), free=Caller("other", used=3))
    with TestClient(create_app(make_service(Parrot("en", "de"), gate=gate), nothing)) as client:
        told = [client.get("/api/v1/usage", headers={"Authorization": f"Bearer {key}"}) for key in ("secret", "free")]
        assert [one.json() for one in told] == [{"characters": 10, "limit": 100}, {"characters": 3, "limit": None}]
        assert client.get("/api/v1/usage").status_code == 401
