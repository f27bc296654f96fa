"""What every dialect of the service must bear on a real connection: bytes that are no request, or a strange one.

Each ends in an error of the dialect, or, where no request can be made out at all, in a bare 400 and a closed
connection; never in a 500, and the next request is answered.
"""

import json
import socket
import time

import pytest
from test_contract_dialects import SPOKEN, TRANSLATING
from test_server_guard import served, talk


@pytest.fixture(scope="module")
def place():
    with served(max_body_seconds=1.0, max_header_seconds=2.0) as address:
        yield address


def request(name, body, *lines, method="POST", kind="application/json", length=None):
    size = len(body) if length is None else length
    head = [f"{method} {SPOKEN[name].path} HTTP/1.1", "Host: x", f"Content-Length: {size}", *lines]
    return "\r\n".join([*head, *([f"Content-Type: {kind}"] if kind else []), "", ""]).encode() + body


def good(name, text="hello"):
    return json.dumps(SPOKEN[name].body(text, "en", "de")).encode()


def answers(raw):
    """(status, body) of each answer; an interim one is passed over."""
    found = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        is_interim = lines[0].split()[1].startswith("1")
        size = 0 if is_interim else int(headers.get("content-length", len(rest)))
        found.append((int(lines[0].split()[1]), rest[:size]))
        raw = rest[size:]
    return found


def alive(place, name):
    [(status, _)] = answers(talk(place, request(name, good(name), "Connection: close")))
    assert status in (200, 201)


def said(name, body):
    """The error's text, in the dialect's form."""
    message = SPOKEN[name].message(json.loads(body))
    assert isinstance(message, str)
    assert message


@pytest.mark.parametrize("name", SPOKEN)
class TestBytes:
    @pytest.mark.parametrize(
        "body",
        [b"", b"\0" * 100, b"\xff\xfe\x00", b'{"q": "\xed\xa0\x80"}', b"\x1f\x8b\x08\0\0", b"a=%FF&b=%", b"{}{}"],
    )
    @pytest.mark.parametrize(
        "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                 "multipart/form-data", "text/plain", "application/xml", "a/b; charset=\xe9", ""]
    )  # fmt: skip
    def test_bodies_of_every_kind(self, place, name, body, kind):
        found = answers(talk(place, request(name, body, "Connection: close", kind=kind)))
        assert len(found) == 1
        status, text = found[0]
        assert 400 <= status < 500, (status, text)
        said(name, text)

    @pytest.mark.parametrize(
        "text", ["a\0b", "\0", "\U0010ffff\u202e\ufeff", "\ud83d\ude00" * 2, "x" * 99_000, "\n" * 5000]
    )
    def test_strange_texts_are_texts(self, place, name, text):
        content = json.dumps(SPOKEN[name].body(text, "en", "de")).encode()
        [(status, body)] = answers(talk(place, request(name, content, "Connection: close")))
        assert status in (200, 201) or (name == "deepl-glossaries" and status == 400), (status, body[:200])

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "BREW", "post"])
    def test_methods(self, place, name, method):
        [(status, body)] = answers(
            talk(place, request(name, b"", "Connection: close", method=method)).replace(b"\r\n\r\n\r\n", b"\r\n\r\n")
            if method != "HEAD"
            else talk(place, request(name, b"", "Connection: close", method=method)).partition(b"\r\n\r\n")[0]
            .replace(b"content-length", b"x-length") + b"\r\n\r\n"
        )  # fmt: skip
        assert status in (400, 405) or (method in ("GET", "HEAD") and status == 200), (status, body)
        if body and status > 200:
            said(name, body)


@pytest.mark.parametrize("name", SPOKEN)
class TestConnections:
    def test_requests_that_come_at_once_are_answered_in_order(self, place, name):
        parts = (
            request(name, good(name, "first")) + request(name, b"{") + request(name, good(name), "Connection: close")
        )
        found = answers(talk(place, parts))
        assert [status for status, _ in found] in ([200, 400, 200], [201, 400, 201])
        assert name not in TRANSLATING or (b"first" in found[0][1] and b"hello" in found[2][1])

    def test_a_length_that_is_too_small(self, place, name):
        found = answers(talk(place, request(name, good(name) + b"GARBAGE\r\n\r\n", length=len(good(name)))))
        assert [status for status, _ in found] in ([200, 400], [201, 400])

    def test_a_length_that_is_too_large(self, place, name):
        [(status, body)] = answers(talk(place, request(name, good(name), length=5000)))
        assert status == 408
        said(name, body)
        assert talk(place, request(name, good(name), length=5000), half_close=True) == b""

    @pytest.mark.parametrize(
        "chunks", [b"zz\r\nhello\r\n", b"5\r\nhello", b"-1\r\n", b"ffffffffffffffffffff\r\n", b"5\r\nhel\r\n"]
    )
    def test_chunks_that_are_none(self, place, name, chunks):
        head = request(name, b"", "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
        found = answers(talk(place, head + chunks + b"0\r\n\r\n"))
        assert all(400 <= status < 500 for status, _ in found)
        alive(place, name)

    def test_headers_that_contradict_each_other(self, place, name):
        for lines in (
            ["Content-Type: text/plain", "Content-Type: application/json"],
            ["Host: y"],
            ["Authorization: a", "Authorization: b"],
            ["Expect: 100-continue"],
            ["Upgrade: websocket", "Connection: upgrade, close"],
            ["X-Forwarded-For: 1.2.3.4", "X-Request-Id: \x7f"],
            ["Accept-Encoding: br;q=1", "Accept: nothing/here"],
        ):
            found = answers(talk(place, request(name, good(name), *lines, "Connection: close")))
            assert found
            assert all(status < 500 for status, _ in found), (lines, found)

    def test_a_client_that_leaves_in_the_middle(self, place, name):
        for number in range(5, 200, 40):
            with socket.create_connection(place, timeout=20) as connection:
                connection.sendall(request(name, good(name))[:number])
        alive(place, name)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("native", {"format": "html"}),
        ("libretranslate", {"format": "html"}),
        ("deepl", {"tag_handling": "html"}),
        ("deepl", {"tag_handling": "xml"}),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "<b>" * 33_000,
        "<div>" * 9_000 + "x" + "</div>" * 9_000,
        "<a " * 30_000,
        "&" * 99_000,
        "<!--" * 20_000,
        "]]>" * 30_000,
    ],
)
def test_markup_without_end(place, name, more, text):
    content = json.dumps({**SPOKEN[name].body(text, "en", "de"), **more}).encode()
    began = time.monotonic()
    [(status, body)] = answers(talk(place, request(name, content, "Connection: close")))
    assert status in (200, 400, 413, 503), (status, body[:200])
    if status != 200:
        said(name, body)
    assert time.monotonic() - began < 20
    alive(place, name)


def test_a_text_of_ten_thousand_tags_keeps_them(place):
    text = "<i>a</i> " * 3_000
    content = json.dumps({**SPOKEN["native"].body(text, "en", "de"), "format": "html"}).encode()
    [(status, body)] = answers(talk(place, request("native", content, "Connection: close")))
    assert status == 200
    assert json.loads(body)["translations"][0]["text"].count("<i>") == 3_000
