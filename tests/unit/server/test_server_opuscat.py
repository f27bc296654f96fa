"""OPUS-CAT's dialect, asked with the addresses that its plug-ins make."""

import pytest
from server_fakes import KeyGate, Parrot, make_service, nothing
from starlette.testclient import TestClient

from dragoman.server.app import create_app
from dragoman.server.gate import Caller

BASE = "/MTRestService"


@pytest.fixture
def client(service):
    with TestClient(create_app(service, nothing)) as client:
        yield client


def test_what_the_browsers_and_wordfast_ask(client):
    query = {"tokenCode": "0", "input": "a & b?\nc", "srcLangCode": "en", "trgLangCode": "de", "modelTag": ""}
    expected = "de(a & b?)\nde(c)"
    assert client.get(f"{BASE}/TranslateJson", params=query).json() == {"translation": expected}
    assert client.post(f"{BASE}/TranslatePost", data=query).json() == {"translation": expected}
    assert client.get(f"{BASE}/TranslateParagraphJson", params=query).json() == expected
    assert client.get(f"{BASE}/Translate", params=query).text == expected
    assert client.get(f"{BASE}/TranslateStream", params=query).text == expected
    query |= {"tokenCode": "", "srcLangCode": "eng-US", "trgLangCode": "deu", "inputIsSingleSentence": "true"}
    assert client.get(f"{BASE}/TranslateJson", params=query).json() == {"translation": expected}
    assert client.get(f"{BASE}/TranslateJson", params={**query, "input": ""}).json() == {"translation": ""}


def test_what_plug_ins_ask_at_the_start(client):
    assert client.get(f"{BASE}/ListSupportedLanguagePairs?tokenCode=0").json() == ["en-de", "zh-de", "zh-en"]
    assert client.get(f"{BASE}/GetLanguagePairModelTags?tokenCode=0&srcLangCode=en&trgLangCode=de").json() == []
    status = f"{BASE}/CheckModelStatus?tokenCode=0&srcLangCode=en&trgLangCode="
    assert "will be used" in client.get(f"{status}de").text
    assert "No model available for en-fi" in client.get(f"{status}fi").text


@pytest.mark.parametrize(
    "query", ["", "input=x", "input=x&srcLangCode=en&trgLangCode=fi", "srcLangCode=en&trgLangCode=de"]
)
def test_mistakes(client, query):
    answer = client.get(f"{BASE}/TranslateJson?{query}")
    assert answer.status_code == 400  # OmegaT's plug-in shows this number
    assert answer.json()["status"] == 400


def test_the_token_is_the_key():
    service = make_service(Parrot("en", "de"), gate=KeyGate(good=Caller("one")))
    with TestClient(create_app(service, nothing)) as client:
        ask = f"{BASE}/TranslateJson?input=x&srcLangCode=en&trgLangCode=de&tokenCode="
        assert client.get(f"{ask}good").json() == {"translation": "de(x)"}
        assert client.get(f"{ask}0").status_code == 401
        assert client.get(f"{BASE}/ListSupportedLanguagePairs?tokenCode=bad").status_code == 401
