"""From an ask to an answer: segments, ways, the cache, limits."""

import asyncio
from pathlib import Path

import pytest
from server_fakes import Obedient, Parrot, make_service

from dragoman.base.errors import DamagedFileError
from dragoman.server.ask import Ask, RefusedError
from dragoman.server.gate import Caller, Credentials
from dragoman.server.speaker import Said


def answer(service, *texts, target="de", source="en", **more):
    return asyncio.run(service.answer(Ask(texts, target, source, **more), Credentials()))


def refusal(service, *texts, **more):
    with pytest.raises(RefusedError) as refused:
        answer(service, *texts, **more)
    return refused.value


def test_one_in_one_out_in_order(service):
    found = answer(service, "one", "", "two\n\n  three\n", "one")
    assert [one.text for one in found.translations] == ["de(one)", "", "de(two)\n\n  de(three)\n", "de(one)"]
    assert found.characters == 3 + 0 + 13 + 3
    assert service.fleet.members[0].speaker.asked == ["one", "two", "three"]


def test_alternatives_of_a_text_are_made_of_those_of_its_segments(service):
    [one] = answer(service, "a\nb", alternatives=2).translations
    assert (one.text, one.alternatives) == ("de(a)\nde(b)", ("de1(a)\nde1(b)", "de2(a)\nde2(b)"))


def test_what_was_said_is_remembered_but_not_for_another_wish(service):
    for _ in range(3):
        answer(service, "again")
    assert service.fleet.members[0].speaker.asked == ["again"]
    answer(service, "again", alternatives=1)
    assert service.fleet.members[0].speaker.asked == ["again"] * 2


def test_through_a_third_language(service):
    [one] = answer(service, "你好。", source="zh").translations
    assert (one.text, one.via, one.source) == ("de(en(你好。))", ("en",), "zh")


def test_the_language_is_detected_for_each_text(service):
    found = answer(service, "This is surely an English sentence.", "这是一个中文句子。", source=None).translations
    assert [one.source for one in found] == ["en", "zh"]
    assert all(0.5 < one.confidence <= 1 for one in found)


def test_the_same_language_changes_nothing(service):
    [one] = answer(service, "gleich", source="de", target="de-AT").translations
    assert (one.text, one.flags) == ("gleich", ("same-language",))


@pytest.mark.parametrize(
    ("ask", "reason", "word"),
    [
        ({"target": "fr"}, "unknown_language", "fr"),
        ({"source": "de", "target": "zh"}, "unknown_pair", "de"),
        ({"target": "../../etc"}, "unknown_language", "code"),
        ({"alternatives": 11}, "too_much", "alternatives"),
    ],
)
def test_what_cannot_be_had(service, ask, reason, word):
    refused = refusal(service, "text", **ask)
    assert refused.reason == reason
    assert word in refused.message


def test_too_much():
    service = make_service(Parrot("en", "de"), max_texts=2, max_characters=10)
    assert refusal(service, "a", "b", "c").status == 413
    assert refusal(service, "a" * 11).status == 413
    assert answer(service, "a" * 10).translations


def test_in_time_or_not_at_all_and_the_next_time_it_is_there():
    service = make_service(Parrot("en", "de", seconds=0.3), max_seconds=0.1)
    refused = refusal(service, "slow")
    assert (refused.reason, refused.status, refused.retry_seconds) == ("too_slow", 503, 2.0)

    async def later():
        ask = Ask(("slower",), "de", "en")
        with pytest.raises(RefusedError):
            await service.answer(ask, Credentials())
        await asyncio.sleep(0.5)
        return await service.answer(ask, Credentials())

    assert asyncio.run(later()).translations[0].text == "de(slower)"


def test_models_are_loaded_while_others_answer_and_a_broken_one_breaks_nothing():
    def open_model(path):
        if path.name == "broken":
            raise DamagedFileError("it is broken")
        return Parrot("en", path.name)

    service = make_service(open_model=open_model)

    async def story():
        loading = asyncio.create_task(service.fleet.load([Path("broken"), Path("de"), Path("fr")]))
        await asyncio.sleep(0)
        with pytest.raises(RefusedError) as refused:
            await service.answer(Ask(("x",), "de", "en"), Credentials())
        await loading
        return refused.value, await service.answer(Ask(("x",), "fr", "en"), Credentials())

    refused, found = asyncio.run(story())
    assert (refused.reason, refused.status) == ("loading", 503)
    assert found.translations[0].text == "fr(x)"
    assert [member.state for member in service.fleet.members] == ["failed", "ready", "ready"]
    assert service.fleet.members[0].error == "it is broken"


def test_a_new_model_takes_over_and_a_broken_one_does_not():
    opened = [Parrot("en", "de"), Parrot("en", "de"), None]
    opened[1].run = lambda kind, segments: [Said((f"new({one})",)) for one in segments]

    def open_model(path):
        speaker = opened.pop(0)
        if speaker is None:
            raise DamagedFileError("half-copied")
        return speaker

    service = make_service(open_model=open_model)

    async def story():
        await service.fleet.load([Path("model")])
        texts = []
        for _ in range(3):
            texts.append((await service.answer(Ask(("x",), "de", "en"), Credentials())).translations[0].text)
            if opened:
                await service.fleet.reload(service.fleet.members[0])
        return texts

    assert asyncio.run(story()) == ["de(x)", "new(x)", "new(x)"]
    assert service.fleet.members[0].state == "ready"
    assert service.fleet.members[0].error == "half-copied"


def test_empty_texts_of_an_unknown_language(service):
    assert [one.text for one in answer(service, "", " \n", source=None).translations] == ["", " \n"]


def test_the_gate_is_asked_before_and_told_after():
    class Gate:
        needs_key = True

        def __init__(self):
            self.heard = []

        def enter(self, credentials, *, scope="translate", characters=0, counts=True):
            if credentials.key != "good":
                raise RefusedError("bad_key", "this key is not known", status=403)
            self.heard.append((scope, characters))
            return Caller("someone")

        def used(self, caller, *, characters):
            self.heard.append((caller.identity, characters))

    gate = Gate()
    service = make_service(Parrot("en", "de"), gate=gate)
    ask = Ask(("four",), "de", "en")
    with pytest.raises(RefusedError, match="not known"):
        asyncio.run(service.answer(ask, Credentials("bad", "127.0.0.1")))
    assert asyncio.run(service.answer(ask, Credentials("good"))).characters == 4
    assert gate.heard == [("translate", 4), ("someone", 4)]
    assert "good" not in repr(Credentials("good"))


def streamed(service, *texts, target="de", source="en", **more):
    async def collect():
        pieces = service.stream(Ask(texts, target, source, **more), Credentials())
        return [piece async for piece in pieces]

    return asyncio.run(collect())


@pytest.mark.parametrize("source", ["en", "zh", "de", None])
def test_pieces_joined_are_the_answer(service, source):
    texts = (" one\n\ntwo two\tthree\n one", "", "Only this is a sentence in English.", "...")
    pieces = streamed(service, *texts, source=source)
    whole = answer(service, *texts, source=source).translations
    for number, one in enumerate(whole):
        assert "".join(piece.text for piece in pieces if piece.number == number) == one.text
        assert {piece.source for piece in pieces if piece.number == number} <= {one.source}
    assert [piece.number for piece in pieces] == sorted(piece.number for piece in pieces)


def test_the_first_piece_goes_alone_and_then_more_and_more():
    parrot = Parrot("en", "de", seconds=0.02)
    batches = []
    run = parrot.run
    parrot.run = lambda kind, segments: batches.append(len(segments)) or run(kind, segments)
    pieces = streamed(make_service(parrot), "\n".join(f"line {number}" for number in range(20)))
    assert len(pieces) == 20
    assert batches == [1, 2, 4, 8, 5]


def test_a_refusal_comes_before_the_first_piece_and_who_leaves_is_charged_for_what_was_begun(service):
    with pytest.raises(RefusedError, match="fr"):
        streamed(service, "x", target="fr")

    async def leave():
        pieces = service.stream(Ask(("one\ntwo", "three"), "de", "en"), Credentials())
        first = await anext(pieces)
        await pieces.aclose()
        return first

    assert asyncio.run(leave()).text == "de(one)\n"
    assert service.enter(Credentials()).used == len("one\ntwo")


def test_a_stream_that_is_too_slow_says_so():
    service = make_service(Parrot("en", "de", seconds=0.3), max_seconds=0.1)
    with pytest.raises(RefusedError) as refused:
        streamed(service, "slow")
    assert refused.value.reason == "too_slow"


def test_terms_reach_the_segments_they_are_in_and_nothing_is_translated_without_them():
    speaker = Obedient("en", "de")
    kinds = []
    run = speaker.run
    speaker.run = lambda kind, segments: kinds.append((kind.terms, list(segments))) or run(kind, segments)
    service = make_service(speaker, Parrot("zh", "en"))
    terms = {"dog": "Hund", "tree hole": "Baumhöhle"}
    [one] = answer(service, "a dog\na cat\nno dog", terms=terms).translations
    assert one.text == "de(a Hund)\nde(a cat)\nde(no Hund)"
    assert kinds == [((("dog", "Hund"),), ["a dog", "no dog"]), ((), ["a cat"])]
    assert refusal(service, "x", source="zh", target="en", terms=terms).reason == "unsupported_terms"


def test_the_context_helps_to_tell_the_language_and_no_model_reads_it():
    service = make_service(Parrot("en", "de"), Parrot("fr", "de"))
    context = "Nous avons mangé du pain et du fromage à la campagne."
    [one] = answer(service, "Taxi", source=None, context=context).translations
    assert (one.source, one.text, one.flags) == ("fr", "de(Taxi)", ("context-unused",))
    assert answer(service, "Taxi", context=context).characters == len("Taxi")
    assert refusal(make_service(Parrot("en", "de"), max_characters=5), "Taxi", context=context).status == 413


@pytest.mark.parametrize("text", ["我今天去学校了。", "Привет, как дела?", "Bonjour à tous, comment allez-vous ?"])
def test_a_text_in_no_served_language_is_translated_and_flagged(text):
    service = make_service(Parrot("en", "de"))
    [one] = answer(service, text, source=None).translations
    assert (one.source, one.text, one.flags) == ("en", f"de({text})", ("unsure-language",))
    assert one.confidence < 0.1
    assert streamed(service, text, source=None)[0].flags == ("unsure-language",)
    assert answer(service, text, source="en").translations[0].flags == ()  # who says it knows it


def test_a_text_in_no_served_language_is_not_said_to_be_in_the_wanted_one():
    service = make_service(Parrot("en", "de"), Parrot("de", "en"))
    for target in ("en", "de"):
        [one] = answer(service, "我今天去学校了。", source=None, target=target).translations
        assert one.flags == ("unsure-language",)
        assert streamed(service, "我今天去学校了。", source=None, target=target)[0].flags == ("unsure-language",)
    assert answer(service, "Das ist ein Satz.", source=None).translations[0].flags == ("same-language",)


@pytest.mark.parametrize("text", ["Taxi", "12:30", "😀", " ", "<b>12</b>"])
def test_a_text_that_says_too_little_of_its_language_is_not_flagged(text):
    [one] = answer(make_service(Parrot("en", "de")), text, source=None, format="html").translations
    assert one.flags == ()


def test_half_of_a_character_is_no_text(service):
    assert refusal(service, "a\ud800").reason == "bad_request"
