"""Files through DeepL's own library, and through LibreTranslate's route as its page and its documentation use it.

(``libretranslatepy`` 2.1 has no function for files.)
"""

import io
import time

import deepl
import pytest
import requests
from server_fakes import KeyGate, Obedient, Parrot, listening, make_service

from dragoman.server.gate import Caller


def named(name, data):
    file = io.BytesIO(data)
    file.name = name
    return file


HTML = b"<p>The <b>red</b> car</p>"


@pytest.fixture(scope="module")
def address():
    with listening(make_service(Obedient("en", "de"))) as address:
        yield address


@pytest.fixture
def client(address, monkeypatch):
    sleep = time.sleep
    monkeypatch.setattr("deepl.translator.time.sleep", lambda seconds: sleep(min(seconds, 0.02)))
    client = deepl.DeepLClient("any", server_url=address)
    yield client
    client.close()


class TestDeepL:
    def test_a_document(self, client):
        made = io.BytesIO()
        found = client.translate_document(named("a.html", HTML), made, target_lang="DE")
        assert made.getvalue() == b"<p>de(The <b>red</b> car)</p>"
        assert (found.status, found.billed_characters) == (deepl.DocumentStatus.Status.DONE, 11)

    def test_from_a_path(self, client, tmp_path):
        (tmp_path / "in.txt").write_bytes("\ufeffHello there.\r\n".encode("utf-16-le"))
        client.translate_document_from_filepath(tmp_path / "in.txt", tmp_path / "out.txt", target_lang="DE")
        assert (tmp_path / "out.txt").read_bytes() == "\ufeffde(Hello there.)\r\n".encode("utf-16-le")

    def test_a_glossary(self, client):
        glossary = client.create_glossary("g", "EN", "DE", {"car": "Wagen"})
        made = io.BytesIO()
        client.translate_document(
            named("a.txt", b"The car."), made, source_lang="EN", target_lang="DE", glossary=glossary
        )
        assert made.getvalue() == b"de(The Wagen.)"

    @pytest.mark.parametrize(
        ("name", "data", "more", "words"),
        [
            ("a.pdf", b"%PDF-1.7", {}, "not translated"),
            ("a.txt", b"", {}, "empty"),
            ("a.docx", b"PK\x03\x04", {}, "damaged"),
            ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", {}, "encrypted"),
            ("a.txt", b"Hello", {"output_format": "pdf"}, "output_format"),
            ("a.txt", b"Hello", {"formality": "more"}, "formality"),
            ("a.txt", b"Hello", {"glossary": "none", "source_lang": "EN"}, "[Gg]lossary"),
            ("a.txt", b"Hello", {"target_lang": "FR"}, "not served"),
        ],
    )
    def test_mistakes(self, client, name, data, more, words):
        with pytest.raises(deepl.DeepLException, match=words):
            client.translate_document_upload(data, filename=name, **({"target_lang": "DE"} | more))

    def test_the_key_of_a_document(self, client, address):
        handle = client.translate_document_upload(b"Hello", filename="a.txt", target_lang="DE")
        wrong = deepl.DocumentHandle(handle.document_id, "0" * 64)
        for ask in (client.translate_document_get_status, client.translate_document_download):
            with pytest.raises(deepl.DeepLException, match="Not found"):
                ask(wrong)
        place = f"{address}/v2/document/{handle.document_id}"
        assert requests.get(place, timeout=10).status_code == 404
        assert requests.post(place, json={"document_key": "\ud800"}, timeout=10).status_code == 404

    def test_a_document_that_fails_and_one_that_is_not_ready(self, client):
        class Broken(Parrot):
            def run(self, kind, segments):
                time.sleep(0.2)
                raise RuntimeError

        with listening(make_service(Broken("en", "de"))) as address:
            other = deepl.DeepLClient("any", server_url=address)
            handle = other.translate_document_upload(b"Hello", filename="a.txt", target_lang="DE")
            early = requests.post(
                f"{address}/v2/document/{handle.document_id}/result",
                json={"document_key": handle.document_key},
                timeout=10,
            )
            assert early.status_code == 503
            found = other.translate_document_wait_until_done(handle)
            assert found.status == deepl.DocumentStatus.Status.ERROR
            assert "failed" in found.error_message
            other.close()

    def test_one_after_another_though_the_client_deletes_none(self, client):
        with listening(make_service(Parrot("en", "de"), max_files_each=2)) as address:
            other = deepl.DeepLClient("any", server_url=address)
            for number in range(5):
                made = io.BytesIO()
                other.translate_document(named("a.txt", b"Text %d" % number), made, target_lang="DE")
                assert made.getvalue() == b"de(Text %d)" % number
            other.close()

    def test_somebody_elses(self):
        gate = KeyGate(ada=Caller("ada"), bob=Caller("bob"))
        with listening(make_service(Parrot("en", "de"), gate=gate)) as address:
            ada, bob = (deepl.DeepLClient(key, server_url=address) for key in ("ada", "bob"))
            handle = ada.translate_document_upload(b"Hello", filename="a.txt", target_lang="DE")
            with pytest.raises(deepl.DeepLException, match="Not found"):
                bob.translate_document_get_status(handle)
            assert ada.translate_document_get_status(handle).ok
            with pytest.raises(deepl.AuthorizationException):
                deepl.DeepLClient("eve", server_url=address).translate_document_upload(
                    b"Hello", filename="a.txt", target_lang="DE"
                )
            ada.close()
            bob.close()


class TestLibreTranslate:
    def test_a_file(self, address):
        files = {"file": ("über.md", b"# Hello *you*\n")}
        answer = requests.post(
            f"{address}/translate_file", files=files, data={"source": "en", "target": "de"}, timeout=10
        )
        place = answer.json()["translatedFileUrl"]
        assert place.startswith(f"{address}/download_file/")
        assert place.endswith(".md")
        got = requests.get(place, timeout=10)
        assert got.content == b"# de(Hello *you*)\n"
        assert got.headers["content-disposition"].startswith("attachment")
        for wrong in (place[:-3] + ".html", place.replace("download_file/", "download_file/0")):
            assert requests.get(wrong, timeout=10).status_code == 404
        settings = requests.get(f"{address}/frontend/settings", timeout=10).json()
        assert settings["filesTranslation"] is True
        assert ".docx" in settings["supportedFilesFormat"]

    @pytest.mark.parametrize(
        ("files", "data", "status", "words"),
        [
            ({}, {"source": "en", "target": "de"}, 400, "missing file"),
            ({"file": ("a.txt", b"Hello")}, {"source": "en"}, 400, "missing target"),
            ({"file": ("a.txt", b"Hello")}, {"target": "de"}, 400, "missing source"),
            ({"file": ("a.exe", b"Hello")}, {"source": "en", "target": "de"}, 400, ".docx"),
            ({"file": ("a.srt", b"Hello")}, {"source": "auto", "target": "de"}, 400, "belongs to no cue"),
        ],
    )
    def test_mistakes(self, address, files, data, status, words):
        answer = requests.post(f"{address}/translate_file", files=files, data=data, timeout=10)
        assert answer.status_code == status
        assert words in answer.json()["error"]

    def test_what_was_fetched_gives_way_and_what_was_not_stays(self):
        with listening(make_service(Parrot("en", "de"), max_files_each=2)) as address:

            def sent():
                fields, files = {"source": "en", "target": "de"}, {"file": ("a.txt", b"Hello")}
                return requests.post(f"{address}/translate_file", files=files, data=fields, timeout=10)

            first, second = (sent().json()["translatedFileUrl"] for _ in range(2))
            assert sent().status_code == 429
            assert requests.get(second, timeout=10).content == b"de(Hello)"
            assert requests.get(second, timeout=10).content == b"de(Hello)"
            assert sent().status_code == 200
            assert requests.get(second, timeout=10).status_code == 404
            assert requests.get(first, timeout=10).content == b"de(Hello)"

    def test_keys(self):
        with listening(make_service(Parrot("en", "de"), gate=KeyGate(ada=Caller("ada")))) as address:
            fields = {"source": "en", "target": "de"}
            for key, status in (({}, 403), ({"api_key": "eve"}, 403), ({"api_key": "ada"}, 200)):
                files = {"file": ("a.txt", b"Hello")}
                answer = requests.post(f"{address}/translate_file", files=files, data=fields | key, timeout=10)
                assert answer.status_code == status
            assert requests.get(answer.json()["translatedFileUrl"], timeout=10).content == b"de(Hello)"
