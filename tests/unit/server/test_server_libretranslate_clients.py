"""LibreTranslate's dialect, asked by the clients that people have: libretranslatepy and deep-translator."""

import urllib.error

import pytest
import requests
from deep_translator import LibreTranslator
from deep_translator.exceptions import AuthorizationException
from libretranslatepy import LibreTranslateAPI
from server_fakes import KeyGate, Parrot, listening, make_service

from dragoman.base.errors import FileAccessError
from dragoman.corpora.sources import open_corpus
from dragoman.server.gate import ANYONE
from dragoman.server.store import suggestions
from dragoman.server.store.suggestions import SuggestionFile


@pytest.fixture(scope="module")
def address():
    with listening(make_service(Parrot("en", "de"), Parrot("zh", "en"))) as address:
        yield address


def test_libretranslatepy(address):
    client = LibreTranslateAPI(address)
    text = "Hello & good-bye,\n  100 % = 100 ％ 😀"
    assert client.translate(text, "en", "de") == "de(Hello & good-bye,)\n  de(100 % = 100 ％ 😀)"
    assert client.translate("你好。", "auto", "de") == "de(en(你好。))"
    assert client.detect("这是一个中文句子。")[0]["language"] == "zh"
    assert [one["code"] for one in client.languages()] == ["en", "zh", "de"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        client.translate("x", "en", "fr")
    assert refused.value.code == 400
    refused.value.close()


def test_deep_translator(address):
    client = LibreTranslator(source="en", target="de", api_key="any", custom_url=f"{address}/")
    assert client.translate("How are you? & so on") == "de(How are you? & so on)"
    assert client.translate_batch(["one", "two"]) == ["de(one)", "de(two)"]


def test_a_key_goes_where_each_client_puts_it():
    with listening(make_service(Parrot("en", "de"), gate=KeyGate(secret=ANYONE))) as address:
        assert LibreTranslateAPI(address, "secret").translate("x", "en", "de") == "de(x)"
        known, unknown = (
            LibreTranslator(source="en", target="de", api_key=key, custom_url=f"{address}/")
            for key in ("secret", "wrong")
        )
        assert known.translate("x") == "de(x)"
        with pytest.raises(AuthorizationException):
            unknown.translate("x")
        assert requests.get(f"{address}/frontend/settings", timeout=10).json()["keyRequired"]


def test_what_is_off_says_so(address):
    settings = requests.get(f"{address}/frontend/settings", timeout=10).json()
    assert settings["suggestions"] is False
    suggestion = {"q": "x", "s": "y", "source": "en", "target": "de"}
    answer = requests.post(f"{address}/suggest", data=suggestion, timeout=10)
    assert answer.status_code == 403
    assert "disabled" in answer.json()["error"]


def test_html_keeps_its_tags(address):
    asked = {"q": "<p>a <b>b</b></p><p>x &amp; y</p>", "target": "de", "source": "en", "format": "html"}
    answer = requests.post(f"{address}/translate", json=asked, timeout=10)
    assert answer.json() == {"translatedText": "<p>de(a <b>b</b>)</p><p>de(x &amp; y)</p>"}


def test_a_suggestion_becomes_a_pair_of_a_corpus(tmp_path, monkeypatch):
    path = tmp_path / "better.jsonl"
    service = make_service(Parrot("en", "de"), suggestions=SuggestionFile(path))
    with listening(service) as address:

        def suggest(**values):
            body = {"q": "two\nlines", "s": "zwei\nZeilen", "source": "en", "target": "de", **values}
            return requests.post(f"{address}/suggest", data=body, timeout=10)

        assert requests.get(f"{address}/frontend/settings", timeout=10).json()["suggestions"]
        assert suggest(source="en-GB").json() == {"success": True}
        for wrong in ({"target": "fr"}, {"s": ""}, {"s": " "}, {"source": "de"}, {"s": "x" * 100_001}):
            assert suggest(**wrong).status_code in (400, 413)
        monkeypatch.setattr(suggestions, "MAX_BYTES", 10)
        assert suggest().status_code == 503
    [record] = open_corpus(str(path), source="en", target="de")
    assert (record.source, record.target) == ("two\nlines", "zwei\nZeilen")


def test_a_file_that_cannot_be_written_is_told_at_once(tmp_path):
    with pytest.raises(FileAccessError, match="nowhere"):
        SuggestionFile(tmp_path / "nowhere" / "better.jsonl")
