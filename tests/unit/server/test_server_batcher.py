"""Batches across requests: together, once, bounded, and nobody waits for what was given up."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dragoman.server import batcher as batching
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
        yield Batcher(model.run, executor, max_tokens=20)
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


def test_a_batch_is_bounded_by_tokens_and_the_pace_is_told_in_them(model):
    async def story(batcher):
        model.gate.clear()
        asks = [asyncio.create_task(batcher.submit(text, "plain")) for text in ("a", "b c d e", "f g", "h i", "j")]
        await waiting(batcher, 5)
        model.gate.set()
        await asyncio.gather(*asks)
        return batcher

    with ThreadPoolExecutor(1) as executor:
        counting = Batcher(model.run, executor, max_tokens=4, count=lambda text: len(text.split()))
        batcher = asyncio.run(story(counting))
    assert [texts for _, texts in model.batches] == [["a"], ["b c d e"], ["f g", "h i"], ["j"]]
    assert (batcher.pace.tokens, batcher.pace.characters) == (10, 15)
    batcher.pace.per_second = 4.0
    assert batcher.pace.seconds(30) == pytest.approx(5.0)  # twenty tokens, as far as can be told


def test_a_failing_model_fails_its_batch_only(batcher, model):
    async def story():
        model.error = ValueError("broken")
        with pytest.raises(ValueError, match="broken"):
            await batcher.submit("a", "plain")
        model.error = None
        return await batcher.submit("a", "plain")

    assert asyncio.run(story()) == "A"


def test_single_letters_do_not_make_a_paragraph_wait(batcher, model):
    async def story():
        for _ in range(20):
            batcher.pace.learn(1, 0.05, characters=1)  # a letter takes a model nearly as long as a sentence
        model.gate.clear()
        asks = [asyncio.create_task(batcher.submit("i", "plain"))]
        await waiting(batcher, 1)
        batcher.admit(1000)
        model.gate.set()
        await asyncio.gather(*asks)

    asyncio.run(story())


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


def test_who_gives_up_while_waiting_for_company_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(batching, "_COMPANY_SHARE", 100.0)
    monkeypatch.setattr(batching, "_COMPANY_SECONDS", 2.0)  # long enough to give up in, on a busy machine too
    batches = []

    def run(kind, segments):
        time.sleep(0.05)
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


class Lanes:
    """A model that holds each batch until it is let go; knows what is in it."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, ...], threading.Event] = {}

    def run(self, kind, segments):
        gate = self.held.setdefault(tuple(segments), threading.Event())
        assert gate.wait(10)
        return [segment.upper() for segment in segments]

    async def come(self, *segments):
        for _ in range(2000):
            if segments in self.held:
                return self.held[segments]
            await asyncio.sleep(0.002)
        raise AssertionError(f"no batch {segments}, but {list(self.held)}")


@pytest.fixture
def lanes():
    return Lanes()


@pytest.fixture
def two(lanes):
    with ThreadPoolExecutor(2) as executor:
        yield Batcher(lanes.run, executor, lanes=2, max_wait_seconds=0.05)
        for gate in lanes.held.values():
            gate.set()


def submitted(batcher, *texts, kind="plain"):
    return [asyncio.create_task(batcher.submit(text, kind)) for text in texts]


class TestLanes:
    def test_what_is_there_is_shared_out_evenly_and_goes_side_by_side(self, two, lanes):
        async def story():
            asks = submitted(two, *"abcde")
            first, second = await lanes.come("a", "b", "c"), await lanes.come("d", "e")
            asks += submitted(two, "f")
            await waiting(two, 6)
            second.set()
            assert await asyncio.gather(*asks[3:5]) == ["D", "E"]
            assert not asks[0].done()
            (await lanes.come("f")).set()
            first.set()
            return await asyncio.gather(*asks)

        assert asyncio.run(story()) == list("ABCDEF")
        assert two.waiting == two.wait_seconds == 0

    def test_what_waits_for_both_lanes_is_a_share_and_no_more(self, two, lanes):
        async def story():
            asks = submitted(two, "a", "b")
            first, second = await lanes.come("a"), await lanes.come("b")
            asks += submitted(two, *"cdefg")
            await waiting(two, 7)
            first.set()
            third = await lanes.come("c", "d", "e")  # of six that are there
            second.set()
            (await lanes.come("f", "g")).set()
            third.set()
            return await asyncio.gather(*asks)

        assert asyncio.run(story()) == list("ABCDEFG")

    def test_while_one_lane_hangs_the_other_serves_and_both_together_are_late(self, two, lanes):
        async def story():
            two.pace.per_second, two.pace.batches = 1e6, 1
            asks = submitted(two, "hangs")
            await lanes.come("hangs")
            await asyncio.sleep(0.06)
            two.admit(1)
            asks += submitted(two, "next")
            gate = await lanes.come("next")
            two.admit(1)
            await asyncio.sleep(0.06)
            with pytest.raises(RefusedError, match="too many"):
                two.admit(1)
            gate.set()
            assert await asks[1] == "NEXT"
            two.admit(1)
            refusal = RefusedError("restarting", "anew", status=503)
            asks += submitted(two, "third")
            await lanes.come("third")
            two.abandon(refusal)
            assert [type(one) for one in await asyncio.gather(asks[0], asks[2], return_exceptions=True)] == [
                RefusedError,
                RefusedError,
            ]
            await two.drain()

        asyncio.run(story())

    def test_abandoned_before_a_batch_began(self, two):
        async def story():
            [ask] = submitted(two, "a")
            await waiting(two, 1)
            two.abandon(RefusedError("restarting", "anew", status=503))
            with pytest.raises(RefusedError, match="anew"):
                await ask
            await two.drain()

        asyncio.run(story())

    def test_drained_when_every_lane_is_done(self, two, lanes):
        async def story():
            asks = submitted(two, *"abcd")
            gates = [await lanes.come("a", "b"), await lanes.come("c", "d")]
            for seconds, gate in zip((0.02, 0.06), gates, strict=True):
                threading.Timer(seconds, gate.set).start()
            await two.drain()
            assert two.waiting == 0
            return await asyncio.gather(*asks)

        assert asyncio.run(story()) == list("ABCD")

    def test_a_lane_that_fails_fails_its_own_batch(self, two, lanes):
        def run(kind, segments):
            if kind == "bad":
                raise ValueError("broken")
            return lanes.run(kind, segments)

        async def story():
            two.run = run
            good, bad = submitted(two, "a"), submitted(two, "b", kind="bad")
            with pytest.raises(ValueError, match="broken"):
                await bad[0]
            (await lanes.come("a")).set()
            return await asyncio.gather(*good)

        assert asyncio.run(story()) == ["A"]

    def test_the_pace_is_that_of_all_lanes(self, two, lanes):
        async def story():
            asks = submitted(two, "a" * 1000)
            first = await lanes.come("a" * 1000)
            asks += submitted(two, "b" * 1000)
            (await lanes.come("b" * 1000)).set()
            await asks[1]
            alone = two.pace.per_second
            began = time.perf_counter()
            first.set()
            await asks[0]
            return alone, two.pace, time.perf_counter() - began

        alone, pace, _ = asyncio.run(story())
        assert (pace.batches, pace.tokens, pace.characters) == (2, 2000, 2000)
        assert pace.per_second > 0.8 * alone  # the first lane's time holds the second's batch, too
