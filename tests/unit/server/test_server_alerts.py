"""Alerts: when they fire and end, and that they come where they should, and nowhere else."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dragoman.base.errors import ConfigError
from dragoman.server.speaker import Said
from dragoman.server.telemetry.alerts.rules import THRESHOLDS, Alert, Judge, read_thresholds
from dragoman.server.telemetry.alerts.webhook import Webhook, checked
from dragoman.server.telemetry.observer import Batch
from dragoman.server.telemetry.status.history import History, Tally, figures, summed
from dragoman.server.telemetry.trace import Trace
from dragoman.translator.tokens import Tokens

ALERT = Alert("p95_seconds", "firing", 7.0, 5.0, 1_700_000_000.0)


class TestJudge:
    def judge(self, **given):
        told = []
        return Judge(given, told.append, clock=lambda: 100.0), told

    def test_patience_on_both_sides(self):
        judge, told = self.judge()
        for value in (6, 6, 4.9, 6, 6):
            judge.look({"p95_seconds": value})
        assert told == []
        judge.look({"p95_seconds": 6})
        assert [(one.name, one.state, one.value) for one in told] == [("p95_seconds", "firing", 6)]
        assert judge.firing == {"p95_seconds": 100.0}
        for value in (4.9, 4.9, 4.9, 4.9, 4.9, 4.9, 1, 1, 1, 4.5, 1, 1, 1, 1, 1):
            judge.look({"p95_seconds": value})
        assert len(told) == 1
        judge.look({"p95_seconds": 1})
        assert told[1].state == "resolved"
        assert judge.firing == {}

    def test_one_model_that_fails_is_enough(self):
        judge, told = self.judge()
        for _ in range(3):
            judge.look({"models_failing": 1})
        for _ in range(6):
            judge.look({})
        assert [one.state for one in told] == ["firing", "resolved"]

    def test_other_thresholds(self):
        judge, told = self.judge(memory_mb=100.0, drift=float("inf"))
        for _ in range(5):
            judge.look({"memory_mb": 200, "drift": 1e9})
        assert [one.name for one in told] == ["memory_mb"]

    @pytest.mark.parametrize("given", ["speed=3", "drift", "drift=x", "drift=-1", "drift=nan", "=3", ""])
    def test_what_is_no_threshold(self, given):
        with pytest.raises(ConfigError):
            read_thresholds([given])

    def test_as_the_operator_writes_them(self):
        assert read_thresholds(["p95_seconds=2", "drift=off"]) == {"p95_seconds": 2.0, "drift": float("inf")}


class Receiver(HTTPServer):
    """Answers with the statuses it is given, the last one again and again."""

    def __init__(self, *statuses):
        super().__init__(("127.0.0.1", 0), _Page)
        self.statuses = list(statuses)
        self.bodies = []
        self.followed = []
        self.come = threading.Semaphore(0)


class _Page(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        status = self.server.statuses.pop(0) if len(self.server.statuses) > 1 else self.server.statuses[0]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()
        self.server.come.release()

    def do_GET(self):
        self.server.followed.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@contextmanager
def receiving(*statuses):
    server = Receiver(*statuses)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        server.server_close()


class TestWebhook:
    def test_what_is_sent(self):
        with receiving(200) as (server, url):
            webhook = Webhook(url)
            webhook.send(ALERT)
            assert server.come.acquire(timeout=10)
            webhook.close()
        [body] = server.bodies
        assert {name: body[name] for name in ("alert", "state", "value", "threshold")} == {
            "alert": "p95_seconds",
            "state": "firing",
            "value": 7.0,
            "threshold": 5.0,
        }
        assert "p95_seconds firing: 7 (threshold 5)" in body["text"]

    def test_a_redirect_is_not_followed(self):
        with receiving(302) as (server, url):
            webhook = Webhook(url, rests=(0.01,))
            webhook.send(ALERT)
            assert server.come.acquire(timeout=10)
            assert server.come.acquire(timeout=10)  # it was no success: tried again
            webhook.close()
        assert server.followed == []

    def test_it_is_tried_again_and_in_order(self):
        with receiving(500, 503, 302, 200) as (server, url):
            webhook = Webhook(url, rests=(0.01,) * 5)
            webhook.send(ALERT)
            webhook.send(Alert("drift", "firing", 6.0, 5.0, 0.0))
            for _ in range(5):
                assert server.come.acquire(timeout=10)
            webhook.close()
        assert [body["alert"] for body in server.bodies] == ["p95_seconds"] * 4 + ["drift"]
        assert webhook.lost == 0

    def test_what_is_refused_for_good_is_not_sent_again_and_is_told(self, capsys):
        with receiving(404) as (server, url):
            webhook = Webhook(url, rests=(0.01,) * 5)
            webhook.send(ALERT)
            assert server.come.acquire(timeout=10)
            webhook.send(ALERT)
            assert server.come.acquire(timeout=10)
            webhook.close()
        assert len(server.bodies) == 2
        assert "could not be sent" in capsys.readouterr().err

    def test_a_receiver_that_never_answers_is_given_up(self, monkeypatch, capsys):
        monkeypatch.setattr("dragoman.server.telemetry.alerts.webhook._TIMEOUT_SECONDS", 0.1)
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()  # connections are made, and nobody reads
            webhook = Webhook(f"http://127.0.0.1:{silent.getsockname()[1]}/", rests=(0.01, 0.01))
            webhook.send(ALERT)
            for _ in range(500):
                if webhook.lost:
                    break
                time.sleep(0.01)
            webhook.close()
        assert webhook.lost == 1
        assert "could not be sent" in capsys.readouterr().err

    def test_nobody_waits_for_a_receiver_that_is_not_there(self):
        webhook = Webhook("http://127.0.0.1:9/", rests=(30.0,))
        for _ in range(300):
            webhook.send(ALERT)
        assert webhook.lost >= 190
        webhook.close()

    @pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://x/", "example.org", "http://", "http://x:99999/"])
    def test_what_is_no_address(self, url):
        with pytest.raises(ConfigError):
            checked(url)


class TestHistory:
    def test_figures_of_a_step(self):
        now = [0.0]
        history = History(clock=lambda: now[0])
        for number in range(100):
            history.request_ended(Trace(dialect="native", status=200, seconds=number / 100, characters=10))
        history.request_ended(Trace(dialect="native", status=500))
        history.request_ended(Trace(dialect="deepl", status=503))
        history.request_ended(Trace(dialect="", status=200, seconds=99))
        for is_probe in (False, False, True):
            history.batch_ended(Batch("en", "de", ["a"], [Said(("b",), tokens=Tokens(30, 40))], 1.0, is_probe=is_probe))
        now[0] = 10.0
        history.step({"waiting": 3.0})
        found = figures(history.hour[-1])
        assert found["requests_per_second"] == 10.2
        assert found["characters_per_second"] == 100
        assert (found["source_tokens_per_second"], found["target_tokens_per_second"]) == (6, 8)
        assert found["segments_per_second"] == 0.2
        assert (found["error_share"], found["refused_share"]) == (1 / 102, 1 / 102)
        assert found["p50_seconds"] == pytest.approx(0.5, rel=0.13)
        assert found["p95_seconds"] == pytest.approx(0.95, rel=0.13)
        assert found["waiting"] == 3
        now[0] = 20.0
        history.step({})
        assert figures(history.hour[-1])["target_tokens_per_second"] == 0

    def test_a_minute_holds_the_worst_of_its_gauges(self):
        whole = summed([Tally(10, 10, requests=1, gauges={"waiting": 5}), Tally(20, 10, gauges={"waiting": 2})])
        assert (whole.at_seconds, whole.seconds, whole.requests, whole.gauges) == (20, 20, 1, {"waiting": 5})

    def test_it_never_grows_beyond_a_day(self):
        history = History(clock=lambda: 0.0)
        for _ in range(10_000):
            history.step({})
        assert (len(history.hour), len(history.day)) == (360, 1440)

    def test_nothing_happened(self):
        assert figures(summed([]))["p95_seconds"] == 0
        assert set(figures(Tally(gauges=dict.fromkeys(THRESHOLDS, 0.0)))) >= set(THRESHOLDS)
