"""Our own dialect: words aligned, terms, context, usage, streams."""

import json

import pytest
from fastapi.testclient import TestClient
from server_fakes import KeyGate, Obedient, Parrot, make_service, nothing

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


def test_usage_is_told_to_who_may_come_in():
    gate = KeyGate(secret=Caller("me", limit=90, used=10), free=Caller("other", used=3))
    with TestClient(create_app(make_service(Parrot("en", "de"), gate=gate), nothing)) as client:
        told = [client.get("/api/v1/usage", headers={"Authorization": f"Bearer {key}"}) for key in ("secret", "free")]
        assert [one.json() for one in told] == [{"characters": 10, "limit": 100}, {"characters": 3, "limit": None}]
        assert client.get("/api/v1/usage").status_code == 401
