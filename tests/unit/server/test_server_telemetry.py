"""Who watches the service: what it counts, what it writes, and what it never does."""

import asyncio
import io
import json
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from server_fakes import KeyGate, Parrot, make_service, nothing
from starlette.testclient import TestClient

from dragoman.base.errors import ConfigError
from dragoman.base.log import warn
from dragoman.server.app import create_app
from dragoman.server.ask import Ask, RefusedError
from dragoman.server.gate import Caller, Credentials
from dragoman.server.memory import MemorySpeaker
from dragoman.server.telemetry.log import Log, LogRecords, described
from dragoman.server.telemetry.options import TelemetryOptions
from dragoman.server.telemetry.probe import Prober
from dragoman.server.telemetry.talk import TalkAsJson, talk_as
from dragoman.server.telemetry.telemetry import Telemetry
from dragoman.server.telemetry.writer import LineWriter

ALL = {"translate", "metrics"}


class Broken(Parrot):
    """Raises an error whose message holds the text."""

    def run(self, kind, segments):
        raise ValueError(f"cannot translate {segments[0]!r}")


class Mistaken(Parrot):
    """The same before its model is asked."""

    def segments(self, text):
        raise ValueError(f"cannot read {text!r}")


class Hanging(Parrot):
    """Says nothing until it is let go."""

    def __init__(self, source, target):
        super().__init__(source, target)
        self.released = threading.Event()

    def run(self, kind, segments):
        self.released.wait(20)
        return super().run(kind, segments)


def app_of(service, *, stream=None, address="127.0.0.1", **options):
    telemetry = Telemetry(
        TelemetryOptions(**options), log=Log(options.get("log", "off"), LineWriter(stream or io.StringIO()))
    )
    app = create_app(service, nothing, telemetry=telemetry)
    return TestClient(app, client=(address, 4711), raise_server_exceptions=False)


def series(client):
    """Name with labels → value."""
    lines = client.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def translate(client, text, **more):
    return client.post("/api/v1/translate", json={"text": text, "source": "en", "target": "de", **more})


class TestMetrics:
    def test_what_is_counted(self):
        with app_of(make_service(Parrot("en", "de"))) as client:
            assert translate(client, ["one", "three"]).status_code == 200
            assert translate(client, "one").status_code == 200
            assert translate(client, "one", target="xx").status_code == 400
            found = series(client)
        route = 'dialect="native",method="POST",route="/api/v1/translate"'
        assert found[f'dragoman_requests_total{{{route},status="200"}}'] == 2
        assert found[f'dragoman_requests_total{{{route},status="400"}}'] == 1
        assert found['dragoman_refusals_total{dialect="native",reason="unknown_language"}'] == 1
        assert found['dragoman_characters_total{dialect="native"}'] == 3 + 5 + 3 + 3
        assert found['dragoman_model_segments_total{direction="en-de"}'] == 2
        assert found['dragoman_model_characters_total{direction="en-de"}'] == 8
        assert found['dragoman_tokens_total{direction="en-de",side="source"}'] == 3 + 5
        assert found['dragoman_tokens_total{direction="en-de",side="target"}'] == 3 + 5 + 2 * 4
        assert found['dragoman_cache_hits_total{direction="en-de"}'] == 1
        assert found['dragoman_cache_entries{direction="en-de"}'] == 2
        assert found['dragoman_queue_segments{direction="en-de"}'] == 0
        assert found['dragoman_model_answers{direction="en-de"}'] == 1
        assert found['dragoman_models{state="ready"}'] == 1
        assert found["dragoman_requests_in_flight"] == 1  # the one for the metrics
        assert found['dragoman_request_seconds_count{dialect="native",route="/api/v1/translate"}'] == 3
        assert found["process_resident_memory_bytes"] > 1e6

    def test_a_memory_and_a_probe_count_no_pieces(self):
        service = make_service(MemorySpeaker("memory", "en", "de", {"dog": ["Hund"]}), Parrot("de", "en"))
        with app_of(service) as client:
            assert translate(client, "dog").json()["translations"][0]["text"] == "Hund"
            asyncio.run(Prober(service.fleet).look())
            found = {name: value for name, value in series(client).items() if name.startswith("dragoman_tokens_total")}
        assert set(found.values()) == {0.0}

    def test_nothing_a_client_sends_becomes_a_label(self):
        with app_of(make_service(Parrot("en", "de"))) as client:
            translate(client, "one")
            client.get("/nothing/0", headers={"x-request-id": "made-by-me"})
            translate(client, "one", target="xx")
            client.request("BREW", "/translate")
            client.get("/metrics")
            before = set(series(client))
            for number in range(60):
                code = f"x{chr(97 + number % 26)}-{number:04}"
                translate(client, f"text {number}", source=code)
                translate(client, f"text {number}", target=code)
                client.get(f"/nothing/{number}", headers={"x-request-id": f"id-{number}"})
                client.get(f"/nothing/{number}/v2?q=secret{number}")
                client.request(f"BREW{number}", "/translate")
                client.post("/v2/translate", json={"text": ["a"], "target_lang": code})
                client.post("/v2/translate", json={"text": ["a"], "target_lang": code}, headers={"authorization": code})
            after = set(series(client))
        new = {line for line in after - before if "_created" not in line and "_quality_" not in line}
        assert len(new) < 30, new
        assert all('dialect="deepl"' in line or "opus" in line or "libretranslate" in line for line in new), new
        assert not any(re.search(r"secret|BREW|id-\d|nothing|x[a-z]-0", line) for line in after)

    def test_the_guide_and_what_is_deployed_name_what_there_is(self):
        root = Path(__file__).parents[3]
        telemetry = Telemetry()
        telemetry.attach(make_service(Parrot("en", "de")).fleet)
        there = set(re.findall(r"^# TYPE (dragoman_\w+)", telemetry.metrics.page().decode(), re.MULTILINE))
        there = {name for name in there if not name.endswith("_created")}
        guide = (root / "docs/guides/monitoring.md").read_text(encoding="utf-8")
        assert there - set(re.findall(r"dragoman_\w+", guide)) == set()
        for place in ("prometheus/alerts.yml", "grafana/dashboards/dragoman.json"):
            text = (root / "deploy" / place).read_text(encoding="utf-8")
            named = {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\bdragoman_[a-z_]+", text)}
            assert named - there == set(), place

    def test_who_may_read_them(self):
        gate = KeyGate(boss=Caller("boss", ALL))
        with app_of(make_service(Parrot("en", "de"), gate=gate)) as client:
            assert client.get("/metrics").status_code == 401
            assert client.get("/metrics", headers={"authorization": "Bearer boss"}).status_code == 200
            assert client.get("/metrics", headers={"authorization": "Bearer thief"}).status_code == 401
            assert "thief" not in client.get("/metrics", headers={"authorization": "Bearer boss"}).text
        with app_of(make_service(Parrot("en", "de")), address="203.0.113.7") as client:
            assert client.get("/metrics").status_code == 403
        with app_of(make_service(Parrot("en", "de")), address="::1") as client:
            assert client.get("/metrics").status_code == 200
        with app_of(make_service(Parrot("en", "de")), address="203.0.113.7", open_metrics=True) as client:
            assert client.get("/metrics").status_code == 200


class TestRequestIds:
    def test_a_good_one_is_kept_and_a_bad_one_is_not(self, service):
        with app_of(service) as client:
            assert client.get("/live", headers={"x-request-id": "abc-123.X_y"}).headers["x-request-id"] == "abc-123.X_y"
            for bad in ("", "a b", "x" * 65, 'a"b\\', "-rf--", "ab"):
                made = client.get("/live", headers={"x-request-id": bad}).headers["x-request-id"]
                assert re.fullmatch("[0-9a-f]{16}", made)

    def test_two_requests_have_two(self, service):
        with app_of(service) as client:
            assert client.get("/live").headers["x-request-id"] != client.get("/live").headers["x-request-id"]


class TestLog:
    @pytest.mark.parametrize("form", ["json", "text"])
    def test_no_text_key_address_or_query(self, form):
        stream = io.StringIO()
        gate = KeyGate(topsecret=Caller("office", ALL))
        with app_of(make_service(Parrot("en", "de"), gate=gate), stream=stream, log=form, address="203.0.113.7") as one:
            key = {"authorization": "Bearer topsecret", "x-request-id": "see-this"}
            body = {"text": "private words", "source": "en", "target": "de"}
            assert one.post("/api/v1/translate", json=body, headers=key).status_code == 200
            one.get("/translate?q=private&api_key=topsecret&source=en&target=de")
            one.get("/private/path")
            one.post("/api/v1/translate", content=b'{"private', headers=key)
            one.post("/v2/translate", json=body, headers={"authorization": "DeepL-Auth-Key hidden"})
        written = stream.getvalue()
        assert not re.search(r"private|topsecret|hidden|203\.0", written)
        assert len(written.splitlines()) == 5
        if form == "json":
            lines = [json.loads(line) for line in written.splitlines()]
            assert lines[0] | {"time": 0, "milliseconds": 0} == {
                "time": 0,
                "level": "info",
                "event": "request",
                "id": "see-this",
                "method": "POST",
                "dialect": "native",
                "route": "/api/v1/translate",
                "status": 200,
                "milliseconds": 0,
                "characters": 13,
                "key": "office",
            }
            assert lines[3]["reason"] == "bad_request"

    def test_what_clients_bring_about_a_thousand_times_is_told_once_in_a_minute(self, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr("dragoman.server.telemetry.log.time.monotonic", lambda: now[0])
        stream = io.StringIO()
        log = Log("json", LineWriter(stream))
        records = LogRecords(log)
        for _ in range(1000):
            log.loop_failed(None, {"exception": OSError(24, "Too many open files")})
            records.emit(logging.makeLogRecord({"name": "uvicorn", "msg": "Invalid HTTP request received."}))
        log.loop_failed(None, {"exception": KeyError("another")})
        now[0] += 61
        log.loop_failed(None, {"exception": OSError(24, "Too many open files")})
        log.writer.close()
        assert len(stream.getvalue().splitlines()) == 4

    def test_off_writes_nothing_of_requests(self, service):
        stream = io.StringIO()
        with app_of(service, stream=stream) as client:
            translate(client, "one")
        assert stream.getvalue() == ""

    def test_an_error_is_logged_without_its_message_and_told_in_the_words_of_the_dialect(self):
        stream = io.StringIO()
        with app_of(make_service(Mistaken("en", "de")), stream=stream, log="json") as client:
            key = {"x-request-id": "find-me"}
            native = client.post(
                "/api/v1/translate", json={"text": "private", "source": "en", "target": "de"}, headers=key
            )
            deepl = client.post("/v2/translate", json={"text": ["private"], "source_lang": "EN", "target_lang": "DE"})
            libre = client.post("/translate", json={"q": "private", "source": "en", "target": "de"})
            found = series(client)
        assert native.status_code == deepl.status_code == libre.status_code == 500
        assert native.json()["reason"] == "internal"
        assert "find-me" in native.json()["message"]
        assert list(deepl.json()) == ["message"]
        assert list(libre.json()) == ["error"]
        assert "X-Frame-Options" in native.headers
        assert "private" not in stream.getvalue() + native.text + deepl.text + libre.text
        crash = next(json.loads(line) for line in stream.getvalue().splitlines() if '"crash"' in line)
        assert crash["id"] == "find-me"
        assert crash["traceback"][0] == "builtins.ValueError"
        assert any("in segments" in line for line in crash["traceback"])
        assert found['dragoman_crashes_total{dialect="native"}'] == 1

    def test_causes_and_groups_without_messages(self):
        try:
            try:
                raise KeyError("secret")
            except KeyError as error:
                raise ExceptionGroup("secret", [ValueError("secret")]) from error
        except ExceptionGroup as group:
            told = "\n".join(described(group))
        assert "secret" not in told
        assert all(name in told for name in ("ExceptionGroup", "ValueError", "KeyError"))

    def test_a_stuck_reader_stops_nobody(self):
        class Stuck(io.StringIO):
            def write(self, text):
                threading.Event().wait(0.3)
                return super().write(text)

        writer = LineWriter(Stuck(), most=10)
        for number in range(100):
            writer.put(str(number))
        assert writer.lost >= 80
        writer.close()

    @pytest.mark.parametrize("form", ["json", "text"])
    def test_a_full_disk_ends_nobody_and_tears_one_line_at_most(self, form, monkeypatch):
        class Disk(io.StringIO):
            room = 10**6

            def write(self, text):
                written = text[: self.room]
                self.room -= len(written)
                super().write(written)
                if written != text:
                    raise OSError(28, "No space left on device")
                return len(text)

        monkeypatch.setattr("sys.stderr", disk := Disk())
        with talk_as(form) as stream:
            log = Log(form, LineWriter(stream))
            log.write("info", "before", {})
            log.writer.close()
            disk.room = 10
            for _ in range(3):
                log.write("info", "full", {})
            log.writer.close()
            warn("nobody hears it")
            disk.room = 10**6
            warn("there is room again")
            log.write("info", "after", {})
            log.writer.close()
        lines = disk.getvalue().splitlines()
        assert log.writer.lost == 3
        assert len(lines) == 4
        assert len(lines[1]) == 10
        assert "before" in lines[0]
        assert "room again" in lines[2]
        assert "after" in lines[3]
        if form == "json":
            assert all(json.loads(line)["event"] for line in (lines[0], *lines[2:]))

    def test_talk_and_libraries_become_lines_of_json(self):
        import logging

        stream = io.StringIO()
        log = Log("json", LineWriter(stream))
        TalkAsJson(stream).write("warning: the disk is full\n")
        try:
            raise ValueError("secret")
        except ValueError:
            record = logging.getLogger("x").makeRecord("x", 40, "f", 1, "went wrong", (), True)
            import sys

            record.exc_info = sys.exc_info()
        LogRecords(log).emit(record)
        log.writer.close()
        talk, library = map(json.loads, stream.getvalue().splitlines())
        assert (talk["level"], talk["message"]) == ("warning", "the disk is full")
        assert library["level"] == "error"
        assert "secret" not in stream.getvalue()


class TestReady:
    def test_a_model_that_hangs_is_named_and_one_that_recovers_is_ready(self):
        hanging = Hanging("en", "de")
        service = make_service(hanging, Parrot("zh", "en"))
        with app_of(service) as client:
            assert client.get("/ready").status_code == 200
            prober = Prober(service.fleet, timeout_seconds=0.05)
            asyncio.run(prober.look())
            answer = client.get("/ready")
            assert answer.status_code == 503
            assert answer.json()["status"] == "failing"
            assert [(one["source"], one["target"]) for one in answer.json()["models"]] == [("en", "de")]
            assert client.get("/health").status_code == 503
            assert not client.get("/api/v1/health").json()["ready"]
            assert client.get("/live").status_code == 200
            assert series(client)['dragoman_model_answers{direction="en-de"}'] == 0
            hanging.released.set()
            asyncio.run(Prober(service.fleet, timeout_seconds=5).look())
            assert client.get("/ready").json() == {"status": "ready"}
            assert client.get("/health").json() == {"status": "ok"}

    def test_a_model_that_fails(self):
        service = make_service(Broken("en", "de"))
        with app_of(service) as client:
            assert client.post("/translate", json={"q": "private", "source": "en", "target": "de"}).status_code == 503
            assert series(client)['dragoman_batches_failed_total{direction="en-de"}'] == 1
        service = make_service(Broken("en", "de"))
        asyncio.run(Prober(service.fleet).look())
        assert service.fleet.troubled == [("en", "de", "it fails: ValueError")]
        with pytest.raises(RefusedError):
            service.fleet.check()

    def test_a_probe_is_hidden_from_cache_and_pace_and_spared_where_work_shows_it(self):
        async def look_twice():
            await prober.look()
            await service.answer(Ask(("hello",), "de", "en"), Credentials())
            await prober.look()
            await prober.look()

        service = make_service(parrot := Parrot("en", "de"))
        prober = Prober(service.fleet)
        asyncio.run(look_twice())
        batcher = service.fleet.members[0].batcher
        assert parrot.asked == ["1", "hello", "1"]
        assert (len(batcher.cache), batcher.cache.misses, batcher.pace.batches) == (1, 1, 1)

    def test_a_busy_model_does_not_hang(self):
        async def under_load():
            texts = tuple(f"text {number}" for number in range(12))
            work = asyncio.create_task(service.answer(Ask(texts, "de", "en"), Credentials()))
            await asyncio.sleep(0.02)
            await Prober(service.fleet, timeout_seconds=0.12).look()
            await work

        service = make_service(Parrot("en", "de", seconds=0.05))
        service.fleet.members[0].batcher.max_tokens = 10
        asyncio.run(under_load())
        assert service.fleet.troubled == []


def test_the_trace_of_a_request_is_its_own():
    stream = io.StringIO()
    with app_of(make_service(Parrot("en", "de")), stream=stream, log="json") as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda size: translate(client, "x" * size), range(1, 60)))
    counted = sorted(json.loads(line)["characters"] for line in stream.getvalue().splitlines())
    assert counted == list(range(1, 60))


def test_a_choice_that_is_none():
    with pytest.raises(ConfigError, match="--log"):
        TelemetryOptions(log="xml")
