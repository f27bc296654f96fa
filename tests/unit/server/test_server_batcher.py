"""Batches across requests: together, once, bounded, and nobody waits for what was given up."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dragoman.server.ask import RefusedError
from dragoman.server.batcher import Batcher
from dragoman.server.cache import Cache


class Model:
    """Writes down its batches; works only while the gate is open."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[str]]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.error: Exception | None = None

    def run(self, kind, segments):
        self.gate.wait(10)
        self.batches.append((kind, list(segments)))
        if self.error:
            raise self.error
        return [segment.upper() for segment in segments]


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def batcher(model):
    with ThreadPoolExecutor(1) as executor:
        yield Batcher(model.run, executor, max_characters=20)
        model.gate.set()


async def waiting(batcher, count):
    while batcher.waiting != count:
        await asyncio.sleep(0)


def test_a_lone_segment_does_not_wait_for_company(batcher, model):
    assert asyncio.run(batcher.submit("abc", "plain")) == "ABC"
    assert model.batches == [("plain", ["abc"])]


def test_what_comes_meanwhile_goes_together_in_order(batcher, model):
    async def story():
        model.gate.clear()
        asks = [asyncio.create_task(batcher.submit("first", "plain"))]
        await waiting(batcher, 1)
        await asyncio.sleep(0.01)
        asks += [asyncio.create_task(batcher.submit(text, "plain")) for text in ("aaaaaaa", "bbbbbbb", "ccccccc")]
        await waiting(batcher, 4)
        model.gate.set()
        return await asyncio.gather(*asks)

    assert asyncio.run(story()) == ["FIRST", "AAAAAAA", "BBBBBBB", "CCCCCCC"]
    assert [texts for _, texts in model.batches] == [["first"], ["aaaaaaa", "bbbbbbb"], ["ccccccc"]]


def test_only_one_kind_in_a_batch(batcher, model):
    async def story():
        return await asyncio.gather(*(batcher.submit(text, kind) for text, kind in (("a", 1), ("b", 2), ("c", 1))))

    assert asyncio.run(story()) == ["A", "B", "C"]
    assert model.batches == [(1, ["a", "c"]), (2, ["b"])]


def test_what_many_ask_is_done_once(batcher, model):
    async def story():
        return await asyncio.gather(*(batcher.submit("same", "plain") for _ in range(50)))

    assert asyncio.run(story()) == ["SAME"] * 50
    assert model.batches == [("plain", ["same"])]


def test_what_nobody_waits_for_is_not_done(batcher, model):
    async def story():
        model.gate.clear()
        kept = asyncio.create_task(batcher.submit("kept", "plain"))
        await asyncio.sleep(0.01)
        left, shared, other = (
            asyncio.create_task(batcher.submit(text, "plain")) for text in ("left", "shared", "shared")
        )
        await asyncio.sleep(0)
        left.cancel()
        shared.cancel()
        await asyncio.sleep(0)
        model.gate.set()
        return await asyncio.gather(kept, other)

    assert asyncio.run(story()) == ["KEPT", "SHARED"]
    assert [text for _, texts in model.batches for text in texts] == ["kept", "shared"]
    assert batcher.waiting == 0
    assert batcher.wait_seconds == 0


def test_a_failing_model_fails_its_batch_only(batcher, model):
    async def story():
        model.error = ValueError("broken")
        with pytest.raises(ValueError, match="broken"):
            await batcher.submit("a", "plain")
        model.error = None
        return await batcher.submit("a", "plain")

    assert asyncio.run(story()) == "A"


def test_a_newcomer_who_would_wait_too_long_is_sent_away(batcher, model):
    async def story():
        batcher.pace.per_second, batcher.pace.batches = 10.0, 1
        model.gate.clear()
        batcher.admit(1000)  # nobody waits: even a long text is begun
        asks = [asyncio.create_task(batcher.submit("x" * 100, "plain"))]
        await waiting(batcher, 1)
        with pytest.raises(RefusedError) as refused:
            batcher.admit(1)
        model.gate.set()
        await asyncio.gather(*asks)
        batcher.admit(1)
        return refused.value

    refused = asyncio.run(story())
    assert (refused.status, refused.reason) == (503, "overloaded")
    assert refused.retry_seconds == pytest.approx(10.0)


def test_what_was_done_for_one_who_left_is_kept_for_when_he_comes_again(model):
    async def story(batcher):
        model.gate.clear()
        left = asyncio.create_task(batcher.submit("left", "plain"))
        await asyncio.sleep(0.01)
        left.cancel()
        model.gate.set()
        await batcher.drain()
        return await batcher.submit("left", "plain"), await batcher.submit("left", "other")

    with ThreadPoolExecutor(1) as executor:
        assert asyncio.run(story(Batcher(model.run, executor, Cache(100)))) == ("LEFT", "LEFT")
    assert model.batches == [("plain", ["left"]), ("other", ["left"])]


def test_drained_when_all_that_was_taken_is_done(batcher, model):
    async def story():
        model.gate.clear()
        asks = [asyncio.create_task(batcher.submit(text * 10, "plain")) for text in "abcdef"]
        await waiting(batcher, 6)
        threading.Timer(0.05, model.gate.set).start()
        await batcher.drain()
        assert all(ask.done() for ask in asks) or await asyncio.gather(*asks)
        return sum(len(texts) for _, texts in model.batches)

    assert asyncio.run(story()) == 6


def test_after_a_batch_of_several_the_first_to_come_back_waits_for_the_others():
    batches = []

    def run(kind, segments):
        time.sleep(0.3)
        batches.append(list(segments))
        return segments

    async def story(batcher):
        await asyncio.gather(*(batcher.submit(text, "plain") for text in "abcd"))
        back = [asyncio.create_task(batcher.submit("e", "plain"))]
        for _ in range(5):
            await asyncio.sleep(0)
        back.append(asyncio.create_task(batcher.submit("f", "plain")))
        await asyncio.gather(*back)
        await batcher.submit("g", "plain")

    with ThreadPoolExecutor(1) as executor:
        asyncio.run(story(Batcher(run, executor)))
    assert batches == [["a", "b", "c", "d"], ["e", "f"], ["g"]]


def test_who_gives_up_while_waiting_for_company_leaves_nothing_behind():
    batches = []

    def run(kind, segments):
        time.sleep(0.1)
        batches.append(list(segments))
        return segments

    async def story(batcher):
        await asyncio.gather(*(batcher.submit(text, "plain") for text in "abcd"))
        gone = asyncio.create_task(batcher.submit("e", "plain"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await batcher.drain()
        return batcher.waiting

    with ThreadPoolExecutor(1) as executor:
        assert asyncio.run(story(Batcher(run, executor))) == 0
    assert batches == [["a", "b", "c", "d"]]
