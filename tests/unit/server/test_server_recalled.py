"""A memory before a model: what it holds is said, the rest is translated."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server_fakes import Parrot, make_service

from dragoman.server.ask import Ask
from dragoman.server.gate import Credentials
from dragoman.server.memory import MemorySpeaker
from dragoman.server.texts.recalled import segments_with

PAIRS = {
    "Good day.": ["Guten Tag."],
    "Wait. I come.": ["Warte. Ich komme.", "Halt. Ich komme."],
    "Call {1}.": ["Rufe {1} an."],
    "one\ntwo": ["eins\nzwei"],
}


@pytest.fixture
def parrot():
    return Parrot("en", "de")


@pytest.fixture
def answer(parrot):
    service = make_service(MemorySpeaker("pairs.tsv", "en", "de", PAIRS), parrot)

    def ask(text, **wishes):
        found = asyncio.run(service.answer(Ask((text,), "de", "en", **wishes), Credentials()))
        return found.translations[0]

    return ask


@pytest.mark.parametrize(
    ("text", "said", "asked"),
    [
        ("Good day.", "Guten Tag.", []),
        ("  Good day.\n", "  Guten Tag.\n", []),
        ("Wait. I come.", "Warte. Ich komme.", []),
        ("one\ntwo", "de(one)\nde(two)", ["one", "two"]),
        ("A dog.", "de(A dog.)", ["A dog."]),
        ("A dog.\n\n Good day.\r\nA cat.", "de(A dog.)\n\n Guten Tag.\r\nde(A cat.)", ["A dog.", "A cat."]),
    ],
)
def test_what_it_holds_and_the_rest(answer, parrot, text, said, asked):
    found = answer(text)
    assert found.text == said
    assert parrot.asked == asked
    assert ("from-memory" in found.flags) == ("Guten" in said or "komme" in said)


def test_its_other_translations(answer):
    assert answer("Wait. I come.", alternatives=2).alternatives == ("Halt. Ich komme.",)


def test_a_hidden_value_is_not_taken_for_a_placeholder_of_the_memory(parrot):
    from dragoman.safeguards.masking import Masker
    from dragoman.server.texts.hops import Wish, planned

    masked = Masker().mask("Call ada@example.org.", language="en")
    assert masked.text == "Call {1}."
    service = make_service(MemorySpeaker("pairs.tsv", "en", "de", PAIRS), parrot)
    [hop] = service.fleet.way("en", "de")
    assert hop.recall(masked.text) is not None

    async def said():
        plan, submit = planned(masked.text, hop, Wish(), masked=masked)
        return [await submit(one) for one in plan.texts]

    asyncio.run(said())
    assert parrot.asked == ["Call {1}."]


def test_a_model_that_comes_later_takes_over_and_the_memory_stays_before_it(parrot):
    service = make_service(MemorySpeaker("pairs.tsv", "en", "de", PAIRS))
    [alone] = service.fleet.way("en", "de")
    assert (alone.member.speaker.name, alone.memories) == ("pairs.tsv", ())
    service.fleet.add_speaker(parrot)
    [both] = service.fleet.way("en", "de")
    assert both.member.speaker is parrot
    assert [memory.name for memory in both.memories] == ["pairs.tsv"]


@given(st.lists(st.sampled_from(["Good day.", "A dog.", "Wait. I come.", " ", "\n", "\r\n", "\t", "one", "two"])))
def test_nothing_is_lost(parts):
    text = "".join(parts)
    plan = segments_with(text, Parrot("en", "de"), MemorySpeaker("pairs.tsv", "en", "de", PAIRS).recall)
    assert plan.rebuild(plan.texts) == text
