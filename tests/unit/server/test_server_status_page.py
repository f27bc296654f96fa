"""The status page: its languages, its figures, who may see them, and that nothing is inline."""

import json
import re
import time
from importlib.resources import files

import pytest
from server_fakes import KeyGate, Parrot, make_service, nothing
from starlette.testclient import TestClient

from dragoman.server.app import SECURITY_HEADERS, create_app
from dragoman.server.gate import Caller
from dragoman.server.telemetry.status.data import SERIES
from dragoman.server.telemetry.status.page import LANGUAGES, page, preferred, words
from dragoman.server.telemetry.telemetry import Telemetry

STATIC = files("dragoman.server.telemetry.status") / "static"


@pytest.fixture
def watched():
    service = make_service(Parrot("en", "de"))
    telemetry = Telemetry()
    with TestClient(create_app(service, nothing, telemetry=telemetry), client=("127.0.0.1", 1)) as client:
        yield client, telemetry, service


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-CH,fr;q=0.9", "de"),
        ("fr, zh-TW;q=0.4, de;q=0.3", "zh-Hans"),
        ("de;q=0, en;q=0.1", "en"),
        ("de;q=x,;;,zh;q=0.5", "zh-Hans"),
        ("ja", "en"),
        ("*;q=1", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_the_language_a_browser_likes_most(header, language):
    assert preferred(header) == language


def test_every_language_says_everything():
    assert len({frozenset(words(language)) for language in LANGUAGES}) == 1
    script = (STATIC / "status.js").read_text(encoding="utf-8") + (STATIC / "chart.js").read_text(encoding="utf-8")
    wanted = set(re.findall(r"words\.([a-z_]+)", script)) | {f"alert_{name}" for name in Telemetry().judge.thresholds}
    assert wanted <= set(words("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_inline_or_from_elsewhere(language):
    shown = page(language)
    assert f'<html lang="{language}">' in shown
    assert not re.search(r"\bstyle=|\bon[a-z]+=|<style|<script(?![^>]*src=)|https?:|\$", shown)
    assert all(href.startswith("status/") for href in re.findall(r'(?:href|src)="([^"]*)"', shown))


def test_the_page_and_its_files(watched):
    client, _, _ = watched
    answer = client.get("/status", headers={"accept-language": "de"})
    assert "Letzte Stunde" in answer.text
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]
    for path in [*re.findall(r'(?:href|src)="([^"]*)"', answer.text), "status/chart.js"]:
        assert (
            client.get(f"/{path}").headers["content-type"].startswith(("text/css", "text/javascript", "image/svg+xml"))
        )
    assert client.get("/status/words/en.json").status_code == 404


def test_figures(watched):
    client, telemetry, service = watched
    client.post("/translate", json={"q": "private words", "source": "en", "target": "de"})
    while not any(one.judged for one in telemetry.quality.directions.values()):
        time.sleep(0.01)
    for _ in range(12):
        telemetry.step(service.fleet)
    hour, day = (client.get(f"/status/data?range={one}").json() for one in ("hour", "day"))
    assert len(hour["at"]) == 12
    assert set(hour["series"]) == set(SERIES)
    assert max(hour["series"]["requests_per_second"]) > 0
    assert (len(day["at"]), day["step_seconds"]) == (1, 300)
    assert [(one["direction"], one["state"]) for one in hour["models"]] == [("en-de", "ready")]
    assert all(one["since"] is None for one in hour["alerts"])
    assert [(one["direction"], one["judged"], one["learns_from"]) for one in hour["quality"]] == [("en-de", 1, 1000)]
    assert "private" not in json.dumps(hour)


def test_a_model_that_does_not_answer_is_shown_and_told(watched):
    client, telemetry, service = watched
    service.fleet.members[0].trouble = "no answer"
    for _ in range(3):
        telemetry.step(service.fleet)
    found = client.get("/status/data").json()
    assert found["models"][0]["state"] == "failing"
    assert [one["name"] for one in found["alerts"] if one["since"]] == ["models_failing"]
    assert 'dragoman_alert{alert="models_failing"} 1.0' in client.get("/metrics").text


def test_figures_need_a_key_where_keys_are_needed():
    gate = KeyGate(boss=Caller("boss", {"metrics"}))
    with TestClient(create_app(make_service(Parrot("en", "de"), gate=gate), nothing)) as client:
        assert client.get("/status").status_code == 200
        assert client.get("/status/data").status_code == 401
        assert client.get("/status/data", headers={"authorization": "Bearer boss"}).status_code == 200


def test_the_whole_day_is_not_much_to_send(watched):
    client, telemetry, _service = watched
    for _ in range(9000):
        telemetry.history.step({"memory_mb": 123.456, "waiting": 3.0})
    assert len(client.get("/status/data?range=day").json()["at"]) == 288
    assert len(client.get("/status/data?range=hour").content) < 100_000
