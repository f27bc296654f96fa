"""LibreTranslate's dialect, asked as its clients for Node.js ask, and beside LibreTranslate 1.9.6: the same answers."""

import pytest
from server_fakes import KeyGate, Parrot, make_service, nothing
from starlette.testclient import TestClient

from dragoman.corpora.sources import open_corpus
from dragoman.server.app import create_app
from dragoman.server.gate import ANYONE
from dragoman.server.store.suggestions import SuggestionFile

HELLO = {"q": "hello", "source": "en", "target": "de"}
ENGLISH = "This is surely an English sentence."
GERMAN = "Das ist ganz sicher ein deutscher Satz."


def opened(*speakers, **settings):
    return TestClient(create_app(make_service(*speakers, **settings), nothing))


@pytest.fixture(scope="module")
def client():
    with opened(Parrot("en", "de"), Parrot("zh-Hant", "en")) as client:
        yield client


def test_a_client_that_knows_only_the_languages_of_the_list_finds_the_target_there(client):
    """The package "libretranslate" looks for both languages among the codes."""
    assert client.get("/languages").json() == [
        {"code": "en", "name": "English", "targets": ["de", "en"]},
        {"code": "zh-Hant", "name": "Chinese (Traditional)", "targets": ["de", "en", "zh-Hant"]},
        {"code": "de", "name": "German", "targets": ["de"]},
    ]


@pytest.mark.parametrize("path", ["//translate", "///translate"])
def test_an_address_with_a_slash_at_its_end(client, path):
    """Most clients put "/translate" behind the address they were given."""
    assert client.request("POST", f"http://testserver{path}", json=HELLO).json() == {"translatedText": "de(hello)"}


@pytest.mark.parametrize("path", ["//metrics", "//status", "//v2/usage", "//v1/models", "//api/v1/languages"])
def test_a_path_that_a_proxy_refuses_is_not_reached_by_another_slash(client, path):
    assert client.get(path[1:]).status_code != 404
    assert client.get(f"http://testserver{path}").status_code == 404


@pytest.mark.parametrize("path", ["/health", "/languages", "/frontend/settings", "/live", "/", "/v1/models"])
def test_who_only_asks_for_the_head_gets_it(client, path):
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))
    assert client.head("/translate").status_code == 405


@pytest.mark.parametrize("way", ["json", "data"])
@pytest.mark.parametrize("alternatives", [0, "0", "", -1])
def test_no_alternatives_are_none(client, way, alternatives):
    answer = client.post("/translate", **{way: {**HELLO, "alternatives": alternatives}})
    assert answer.json() == {"translatedText": "de(hello)"}


def test_values_that_clients_send_without_need(client):
    """The package "libretranslate-ts" sends a key that is null."""
    body = {**HELLO, "api_key": None, "alternatives": None, "format": None, "secret": "", "session": "x"}
    assert client.post("/translate", json=body).json() == {"translatedText": "de(hello)"}


def test_every_text_of_a_query_or_form_is_translated(client):
    expected = {"translatedText": ["de(one)", "de(two)"]}
    rest = {"source": "en", "target": "de"}
    assert client.post("/translate", params={"q": ["one", "two"], **rest}).json() == expected
    assert client.post("/translate", data={"q": ["one", "two"], **rest}).json() == expected


def test_languages_by_their_older_names(client):
    assert client.post("/translate", json={**HELLO, "source": "zt"}).json() == {"translatedText": "de(en(hello))"}


@pytest.mark.parametrize("text", ["😀", "123", "…"])
def test_what_no_language_can_be_told_of_is_of_none_for_sure(client, text):
    detected = {"confidence": 0.0, "language": "en"}
    answer = client.post("/translate", json={"q": text, "source": "auto", "target": "de"}).json()
    assert answer["detectedLanguage"] == detected
    assert client.post("/detect", json={"q": text}).json() == [detected]


def test_text_that_is_in_the_wanted_language_stays(client):
    """A page in two languages is sent paragraph by paragraph, all of it with "auto"."""
    answer = client.post("/translate", json={"q": [ENGLISH, GERMAN], "source": "auto", "target": "de"}).json()
    assert answer["translatedText"] == [f"de({ENGLISH})", GERMAN]
    assert [one["language"] for one in answer["detectedLanguage"]] == ["en", "de"]


def test_detection_looks_at_all_texts_and_at_every_language(client):
    assert client.post("/detect", data={"q": GERMAN}).json()[0]["language"] == "de"
    assert client.post("/detect", json={"q": ["Oh!", GERMAN, GERMAN]}).json()[0]["language"] == "de"
    for nothing_there in ("", [], [""]):
        answer = client.post("/detect", json={"q": nothing_there})
        assert (answer.status_code, answer.json()) == (400, {"error": "Invalid request: missing q parameter"})


def test_a_service_that_has_no_model_yet_says_so_when_asked_for_a_language():
    with opened() as client:
        assert client.post("/detect", json={"q": ENGLISH}).status_code == 503
        assert client.post("/translate", json={"q": ENGLISH, "source": "auto", "target": "de"}).status_code == 503


def test_a_file_of_an_unknown_format_is_a_bad_request(client):
    answer = client.post("/translate_file", data={"source": "en", "target": "de"}, files={"file": ("a.xyz", b"x")})
    assert answer.status_code == 400
    assert "'.xyz'" in answer.json()["error"]


@pytest.mark.parametrize("missing", ["q", "s", "source", "target"])
def test_a_suggestion_of_a_page_that_detects(tmp_path, missing):
    path = tmp_path / "better.jsonl"
    with opened(Parrot("en", "de"), suggestions=SuggestionFile(path)) as client:
        body = {"q": ENGLISH, "s": "Besser.", "source": "auto", "target": "de"}
        refused = client.post("/suggest", json={name: value for name, value in body.items() if name != missing})
        assert refused.json() == {"error": f"Invalid request: missing {missing} parameter"}
        assert client.post("/suggest", json=body).json() == {"success": True}
    [record] = open_corpus(str(path), source="en", target="de")
    assert (record.source, record.target) == (ENGLISH, "Besser.")


def test_a_key_goes_into_the_parameters_or_the_header():
    with opened(Parrot("en", "de"), gate=KeyGate(secret=ANYONE)) as client:
        key = {"api_key": "secret"}
        header = {"Authorization": "Bearer secret"}
        for sent in (
            {"json": {**HELLO, **key}},
            {"data": {**HELLO, **key}},
            {"params": {**HELLO, **key}},
            {"json": HELLO, "params": key},
            {"json": HELLO, "headers": header},
            {"json": {**HELLO, "api_key": ""}, "headers": header},
        ):
            assert client.post("/translate", **sent).json() == {"translatedText": "de(hello)"}
        for sent in ({}, {"params": {"api_key": "wrong"}, "headers": header}, {"headers": {"X-API-Key": "secret"}}):
            assert client.post("/translate", json=HELLO, **sent).status_code == 403
