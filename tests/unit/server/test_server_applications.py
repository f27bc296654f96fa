"""Requests as applications make them that speak for themselves and use no library: Weblate and Mastodon."""

import pytest
import requests
from server_fakes import Obedient, Parrot, listening, make_service


@pytest.fixture(scope="module")
def address():
    with listening(make_service(Obedient("en", "de"), Parrot("zh-Hans", "en"))) as address:
        yield address


class TestWeblate:
    """It offers a direction when both languages are listed, and puts empty tags where something must stay."""

    def test_deepl(self, address):
        base, headers = f"{address}/v2", {"Authorization": "DeepL-Auth-Key any"}

        def ask(method, path, **more):
            answer = requests.request(method, f"{base}/{path}", headers=headers, timeout=10, **more)
            answer.raise_for_status()
            return answer.json() if answer.content else None

        both = [
            {one["language"] for one in ask("GET", "languages", params={"type": kind, "enable_beta_languages": "1"})}
            for kind in ("source", "target")
        ]
        assert "EN" in both[0]
        assert "DE" in both[1]
        pairs = ask("GET", "glossary-language-pairs")["supported_languages"]
        assert {"source_lang": "en", "target_lang": "de"} in pairs
        glossary = {"name": "weblate:1", "source_lang": "EN", "target_lang": "DE", "entries_format": "tsv"}
        made = ask("POST", "glossaries", json={**glossary, "entries": "file\tDatei"})
        assert [one["name"] for one in ask("GET", "glossaries")["glossaries"]] == ["weblate:1"]
        texts = ['Open <x id="5"></x> the file', "Tom &amp; Jerry", "plain"]
        wishes = {"formality": "default", "tag_handling": "xml", "ignore_tags": ["x"]}
        wishes["model_type"] = "prefer_quality_optimized"
        body = {"text": texts, "source_lang": "EN", "target_lang": "DE", "glossary_id": made["glossary_id"], **wishes}
        found = [one["text"] for one in ask("POST", "translate", json=body)["translations"]]
        assert '<x id="5"></x>' in found[0]
        assert "Datei" in found[0]
        assert found[1:] == ["de(Tom &amp; Jerry)", "de(plain)"]
        assert ask("DELETE", f"glossaries/{made['glossary_id']}") is None
        gone = requests.delete(f"{base}/glossaries/{made['glossary_id']}", headers=headers, timeout=10)
        assert gone.status_code == 404

    def test_libretranslate(self, address):
        listed = {one["code"] for one in requests.get(f"{address}/languages", timeout=10).json()}
        assert {"en", "de", "zh-Hans"} <= listed
        for source, target, said in (("en", "de", "de(x)"), ("zh", "en", "en(x)"), ("zh-Hans", "de", "de(en(x))")):
            body = {"api_key": "", "q": "x", "source": source, "target": target}
            answer = requests.post(f"{address}/translate", data=body, timeout=10)
            assert answer.json() == {"translatedText": said}


def test_mastodon(address):
    """All parts of a post in one request, as HTML; the language may be unknown."""
    post = ['<p>Hello <a href="https://a.example/@b">@b</a>!</p>', "A picture of a cat", "Yes &amp; no"]
    body = {"q": post, "source": "auto", "target": "de", "format": "html", "api_key": None}
    answer = requests.post(f"{address}/translate", json=body, timeout=10)
    assert answer.status_code == 200
    found = answer.json()
    assert len(found["translatedText"]) == len(found["detectedLanguage"]) == 3
    assert '<a href="https://a.example/@b">@b</a>' in found["translatedText"][0]
    assert found["translatedText"][1:] == ["de(A picture of a cat)", "de(Yes &amp; no)"]
    assert all(set(one) == {"confidence", "language"} for one in found["detectedLanguage"])
