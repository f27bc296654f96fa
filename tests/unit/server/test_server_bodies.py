"""Bodies that are small and cost much, bodies of many at once, and files that must not lie on a disk."""

import asyncio
import json
import tempfile

import pytest
from server_fakes import Parrot, make_service, nothing
from starlette.testclient import TestClient
from test_contract_dialects import SPOKEN
from test_server_guard import head, served, talk

from dragoman.server.app import create_app
from dragoman.server.ask import RefusedError
from dragoman.server.security.bodies import SMALL_BYTES, Bodies
from dragoman.server.security.options import RequestLimits

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def client():
    with TestClient(create_app(make_service(Parrot("en", "de")), nothing)) as made:
        yield made


def parts(*fields, file=None):
    """A multipart body of (name, value), and of a file."""
    said = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
    if file is not None:
        said.append(f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n{file}\r\n')
    return "".join([*said, "--x--\r\n"]).encode()


@pytest.mark.parametrize("name", SPOKEN)
class TestValues:
    @pytest.mark.parametrize("more", ["[" + "1," * 1_000_000 + "1]", "{" + '"a":[],' * 500_000 + '"b":{}}'])
    def test_a_million_of_them_are_refused_before_they_are_objects(self, client, name, more):
        content = json.dumps({**SPOKEN[name].body("hello", "en", "de"), "text": 0}).replace("0", more, 1)
        answer = client.post(SPOKEN[name].path, content=content, headers=JSON)
        assert answer.status_code == (400 if name == "openai" else 413)
        assert "10,000 values" in SPOKEN[name].message(answer.json())

    def test_json_in_another_encoding_is_refused(self, client, name):
        text = json.dumps(SPOKEN[name].body("∀", "en", "de"), ensure_ascii=False)
        for encoding in ("utf-16", "utf-16-le", "utf-32-be"):
            answer = client.post(SPOKEN[name].path, content=text.encode(encoding), headers=JSON)
            assert answer.status_code == 400
            assert "UTF-8" in SPOKEN[name].message(answer.json())

    def test_of_two_content_types_the_one_that_is_looked_at_is_the_one_that_counts(self, name):
        form = b"&".join([b"text=x"] * 3000)
        two = ["Content-Type: application/x-www-form-urlencoded", "Content-Type: multipart/form-data; boundary=x"]
        with served() as place:
            lines = (f"Content-Length: {len(form)}", "Connection: close", *two)
            asked = head(*lines, path=SPOKEN[name].path).replace(b"Content-Type: application/json\r\n", b"")
            assert b"2,000 parameters" in talk(place, asked + form)


def test_of_many_mistakes_the_first_are_told(client):
    wrong = {"text": [1] * 3000, "target": "de", "x" * 3000: 1}
    answer = client.post("/api/v1/translate", json=wrong)
    assert answer.status_code == 400
    assert len(answer.content) < 2000
    assert answer.json()["message"].startswith("text.str: Input should be a valid string; text.list[str].0: ")
    assert answer.json()["message"].endswith("and 2,994 more")
    answer = client.post("/api/v1/translate", json={"text": "hello", "target": "de", "x" * 3000: 1})
    assert answer.json()["message"] == f"{'x' * 80}: Extra inputs are not permitted"


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "unicode_escape", "utf-16"])
def test_a_form_in_a_charset_that_python_alone_knows(client, charset):
    for more in (f'charset="{charset}"', f"charset*=utf-8''{charset}", f"charset=utf-8; charset={charset}"):
        headers = {"content-type": f"multipart/form-data; boundary=x; {more}"}
        answer = client.post("/translate", content=parts(("q", "hello")), headers=headers)
        assert answer.status_code == 415, more
    headers = {"content-type": 'multipart/form-data; boundary=x; charset="UTF-8"'}
    answer = client.post("/translate", content=parts(("q", "hé"), ("source", "en"), ("target", "de")), headers=headers)
    assert answer.json() == {"translatedText": "de(hé)"}


def test_a_form_holds_as_many_texts_as_a_request_may(client):
    form = "&".join(["text=x"] * 1000) + "&target_lang=DE&source_lang=EN"
    answer = client.post("/v2/translate", content=form, headers=FORM)
    assert len(answer.json()["translations"]) == 1000
    emoji = {"q": "😀" * 99_000, "source": "en", "target": "de"}
    assert client.post("/translate", data=emoji).status_code == 200


@pytest.mark.parametrize("target", ["http://x/translate", "*", "translate", "http://x"])
def test_a_target_that_is_no_path(target):
    with served() as place:
        for lines, status in (
            (["Connection: close"], b"404"),
            (["Content-Encoding: gzip", "Connection: close"], b"415"),
        ):
            answer = talk(place, head(*lines, path=target))
            assert answer.startswith(b"HTTP/1.1 " + status)
            assert b'{"error":' in answer  # as the dialect at the root says it


class TestHeld:
    def read(self, bodies, *sent):
        messages = [{"type": "http.request", "body": one, "more_body": one is not sent[-1]} for one in sent]

        async def receive():
            return messages.pop(0)

        return bodies.read({}, receive)

    def test_all_together_have_a_limit_and_small_ones_always_room(self):
        bodies = Bodies(RequestLimits(max_held_bytes=500_000))
        large, small = b"x" * 300_000, b"y" * SMALL_BYTES

        async def go():
            async with self.read(bodies, large, b"end") as first:
                assert (first, bodies.held) == (large + b"end", 300_003)
                with pytest.raises(RefusedError) as refused:
                    async with self.read(bodies, small, large):
                        raise AssertionError("no room")
                assert (refused.value.status, refused.value.reason, bodies.held) == (503, "busy", 300_003)
                async with self.read(bodies, small), self.read(bodies, small), self.read(bodies, small):
                    assert bodies.held == 600_003
            assert bodies.held == 0
            async with self.read(bodies, large) as again:
                assert again == large
            assert bodies.held == 0

        asyncio.run(go())

    def test_what_is_refused_or_left_holds_nothing(self):
        bodies = Bodies(RequestLimits(max_body_bytes=1000, max_body_seconds=0.05))

        async def never():
            await asyncio.sleep(5)

        async def go():
            for reading, status in ((bodies.read({}, never), 408), (self.read(bodies, b"x" * 900, b"y" * 900), 413)):
                with pytest.raises(RefusedError) as refused:
                    async with reading:
                        raise AssertionError("nothing to be read")
                assert (refused.value.status, bodies.held) == (status, 0)

        asyncio.run(go())


def test_a_large_file_is_never_written_to_a_disk(client, monkeypatch):
    def fail(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    text = "A dog runs.\n" * 30
    fields = (("source", "en"), ("target", "de"), ("source_lang", "EN"), ("target_lang", "DE"))
    files = parts(*fields, file=text + " " * 2_000_000)
    for path in ("/api/v1/files", "/translate_file", "/v2/document"):
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = client.post(path, content=files, headers=headers)
        assert answer.status_code in (200, 202), answer.text
