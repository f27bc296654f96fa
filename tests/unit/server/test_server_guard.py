"""What never reaches a dialect: too large, too slow, too deep, too often; and the headers of what does."""

import asyncio
import json
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from server_fakes import Parrot, make_service, nothing
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from dragoman.base.errors import ConfigError
from dragoman.server.app import create_app
from dragoman.server.security.guard import json_shape
from dragoman.server.security.options import RequestLimits, SecurityOptions
from dragoman.server.security.patience import impatient_protocol
from dragoman.server.telemetry.options import TelemetryOptions
from dragoman.server.telemetry.telemetry import Telemetry

ASK = {"q": "hello", "source": "en", "target": "de"}


@contextmanager
def served(*, log="off", **limits):
    """A real server with these limits, and its address."""
    found = RequestLimits(**{"requests_per_minute": 0, **limits})
    telemetry = Telemetry(TelemetryOptions(log=log))
    app = create_app(make_service(Parrot("en", "de")), nothing, limits=found, telemetry=telemetry)
    http = impatient_protocol(found)
    config = uvicorn.Config(
        app, port=0, http=http, ws="none", log_level="error", access_log=False, timeout_keep_alive=1,
        h11_max_incomplete_event_size=65536,
    )  # fmt: skip
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield listening.getsockname()[:2]
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def talk(place, *parts, pause=0.0, half_close=False):
    """Everything that is answered to these bytes."""
    answer = b""
    with socket.create_connection(place, timeout=20) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            while more := connection.recv(65536):
                answer += more
        except (BrokenPipeError, ConnectionResetError):
            pass
    return answer


def head(*lines, path="/translate", method="POST"):
    more = "".join(f"{line}\r\n" for line in ("Host: x", "Content-Type: application/json", *lines))
    return f"{method} {path} HTTP/1.1\r\n{more}\r\n".encode()


@pytest.fixture
def client():
    limits = RequestLimits(requests_per_minute=0, max_body_bytes=10_000, max_parameters=50, max_json_depth=8)
    with TestClient(create_app(make_service(Parrot("en", "de")), nothing, limits=limits)) as found:
        yield found


class TestBodies:
    def test_a_body_that_is_too_large_in_every_dialect(self, client):
        for path, key in (
            ("/translate", "error"),
            ("/api/v1/translate", "message"),
            ("/v2/translate", "message"),
            ("/v1/chat/completions", "error"),
            ("/MTRestService/TranslateJson", "title"),
            ("/live", "error"),
        ):
            answer = client.post(path, content=b"x" * 10_001)
            assert answer.status_code in (400, 413), path
            assert key in answer.json(), path
            assert answer.headers["connection"] == "close" or answer.status_code == 400
            assert answer.headers["x-frame-options"] == "DENY"

    def test_a_body_without_a_length(self, client):
        answer = client.post("/translate", content=(b"x" * 1000 for _ in range(11)))
        assert answer.status_code == 413
        assert client.post("/translate", json=ASK).status_code == 200
        whole = json.dumps(ASK).encode()
        parts = (whole[place : place + 5] for place in range(0, len(whole), 5))
        answer = client.post("/translate", content=parts, headers={"content-type": "application/json"})
        assert answer.json() == {"translatedText": "de(hello)"}

    def test_a_packed_body(self, client):
        answer = client.post("/translate", content=b"\x1f\x8b" + b"0" * 50, headers={"content-encoding": "gzip"})
        assert answer.status_code == 415

    def test_many_parameters(self, client):
        form = "&".join(f"q{number}=x" for number in range(60))
        kind = {"content-type": "application/x-www-form-urlencoded"}
        assert client.post("/translate", content=form, headers=kind).status_code == 413
        assert client.get(f"/languages?{form}").status_code == 413

    def test_many_headers(self, client):
        answer = client.get("/languages", headers={f"x-{number}": "1" for number in range(120)})
        assert answer.status_code == 431

    @pytest.mark.parametrize("path", ["/translate", "/api/v1/translate", "/v2/translate", "/v1/chat/completions"])
    @pytest.mark.parametrize(
        "body", [b"[" * 9, b'{"q":' * 9, b'["\\"]", ' + b"[" * 8, b"[" * 9_000, b'{"q": "\xff"}', b'{"q": "\\']
    )
    def test_json_that_is_too_deep_or_broken(self, client, path, body):
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400

    def test_json_that_is_too_deep_is_refused_though_it_is_json(self, client):
        inner = json.loads("[" * 8 + "]" * 8)
        assert client.post("/translate", json={**ASK, "z": inner[0]}).status_code == 200
        answer = client.post("/translate", json={**ASK, "z": inner})
        assert (answer.status_code, answer.json()) == (400, {"error": "the JSON is nested more than 8 times"})

    def test_brackets_in_a_text_are_text(self, client):
        answer = client.post("/translate", json={**ASK, "q": '[[[[[[[[[[ \\" {{{{{{{{{{'})
        assert answer.status_code == 200

    def test_ten_thousand_texts(self):
        with TestClient(create_app(make_service(Parrot("en", "de")), nothing)) as client:
            many = ["x"] * 10_000
            assert client.post("/translate", json={**ASK, "q": many}).status_code == 413
            assert client.post("/api/v1/translate", json={"text": many, "target": "de"}).status_code == 413
            form = "&".join(["text=x"] * 10_000)
            kind = {"content-type": "application/x-www-form-urlencoded"}
            assert client.post("/v2/translate", content=form, headers=kind).status_code == 413


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_depth_and_values_are_what_they_are(value):
    def inner(one):
        return list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else None

    def deep(one):
        return 0 if inner(one) is None else 1 + max(map(deep, inner(one)), default=0)

    def many(one):
        return 0 if inner(one) is None else max(1, len(inner(one))) + sum(map(many, inner(one)))

    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert json_shape(text.encode(errors="surrogatepass"), enough=-1) == (deep(value), many(value))


def test_the_shape_takes_no_time_on_hostile_bodies():
    for hostile in (b'"\\' * 1_000_000, b'[]"' * 700_000, b"\\" * 2_000_000, b'["' + b"\\\\" * 1_000_000):
        assert json_shape(hostile, enough=0)[0] <= 1  # in a time that grows with them alone: else this never ends


class TestConnections:
    def test_an_ordinary_one(self):
        with served() as place:
            body = json.dumps(ASK).encode()
            answer = talk(place, head(f"Content-Length: {len(body)}", "Connection: close") + body)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"de(hello)" in answer

    def test_a_length_that_is_too_large_is_refused_before_the_body(self):
        with served() as place:
            assert talk(place, head("Content-Length: 99999999999")).startswith(b"HTTP/1.1 413")

    def test_chunks_without_end(self):
        with served(max_body_bytes=100_000) as place:
            chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
            answer = talk(place, head("Transfer-Encoding: chunked"), *[chunk] * 11)
            assert answer.startswith(b"HTTP/1.1 413") or answer == b""  # closed while it was still sending

    def test_a_slow_body(self):
        with served(max_body_seconds=0.2) as place:
            began = time.monotonic()
            answer = talk(place, head("Content-Length: 1000"), b"{", b" ", pause=0.05)
            assert answer.startswith(b"HTTP/1.1 408")
            assert time.monotonic() - began < 10

    @pytest.mark.parametrize("parts", [(), (b"POST /translate HT",), (b"GET /languages HTTP/1.1\r\n", b"X: y\r\n")])
    def test_a_slow_head_is_closed(self, parts):
        with served(max_header_seconds=0.2) as place:
            assert talk(place, *parts, pause=0.02) == b""

    def test_a_connection_that_is_kept_and_used_no_more_is_closed(self):
        with served(max_header_seconds=0.2) as place:
            answer = talk(place, head(path="/live", method="GET"), b"GET /li", pause=0.05)
            assert answer.count(b"HTTP/1.1") == 1

    def test_a_half_closed_one_takes_nobody_along(self):
        with served() as place:
            talk(place, head("Content-Length: 1000"), b'{"q"', half_close=True)
            body = json.dumps(ASK).encode()
            answer = talk(place, head(f"Content-Length: {len(body)}", "Connection: close") + body)
            assert b"de(hello)" in answer

    def test_who_reads_nothing_of_an_answer_is_cut_off(self):
        with served(max_stall_seconds=0.2) as place:
            body = json.dumps({**ASK, "q": "hello " * 16_000}).encode()
            with socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                connection.settimeout(20)
                connection.connect(place)
                with pytest.raises((ConnectionResetError, BrokenPipeError)):  # noqa: PT012 - some time it is cut
                    for _ in range(2000):
                        connection.sendall(head(f"Content-Length: {len(body)}") + body)
                        time.sleep(0.02)

    def test_who_reads_slowly_gets_all_of_it(self):
        text = "hello " * 16_000
        with served(max_stall_seconds=0.2) as place:
            body = json.dumps({**ASK, "q": [text] * 1}).encode()
            with socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                connection.settimeout(20)
                connection.connect(place)
                connection.sendall(head(f"Content-Length: {len(body)}", "Connection: close") + body)
                answer = b""
                while more := connection.recv(2000):
                    answer += more
                    time.sleep(0.01)
            assert answer.count(b"hello") == 16_000

    def test_a_head_that_is_too_large(self):
        with served() as place:
            answer = talk(place, head(f"X: {'y' * 200_000}", method="GET"))
            assert answer.startswith(b"HTTP/1.1 4") or answer == b""

    def test_two_lengths_and_other_tricks(self):
        with served() as place:
            for lines in (
                ("Content-Length: 5", "Content-Length: 6"),
                ("Content-Length: -1",),
                ("Content-Length: 1_0",),
                ("Transfer-Encoding: x",),
            ):
                assert talk(place, head(*lines) + b"hello").startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")), lines


class TestRates:
    def ask(self, app, address):
        async def go():
            sent = []
            scope = {
                "type": "http", "method": "GET", "path": "/languages", "raw_path": b"/languages", "root_path": "",
                "scheme": "http", "query_string": b"", "headers": [], "http_version": "1.1",
                "client": (address, 1), "server": ("x", 80),
            }  # fmt: skip
            messages = [{"type": "http.request", "body": b"", "more_body": False}]

            async def receive():
                if messages:
                    return messages.pop()
                return await asyncio.Event().wait()

            async def send(message):
                sent.append(message)

            await app(scope, receive, send)
            return sent[0]

        return asyncio.run(go())

    def test_one_address_cannot_keep_out_another(self):
        limits = RequestLimits(requests_per_minute=15)
        app = create_app(make_service(Parrot("en", "de")), nothing, limits=limits)
        assert [self.ask(app, f"2001:db8::{number}")["status"] for number in range(5)] == [200, 200, 200, 429, 429]
        assert self.ask(app, "2001:db8:0:1::1")["status"] == 200
        assert all(self.ask(app, "127.0.0.1")["status"] == 200 for _ in range(9))
        refused = self.ask(app, "2001:db8::77")
        assert b"retry-after" in dict(refused["headers"])

    def test_only_named_proxies_are_believed(self):
        for wrong in ("*", "proxy.example", "10.0.0.0/99", ""):
            with pytest.raises(ConfigError):
                SecurityOptions(trusted_proxies=[wrong]).proxies  # noqa: B018
        proxies = SecurityOptions(trusted_proxies=["10.0.0.5/8", "::1"]).proxies
        assert proxies == ["10.0.0.0/8", "::ffff:10.0.0.0/104", "::1/128"]

        async def who(scope, receive, send):
            assert scope["type"] == "http"
            seen.append(scope["client"][0])

        seen = []
        for address in ("10.9.9.9", "::ffff:10.9.9.9", "::1", "11.0.0.1", "::ffff:11.0.0.1"):
            scope = {"type": "http", "client": (address, 1), "headers": [(b"x-forwarded-for", b"127.0.0.1, 192.0.2.7")]}
            asyncio.run(ProxyHeadersMiddleware(who, proxies)(scope, None, None))
        assert seen == ["192.0.2.7", "192.0.2.7", "192.0.2.7", "11.0.0.1", "::ffff:11.0.0.1"]


class TestPages:
    def test_no_page_asks_another_server_for_anything(self, client):
        page = client.get("/api/v1/docs")
        assert page.status_code == 200
        assert "POST /translate" in page.text
        assert "http://" not in page.text + client.get("/api/v1/docs.css").text
        assert "https://" not in page.text
        assert "<script" not in page.text
        assert "<style" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe" not in policy
        assert client.get("/docs").status_code == 404
        assert client.get("/redoc").status_code == 404

    def test_other_websites_may_not_ask_unless_they_are_named(self, client):
        origin = {"Origin": "https://a.example"}
        assert "access-control-allow-origin" not in client.get("/languages", headers=origin).headers
        app = create_app(make_service(Parrot("en", "de")), nothing, origins=["https://a.example"])
        with TestClient(app) as named:
            allowed = named.get("/languages", headers=origin).headers
            assert allowed["access-control-allow-origin"] == "https://a.example"
            assert "access-control-allow-credentials" not in allowed
            other = named.get("/languages", headers={"Origin": "https://b.example"}).headers
            assert "access-control-allow-origin" not in other

    def test_a_named_page_may_use_the_libraries_it_likes(self):
        """OpenAI's library asks before it sends a dozen headers of its own."""
        app = create_app(make_service(Parrot("en", "de")), nothing, origins=["https://a.example"])
        asks = {
            "Origin": "https://a.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-stainless-arch,x-stainless-lang",
        }
        with TestClient(app) as client:
            allowed = client.options("/v1/chat/completions", headers=asks)
            assert allowed.status_code == 200
            assert "x-stainless-arch" in allowed.headers["access-control-allow-headers"]
            assert "authorization" in allowed.headers["access-control-allow-headers"]
            asks["Origin"] = "https://b.example"
            assert client.options("/v1/chat/completions", headers=asks).status_code == 400


def test_nothing_of_a_request_is_written_anywhere(capfd):
    with served(log="text") as place:
        body = json.dumps({**ASK, "q": "a private text\nFORGED LINE", "target": "xx"}).encode()
        talk(place, head(f"Content-Length: {len(body)}", "Connection: close", path="/translate?api_key=s3cret") + body)
        talk(place, b"nonsense with s3cret\r\n\r\n")
    written = "".join(capfd.readouterr())
    assert "private" not in written
    assert "FORGED" not in written
    assert "s3cret" not in written
    assert "route=/translate status=400" in written  # but that there was one
