"""No model sees a personal value, nothing of a text is kept, and the answer has everything where it was."""

import asyncio
import json
import logging
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing

import pytest
from server_fakes import Parrot, listening, make_service
from test_server_texts import Reverser

from dragoman.base.errors import ConfigError
from dragoman.safeguards.kinds import KINDS
from dragoman.safeguards.names import NameList
from dragoman.server.ask import Ask, RefusedError
from dragoman.server.fleet import Fleet, FleetLimits
from dragoman.server.gate import Credentials
from dragoman.server.memory import open_memory
from dragoman.server.privacy.shield import BY_FORM, Shield, read_shield
from dragoman.server.security.options import SecurityOptions
from dragoman.server.security.watch import watched_store
from dragoman.server.service import Service
from dragoman.server.speaker import Said
from dragoman.text.language import rank_languages

TEXT = "Write to anna@kern.example.org from 192.168.17.4."
VALUES = ("anna@kern.example.org", "192.168.17.4")


class Forgetful(Parrot):
    """Loses whatever stands in braces, in all but the last alternative if it is told to keep it there."""

    def __init__(self, *languages, keeps_last=False):
        super().__init__(*languages)
        self.keeps_last = keeps_last

    def run(self, kind, segments):
        return [
            Said(
                tuple(
                    text if self.keeps_last and rank == kind.alternatives else re.sub(r"\{\d+\}", "", text)
                    for rank, text in enumerate(said.texts)
                )
            )
            for said in super().run(kind, segments)
        ]


class Inventive(Parrot):
    """Says a placeholder once more behind every segment."""

    def run(self, kind, segments):
        return [Said(tuple(text + " {1}" for text in said.texts)) for said in super().run(kind, segments)]


class Failing(Parrot):
    """Says in an error what it was asked."""

    def run(self, kind, segments):
        super().run(kind, segments)
        raise KeyError("cannot do: " + " ".join(segments))


def with_shield(shield, *speakers):
    fleet = Fleet(lambda path: None)
    for speaker in speakers:
        fleet.add_speaker(speaker)
    return Service(fleet, rank_languages, shield=shield)


def answer(service, text=TEXT, *, source="en", target="de", **more):
    [found] = asyncio.run(service.answer(Ask((text,), target, source, **more), Credentials())).translations
    return found


def streamed(service, text, source="en"):
    async def gather():
        return [piece async for piece in service.stream(Ask((text,), "de", source), Credentials())]

    return asyncio.run(gather())


def remembered(service):
    return " ".join(str(member.batcher.cache._held) for member in service.fleet.members)


def test_a_model_sees_placeholders_and_the_answer_has_the_values():
    speaker = Parrot("en", "de")
    service = make_service(speaker)
    assert answer(service, alternatives=1).alternatives == (f"de1({TEXT})",)
    assert answer(service).text == f"de({TEXT})"
    assert speaker.asked == ["Write to {1} from {2}."] * 2
    assert "Write to {1}" in remembered(service)
    assert not any(value in remembered(service) for value in VALUES)
    assert answer(service, "Write to {1}, a@b.example.").text == "de(Write to {1}, a@b.example.)"
    assert speaker.asked[-1] == "Write to {1}, {2}."


def test_a_stream_has_the_values_in_its_pieces():
    speaker = Parrot("en", "de")
    service = make_service(speaker, Parrot("zh", "en"))
    text = "Mail anna@kern.example.org to them now. A second sentence is here for you.\n192.168.17.4 is mine."
    whole = answer(service, text).text
    pieces = streamed(service, text)
    assert "".join(piece.text for piece in pieces) == whole
    assert len(pieces) == 3
    assert not any(value in segment for value in VALUES for segment in speaker.asked)
    assert "".join(piece.text for piece in streamed(service, text, "zh")) == answer(service, text, source="zh").text


def test_markup_and_what_its_entities_say():
    speaker = Parrot("en", "de")
    html = '<p title="a@b.example">Write <b>to</b> anna&#64;kern.example.org &amp; wait</p>'
    found = answer(make_service(speaker), html, format="html")
    assert "a@b.example" in found.text
    assert "anna&#64;kern.example.org" in found.text
    assert not any("example" in segment for segment in speaker.asked)


def test_alignments_are_of_the_whole_texts():
    found = answer(make_service(Reverser("en", "de")), "mail anna@kern.example.org today", alignments=True)
    source = "mail anna@kern.example.org today"
    words = {source[slice(*one)]: found.text[slice(*other)] for one, other in found.alignment}
    assert found.text == "today anna@kern.example.org mail"
    assert words == {word: word for word in source.split()}


def test_through_a_language_in_between():
    first, second = Parrot("zh", "en"), Parrot("en", "de")
    found = answer(make_service(first, second), "邮箱anna@kern.example.org", source="zh")
    assert found.text == "de(en(邮箱anna@kern.example.org))"
    assert (first.asked, second.asked) == (["邮箱{1}"], ["en(邮箱{1})"])


def test_a_value_that_the_model_loses_is_put_back_and_told():
    found = answer(make_service(Forgetful("en", "de")))
    assert found.text == "de(Write to) anna@kern.example.org de(from) 192.168.17.4."
    assert found.flags == ("values-rescued",)
    assert answer(make_service(Inventive("en", "de")), "Mail a@b.example, twice").text == "Mail a@b.example, twice"
    pieces = streamed(make_service(Forgetful("en", "de")), TEXT)
    assert "".join(piece.text for piece in pieces) == found.text
    assert pieces[0].flags == ("values-rescued",)


def test_of_the_alternatives_those_are_told_that_hold_every_value():
    found = answer(make_service(Forgetful("en", "de", keeps_last=True)), alternatives=2)
    assert (found.text, found.alternatives, found.flags) == (f"de2({TEXT})", (), ())


def test_a_placeholder_that_is_cut_in_two_leaves_the_text_as_it_is():
    class Cutter(Parrot):
        def segments(self, text):
            found = super().segments(text)
            middle = text.index("{") + 1
            return type(found)((text[:middle], text[middle:]), ("", "", ""))

    found = answer(make_service(Cutter("en", "de")))
    assert (found.text, found.flags) == (TEXT, ("untranslated",))
    assert [(piece.text, piece.flags) for piece in streamed(make_service(Cutter("en", "de")), TEXT)] == [
        (TEXT, ("untranslated",))
    ]


def test_a_request_can_hide_more_and_never_less():
    speaker = Parrot("en", "de")
    service = with_shield(Shield(frozenset({"ip"}), NameList(["Write"])), speaker)
    text = "Write a@b.example from 192.168.17.4"
    answer(service, text)
    answer(service, text, mask=frozenset({"email"}))
    answer(service, text, mask=frozenset({"all"}))
    assert speaker.asked == ["Write a@b.example from {1}", "Write {1} from {2}", "{1} {2} from {3}"]
    for mask, reason in (("street", "unknown_mask"), ("name", "unsupported_mask")):
        with pytest.raises(RefusedError) as told:
            answer(make_service(Parrot("en", "de")), mask=frozenset({mask}))
        assert told.value.reason == reason
    off = Parrot("en", "de")
    answer(with_shield(Shield(frozenset()), off), text)
    assert off.asked == [text]


def test_a_memory_is_asked_with_the_text_itself(tmp_path):
    (tmp_path / "pairs.tsv").write_text(f"{TEXT}\tSchreib an {VALUES[0]}.\n", encoding="utf-8")
    fleet = Fleet(lambda path: None)
    for speaker in open_memory(str(tmp_path / "pairs.tsv"), "en", "de"):
        fleet.add_speaker(speaker, remember=False)
    service = Service(fleet, rank_languages)
    assert answer(service).text == f"Schreib an {VALUES[0]}."
    assert not any(len(member.batcher.cache) for member in fleet.members)


def test_nothing_is_remembered_if_the_operator_says_so():
    fleet = Fleet(lambda path: None, FleetLimits(cache_characters=0))
    fleet.add_speaker(Parrot("en", "de"))
    service = Service(fleet, rank_languages)
    answer(service)
    assert not len(fleet.members[0].batcher.cache)


def test_the_operators_choice(tmp_path):
    (tmp_path / "names").write_text("Anna\n")
    assert read_shield("all", None).kinds == BY_FORM
    assert read_shield("all", tmp_path / "names").kinds == frozenset(KINDS)
    assert read_shield("email, ip", None).kinds == {"email", "ip"}
    assert read_shield("none", None).kinds == frozenset()
    for wrong in ("emial", "", "none,ip", "name"):
        with pytest.raises(ConfigError, match="--mask"):
            read_shield(wrong, None)


SECRET = "Zanzibarese"
"""A word that stands in every text here, and that nobody hides."""
SPOKEN = f"{SECRET} people write to anna@kern.example.org."


def asked_in_every_dialect(address):
    """The answers of every dialect to the text, or their refusals."""
    body = {"text": SPOKEN, "source": "en", "target": "de"}
    chat = {"model": "dragoman-en-de", "messages": [{"role": "user", "content": SPOKEN}]}
    query = urllib.parse.urlencode({"q": SPOKEN, "source": "en", "target": "de"})
    opus = urllib.parse.urlencode({"tokenCode": "0", "input": SPOKEN, "srcLangCode": "en", "trgLangCode": "de"})
    for path, sent in (
        ("/api/v1/translate", body),
        ("/api/v1/translate", {**body, "target": SECRET}),
        ("/api/v1/translate", {**body, "text": {"wrong": SPOKEN}}),
        ("/api/v1/translate", {**body, "format": "xml", "text": f"<a {SPOKEN}"}),
        ("/api/v1/detect", {"text": SPOKEN}),
        ("/translate", {"q": SPOKEN, "source": "en", "target": "de"}),
        (f"/translate?{query}", {}),
        ("/translate", {"q": SPOKEN, "source": "xx", "target": SECRET}),
        ("/suggest", {"q": SPOKEN, "s": SPOKEN, "source": "en", "target": "de"}),
        ("/v2/translate", {"text": [SPOKEN], "target_lang": "DE", "source_lang": "EN"}),
        ("/v2/translate", {"text": [SPOKEN], "target_lang": SECRET}),
        ("/v1/chat/completions", chat),
        ("/v1/chat/completions", {**chat, "stream": True}),
        ("/v1/chat/completions", {**chat, "model": SECRET}),
        (f"/MTRestService/TranslateJson?{opus}", None),
        ("/" + SECRET, {}),
    ):
        data = None if sent is None else json.dumps(sent).encode()
        request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                yield path, reply.read().decode()
        except urllib.error.HTTPError as refusal:
            yield path, refusal.read().decode()


@pytest.mark.parametrize("speaker", [Parrot, Forgetful, Failing])
def test_no_text_is_kept_in_store_log_or_metrics(speaker, tmp_path, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    store = tmp_path / "store.db"
    model = speaker("en", "de")
    with watched_store(SecurityOptions(store=str(store), keys="optional", audit=True)) as stored:
        fleet = Fleet(lambda path: None)
        fleet.add_speaker(model)
        service = Service(fleet, rank_languages, gate=stored.gate, glossaries=stored.glossaries)
        with listening(service) as address:
            said = list(asked_in_every_dialect(address))
            with urllib.request.urlopen(f"{address}/metrics", timeout=20) as reply:
                metrics = reply.read().decode()
    if speaker is Parrot:
        assert sum(VALUES[0] in text for _, text in said) >= 7
    assert any(SECRET in segment for segment in model.asked)
    assert not any(VALUES[0] in segment for segment in model.asked)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with closing(sqlite3.connect(store)) as database:
        dump = "\n".join(database.iterdump())
    talk = capfd.readouterr()
    logged = "\n".join(
        record.getMessage() + str(record.exc_info) for record in caplog.records if record.name != "asyncio"
    )
    for place in (kept.decode("utf-8", "replace"), dump, talk.out, talk.err, logged, metrics):
        assert SECRET not in place
        assert VALUES[0] not in place
    assert "audit" in dump
    assert ("KeyError" in talk.err) == (speaker is Failing)


def test_texts_that_differ_in_their_values_alone_share_a_batch_and_no_value():
    speaker = Parrot("en", "de", seconds=0.05)
    service = make_service(speaker)
    texts = [f"Write to {name}@kern.example.org today." for name in ("anna", "bob", "carl")]

    async def at_once():
        asks = [service.answer(Ask((text,), "de", "en"), Credentials(text)) for text in texts]
        return [one.translations[0].text for one in await asyncio.gather(*asks)]

    assert asyncio.run(at_once()) == [f"de({text})" for text in texts]
    assert speaker.asked == ["Write to {1} today."]
