"""DeepL's dialect, asked by DeepL's own library."""

import deepl
import pytest
import requests
from deepl import DeepLClient, http_client
from deepl.api_data import MultilingualGlossaryDictionaryEntries as Entries
from server_fakes import FullGate, KeyGate, Obedient, Parrot, listening, make_service

from dragoman.server.ask import RefusedError
from dragoman.server.gate import Caller
from dragoman.server.store import glossaries


@pytest.fixture(scope="module")
def address():
    with listening(make_service(Obedient("en", "de"), Parrot("zh", "en"))) as address:
        yield address


@pytest.fixture
def client(address):
    client = DeepLClient("any", server_url=address)
    yield client
    client.close()


@pytest.fixture
def impatient(monkeypatch):
    """The library waits 0.4 instead of 10 seconds, and hardly pauses before it tries again."""
    monkeypatch.setattr(http_client, "min_connection_timeout", 0.4)
    monkeypatch.setattr(http_client._BackoffTimer, "BACKOFF_INITIAL", 0.05)
    monkeypatch.setattr(http_client._BackoffTimer, "BACKOFF_MULTIPLIER", 1.0)


def test_texts(client):
    found = client.translate_text("Hello & good-bye,\n 100 % 😀", source_lang="EN", target_lang="DE")
    assert (found.text, found.detected_source_lang) == ("de(Hello & good-bye,)\n de(100 % 😀)", "EN")
    assert found.billed_characters == len("Hello & good-bye,\n 100 % 😀")
    several = client.translate_text(["这是一个中文句子。", "", "b"], source_lang="ZH", target_lang="en-us")
    assert [one.text for one in several] == ["en(这是一个中文句子。)", "", "en(b)"]
    detected = client.translate_text(["这是一个中文句子。", "This is an English sentence."], target_lang="DE")
    assert [one.detected_source_lang for one in detected] == ["ZH", "EN"]


def test_options_that_change_nothing_are_taken_and_those_that_would_are_refused(client):
    known = {
        "split_sentences": "nonewlines",
        "preserve_formatting": True,
        "context": "Of birds.",
        "formality": "prefer_more",
    }
    found = client.translate_text(
        "a", source_lang="EN", target_lang="DE", model_type="prefer_quality_optimized", **known
    )
    assert (found.text, found.model_type_used) == ("de(a)", "quality_optimized")
    for unknown in (
        {"formality": "more"},
        {"formality": "less"},
        {"split_sentences": "sometimes"},
        {"tag_handling": "pdf"},
        {"style_rule": "abc"},
        {"custom_instructions": ["Be kind."]},
        {"target_lang": "FR"},
        {"target_lang": "nonsense"},
    ):
        with pytest.raises(deepl.DeepLException, match="Bad request, message:"):
            client.translate_text("a", **{"source_lang": "EN", "target_lang": "DE", **unknown})


def test_tags_are_kept_as_the_client_says(client):
    def said(text, **options):
        return client.translate_text(text, source_lang="EN", target_lang="DE", **options).text

    assert said("<p title='a'>one <b>two</b></p>", tag_handling="html") == "<p title='de(a)'>de(one <b>two</b>)</p>"
    assert said("<r><a>x</a><a>y</a></r>", tag_handling="xml") == "<r><a>de(x)</a><a>de(y)</a></r>"
    assert said("one<s/>two", tag_handling="xml", splitting_tags="s") == "de(one)<s/>de(two)"
    assert said("<k>one</k>", tag_handling="xml", ignore_tags=["k", "l"]) == "<k>one</k>"
    flat = said("<r><a>x</a><a>y</a></r>", tag_handling="xml", outline_detection=False)
    assert flat == "<r><a>de</a>(<a>xy</a>)</r>"
    with pytest.raises(deepl.DeepLException, match="not well-formed"):
        said("<r>", tag_handling="xml")


def test_languages_and_usage(address):
    with listening(make_service(Parrot("en", "de"), Parrot("zh", "en"), Parrot("de", "pt"))) as address:
        client = DeepLClient("any", server_url=address)
        assert [(one.code, one.name) for one in client.get_source_languages()] == [
            ("EN", "English"),
            ("ZH", "Chinese"),
            ("DE", "German"),
        ]
        targets = {one.code: one.supports_formality for one in client.get_target_languages()}
        assert targets == dict.fromkeys(("DE", "EN-GB", "EN-US", "PT-BR", "PT-PT"), False)
        assert ("en", "de") in [(one.source_lang, one.target_lang) for one in client.get_glossary_languages()]
        client.translate_text("four", source_lang="EN", target_lang="DE")
        assert client.get_usage().character.count == 4
        assert not client.get_usage().any_limit_reached


def test_glossaries_of_one_direction(client):
    made = client.create_glossary("Birds", "EN", "DE", {"parrot": "Papagei", "tree hole": "Baumhöhle"})
    assert (made.name, made.ready, made.source_lang, made.target_lang, made.entry_count) == (
        "Birds",
        True,
        "EN",
        "DE",
        2,
    )
    assert client.get_glossary_entries(made) == {"parrot": "Papagei", "tree hole": "Baumhöhle"}
    assert client.get_glossary(made.glossary_id).creation_time == made.creation_time
    found = client.translate_text_with_glossary(["a parrot", "a dog"], made)
    assert [one.text for one in found] == ["de(a Papagei)", "de(a dog)"]
    from_csv = client.create_glossary_from_csv("CSV", "EN", "DE", 'dog,Hund\n"one, two","eins, zwei"\n')
    assert client.get_glossary_entries(from_csv) == {"dog": "Hund", "one, two": "eins, zwei"}
    assert {one.glossary_id for one in client.list_glossaries()} == {made.glossary_id, from_csv.glossary_id}
    both = client.translate_text("parrot, dog", source_lang="EN", target_lang="DE", glossary_ids=[made, from_csv])
    assert both.text == "de(Papagei, Hund)"
    for glossary in (made, from_csv):
        client.delete_glossary(glossary)
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_glossary(made.glossary_id)
    with pytest.raises(deepl.DeepLException, match="Glossary not found"):
        client.translate_text("a", source_lang="EN", target_lang="DE", glossary=made.glossary_id)


def test_glossaries_of_several_directions(client):
    made = client.create_multilingual_glossary(
        "Both", [Entries("EN", "DE", {"dog": "Hund"}), Entries("ZH", "EN", {"狗": "dog"})]
    )
    assert [(one.source_lang, one.target_lang, one.entry_count) for one in made.dictionaries] == [
        ("EN", "DE", 1),
        ("ZH", "EN", 1),
    ]
    client.update_multilingual_glossary_name(made.glossary_id, "New name")
    client.update_multilingual_glossary_dictionary(made.glossary_id, Entries("EN", "DE", {"cat": "Katze"}))
    entries = client.get_multilingual_glossary_entries(made.glossary_id, "EN", "DE").dictionaries[0].entries
    assert deepl.util.convert_tsv_to_dict(entries) == {"dog": "Hund", "cat": "Katze"}
    found = client.translate_text("dog and cat", source_lang="EN", target_lang="DE", glossary=made)
    assert found.text == "de(Hund and Katze)"
    replaced = client.replace_multilingual_glossary_dictionary(made, Entries("EN", "DE", {"owl": "Eule"}))
    assert replaced.entry_count == 1
    client.delete_multilingual_glossary_dictionary(made, source_lang="ZH", target_lang="EN")
    now = client.get_multilingual_glossary(made.glossary_id)
    assert (now.name, [one.source_lang for one in now.dictionaries]) == ("New name", ["EN"])
    assert [one.glossary_id for one in client.list_multilingual_glossaries()] == [made.glossary_id]
    client.delete_multilingual_glossary(made)
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_multilingual_glossary_entries(made, "EN", "DE")


def test_a_glossary_is_not_passed_over_where_no_model_obeys_it():
    with listening(make_service(Parrot("en", "de"))) as address:
        client = DeepLClient("any", server_url=address)
        made = client.create_glossary("Birds", "EN", "DE", {"parrot": "Papagei"})
        with pytest.raises(deepl.DeepLException, match="no model there obeys"):
            client.translate_text("a parrot", source_lang="EN", target_lang="DE", glossary=made)


@pytest.mark.parametrize(
    "entries",
    ["", "one\n", "a\tb\na\tc", "a\tb\tc", "a\t", "a\tb\x01"],
    ids=["none", "one", "twice", "three", "half", "control"],
)
def test_entries_that_are_none(address, entries):
    body = {"name": "x", "source_lang": "en", "target_lang": "de", "entries_format": "tsv", "entries": entries}
    answer = requests.post(f"{address}/v2/glossaries", json=body, timeout=10)
    assert (answer.status_code, list(answer.json())) == (400, ["message"])


def test_a_glossary_is_its_owners_alone(monkeypatch):
    monkeypatch.setattr(glossaries, "MAX_GLOSSARIES", 1)
    gate = KeyGate(one=Caller("one"), two=Caller("two", limit=10, used=5))
    with listening(make_service(Parrot("en", "de"), gate=gate)) as address:
        one, two = (DeepLClient(key, server_url=address) for key in ("one", "two"))
        made = one.create_glossary("Birds", "EN", "DE", {"parrot": "Papagei"})
        with pytest.raises(deepl.GlossaryNotFoundException):
            two.get_glossary(made.glossary_id)
        assert two.list_glossaries() == []
        with pytest.raises(deepl.QuotaExceededException):
            one.create_glossary("More", "EN", "DE", {"parrot": "Papagei"})
        assert str(two.get_usage().character) == "5 of 15"
        with pytest.raises(deepl.AuthorizationException):
            DeepLClient("three", server_url=address).get_usage()


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (RefusedError("bad_key", "no", status=401), deepl.AuthorizationException),
        (RefusedError("quota", "no", status=429), deepl.QuotaExceededException),
        (RefusedError("rate", "no", status=429, retry_seconds=1), deepl.TooManyRequestsException),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_refusals(refusal, error, monkeypatch):
    monkeypatch.setattr(http_client, "max_network_retries", 1)
    with listening(make_service(Parrot("en", "de"), gate=FullGate(refusal))) as address, pytest.raises(error):
        DeepLClient("any", server_url=address).translate_text("a", source_lang="EN", target_lang="DE")


@pytest.mark.usefixtures("impatient")
def test_what_is_asked_again_is_translated_once():
    parrot = Parrot("en", "de", seconds=0.7)
    with listening(make_service(parrot)) as address:
        client = DeepLClient("any", server_url=address)
        assert client.translate_text("slow", source_lang="EN", target_lang="DE").text == "de(slow)"
    assert parrot.asked == ["slow"]


def test_a_form_is_as_good_as_json(address):
    body = [
        ("text", "one"),
        ("text", "two"),
        ("source_lang", "EN"),
        ("target_lang", "DE"),
        ("show_billed_characters", "1"),
    ]
    answer = requests.post(f"{address}/v2/translate", data=body, timeout=10).json()
    assert answer["translations"][1] == {"detected_source_language": "EN", "text": "de(two)", "billed_characters": 3}
    assert requests.post(f"{address}/v2/translate", data=body[:1], timeout=10).status_code == 400
