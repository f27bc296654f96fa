"""DeepL's dialect, asked as DeepL's libraries for Node.js, Java and .NET ask: in forms, lists by numbered names."""

import asyncio
import threading

import pytest
import requests
from server_fakes import Obedient, Parrot, listening, make_service

from dragoman.server.store.glossaries import MemoryGlossaries


@pytest.fixture
def ask():
    with listening(make_service(Obedient("en", "de"), Parrot("zh", "en"))) as address, requests.Session() as session:
        yield lambda method, path, data=None: session.request(method, f"{address}{path}", data=data, timeout=10)


def dictionary(number, source, target, entries, kind="tsv"):
    values = {"source_lang": source, "target_lang": target, "entries": entries, "entries_format": kind}
    return {f"dictionaries[{number}].{name}": value for name, value in values.items()}


def entries(ask, identity, source="en", target="de"):
    answer = ask("GET", f"/v3/glossaries/{identity}/entries?source_lang={source}&target_lang={target}")
    return answer.json()["dictionaries"][0]["entries"].split("\n")


def test_texts_with_every_option(ask):
    form = {
        "target_lang": "de",
        "source_lang": "en",
        "formality": "prefer_less",
        "show_billed_characters": "1",
        "text": ["<r>one <k>two</k><s/>three</r>", "<r>four</r>"],
        "split_sentences": "0",
        "preserve_formatting": "1",
        "tag_handling": "xml",
        "tag_handling_version": "v2",
        "outline_detection": "0",
        "non_splitting_tags": "b",
        "splitting_tags": "s",
        "ignore_tags": "k,l",
        "context": "Of numbers.",
        "model_type": "latency_optimized",
    }
    first, second = ask("POST", "/v2/translate", form).json()["translations"]
    assert first["text"].startswith("<r>de(one")
    assert "<k>two</k>" in first["text"]
    assert first["text"].endswith("<s/>de(three)</r>")
    assert second == {
        "detected_source_language": "EN",
        "text": "<r>de(four)</r>",
        "billed_characters": 11,
        "model_type_used": "latency_optimized",
    }
    refused = ask("POST", "/v2/translate", {**form, "custom_instructions": ["a", "b"]})
    assert (refused.status_code, refused.json()) == (400, {"message": "'custom_instructions' is not supported here"})


def test_no_text_of_a_query_is_lost(ask):
    answer = ask("POST", "/v2/translate?text=one&text=two&source_lang=EN&target_lang=DE").json()
    assert [one["text"] for one in answer["translations"]] == ["de(one)", "de(two)"]


def test_glossaries_of_several_directions(ask):
    form = {"name": "M", **dictionary(1, "zh", "en", "狗,dog", "csv"), **dictionary(0, "en", "de", "dog\tHund")}
    made = ask("POST", "/v3/glossaries", form)
    assert made.status_code == 201
    directions = [(one["source_lang"], one["target_lang"], one["entry_count"]) for one in made.json()["dictionaries"]]
    assert directions == [("en", "de", 1), ("zh", "en", 1)]
    place = f"/v3/glossaries/{(identity := made.json()['glossary_id'])}"
    assert ask("PATCH", place, {"name": "New"}).json()["name"] == "New"
    ask("PATCH", place, dictionary(0, "en", "de", "cat\tKatze"))
    ask("PATCH", place, dictionary(0, "en", "de", "cow,Kuh", "csv"))
    assert entries(ask, identity) == ["dog\tHund", "cat\tKatze", "cow\tKuh"]
    replaced = ask(
        "PUT", f"{place}/dictionaries", {"source_lang": "en", "target_lang": "de", "entries": "owl\tEule"}
    ).json()
    assert replaced == {"source_lang": "en", "target_lang": "de", "entry_count": 1}
    assert entries(ask, identity) == ["owl\tEule"]
    assert entries(ask, identity, "zh", "en") == ["狗\tdog"]
    body = {"text": "an owl", "source_lang": "en", "target_lang": "de", "glossary_id": identity}
    assert ask("POST", "/v2/translate", body).json()["translations"][0]["text"] == "de(an Eule)"
    assert ask("GET", "/v3/glossary-language-pairs").json() == ask("GET", "/v2/glossary-language-pairs").json()


@pytest.mark.parametrize(
    "form",
    [
        {"name": "M"},
        {"name": "M", "dictionaries": "en-de"},
        {"name": "M", "dictionaries[0].source_lang": "en"},
        {"name": "M", "dictionaries[x].source_lang": "en"},
        {"name": "M", "dictionaries[0].source_lang": ["en", "zh"], "dictionaries[0].target_lang": "de"},
    ],
)
def test_lists_that_are_none(ask, form):
    assert ask("POST", "/v3/glossaries", form).status_code == 400
    made = ask("POST", "/v3/glossaries", {"name": "M", **dictionary(0, "en", "de", "dog\tHund")}).json()["glossary_id"]
    changed = {name: value for name, value in form.items() if name != "name"}
    if changed:
        assert ask("PATCH", f"/v3/glossaries/{made}", changed).status_code == 400
    assert entries(ask, made) == ["dog\tHund"]


class Slow(MemoryGlossaries):
    """Takes its time, as a database does."""

    async def find(self, owner, identity):
        found = await super().find(owner, identity)
        await asyncio.sleep(0.05)
        return found


def test_of_two_changes_at_once_both_are_kept():
    service = make_service(Parrot("en", "de"))
    service.glossaries = Slow()
    with listening(service) as address:
        form = {"name": "M", **dictionary(0, "en", "de", "dog\tHund")}
        made = requests.post(f"{address}/v3/glossaries", data=form, timeout=10).json()["glossary_id"]

        def add(number):
            form = dictionary(0, "en", "de", f"word{number}\tWort")
            requests.patch(f"{address}/v3/glossaries/{made}", data=form, timeout=10).raise_for_status()

        threads = [threading.Thread(target=add, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [held] = requests.get(f"{address}/v3/glossaries/{made}", timeout=10).json()["dictionaries"]
    assert held["entry_count"] == 6


@pytest.mark.parametrize("path", ["/v2/write/rephrase", "/v3/style_rules", "/v3/translation_memories"])
def test_what_else_deepl_has_is_not_here(ask, path):
    answer = ask("POST", path, {"text": "x"})
    assert answer.status_code == 404
    assert "not served here" in answer.json()["message"]
