"""The web application: two dialects, their errors, the headers."""

import json
import time

import pytest
from server_fakes import Parrot, make_service, nothing
from starlette.testclient import TestClient

from dragoman.server.app import SECURITY_HEADERS, create_app
from dragoman.server.memory import open_memory


@pytest.fixture
def client(service):
    with TestClient(create_app(service, nothing)) as client:
        yield client


class TestNative:
    def test_translate(self, client):
        answer = client.post("/api/v1/translate", json={"text": ["a", "b"], "source": "zh", "target": "de"})
        assert answer.status_code == 200
        assert answer.json()["translations"][1] == {
            "text": "de(en(b))",
            "source": "zh",
            "confidence": 1.0,
            "alternatives": [],
            "via": ["en"],
            "flags": [],
            "alignment": [],
        }

    def test_detect_and_languages(self, client):
        assert client.post("/api/v1/detect", json={"text": "这是中文。"}).json()[0]["language"] == "zh"
        assert client.get("/api/v1/languages").json() == [
            {"language": "en", "targets": ["de"]},
            {"language": "zh", "targets": ["de", "en"]},
        ]

    @pytest.mark.parametrize(
        ("body", "word"),
        [
            (b"{", "JSON"),
            (b"\xff\xfe", ""),
            (b"[1]", "the body"),
            (b'{"text": "a"}', "target"),
            (b'{"text": "a", "target": "de", "sauce": "en"}', "sauce"),
            (b'{"text": ["a", 3], "target": "de"}', "text"),
            (b'{"text": "a", "target": "de", "alternatives": -1}', "alternatives"),
            (b"[" * 5000, ""),
        ],
    )
    def test_mistakes(self, client, body, word):
        answer = client.post("/api/v1/translate", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
        assert set(answer.json()) == {"reason", "message"}
        assert word in answer.json()["message"]

    def test_the_text_of_a_request_is_not_repeated_in_its_error(self, client):
        answer = client.post("/api/v1/translate", json={"text": {"secret": "very private"}, "target": "de"})
        assert "private" not in answer.text

    def test_health(self, client):
        health = client.get("/api/v1/health").json()
        assert health["ready"]
        assert [(one["source"], one["target"], one["state"]) for one in health["models"]] == [
            ("en", "de", "ready"),
            ("zh", "en", "ready"),
        ]

    def test_the_page_of_its_interface(self, client):
        assert "/translate" in client.get("/api/v1/openapi.json").json()["paths"]


FIELDS = {"q": "hello", "source": "en", "target": "de"}


class TestLibreTranslate:
    def test_every_way_to_send_parameters(self, client):
        expected = {"translatedText": "de(hello)"}
        assert client.post("/translate", json=FIELDS).json() == expected
        assert client.post("/translate", data=FIELDS).json() == expected
        assert client.post("/translate", files={name: (None, value) for name, value in FIELDS.items()}).json() == (
            expected
        )
        assert client.post("/translate", params=FIELDS).json() == expected

    def test_lists_detection_alternatives(self, client):
        body = {
            "q": ["hello my dear friend", "how are you today?"],
            "source": "auto",
            "target": "de",
            "alternatives": 1,
        }
        answer = client.post("/translate", json=body).json()
        assert answer["translatedText"] == ["de(hello my dear friend)", "de(how are you today?)"]
        assert [one["language"] for one in answer["detectedLanguage"]] == ["en", "en"]
        assert answer["alternatives"] == [["de1(hello my dear friend)"], ["de1(how are you today?)"]]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 400),
            ({"q": "a", "target": "de"}, 400),
            ({"q": "a", "source": "en"}, 400),
            ({"q": 3, "source": "en", "target": "de"}, 400),
            ({"q": "a", "source": "en", "target": "fr"}, 400),
            ({"q": "a", "source": "en", "target": "de", "format": "pdf"}, 400),
            ({"q": "a", "source": "en", "target": "de", "alternatives": "many"}, 400),
            ({"q": "a" * 100_001, "source": "en", "target": "de"}, 413),
        ],
    )
    def test_mistakes(self, client, body, status):
        answer = client.post("/translate", json=body)
        assert answer.status_code == status
        assert list(answer.json()) == ["error"]

    def test_a_body_that_is_no_object(self, client):
        for content in (b"{", b"3", b"\xff", b"[" * 100_000):
            answer = client.post("/translate", content=content, headers={"content-type": "application/json"})
            assert answer.status_code == 400

    def test_the_rest(self, client):
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/frontend/settings").json()["language"]["target"] == {"code": "de", "name": "German"}
        assert client.get("/languages").json()[0] == {"code": "en", "name": "English", "targets": ["de", "en"]}
        assert client.post("/detect", data={"q": "这是中文。"}).json()[0]["language"] == "zh"
        assert client.get("/nothing-here").json() == {"error": "Not Found"}


def test_headers_on_every_answer(client):
    for path in ("/languages", "/nothing", "/api/v1/health", "/api/v1/nothing", "/live"):
        headers = client.get(path).headers
        assert all(headers[name] == value for name, value in SECURITY_HEADERS.items()), path


def test_ready_only_when_all_is_loaded():
    def slow(path):
        time.sleep(0.2)
        return Parrot("en", "de")

    from pathlib import Path

    service = make_service(open_model=slow)
    with TestClient(create_app(service, lambda: service.fleet.load([Path("model")]))) as client:
        assert client.get("/live").status_code == 200
        first = client.get("/ready")
        assert (first.status_code, first.json()) == (503, {"status": "loading"})
        refused = client.post("/translate", json=FIELDS)
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) >= 1
        while client.get("/ready").status_code != 200:
            time.sleep(0.02)
        assert client.post("/translate", json=FIELDS).status_code == 200


def test_a_memory_answers_exactly_or_says_that_it_did_not(tmp_path):
    (tmp_path / "pairs.tsv").write_text("Good morning!\tGuten Morgen!\nGood morning!\tMoin!\n", encoding="utf-8")
    service = make_service(*open_memory(str(tmp_path / "pairs.tsv"), "en", "de"))
    with TestClient(create_app(service, nothing)) as client:
        body = {"text": ["Good morning!\nNever seen", "Good morning!"], "source": "en", "target": "de"}
        body["alternatives"] = 1
        first, second = client.post("/api/v1/translate", json=body).json()["translations"]
        assert (first["text"], first["flags"]) == ("Guten Morgen!\nNever seen", ["untranslated"])
        assert (second["text"], second["alternatives"], second["flags"]) == ("Guten Morgen!", ["Moin!"], [])
        back = client.post("/translate", json={"q": "Moin!", "source": "de", "target": "en"})
        assert json.loads(back.content) == {"translatedText": "Good morning!"}
