"""Models that fail, hang, run out of memory or change, and what their users hear of it."""

import asyncio
import gc
import json
import threading
import weakref
from pathlib import Path

import pytest
from server_fakes import Parrot, make_service, nothing
from starlette.testclient import TestClient
from test_contract_dialects import SPOKEN, TRANSLATING

from dragoman.base.errors import DamagedFileError
from dragoman.server.app import create_app
from dragoman.server.ask import Ask, RefusedError
from dragoman.server.fleet import Fleet, FleetLimits
from dragoman.server.gate import Credentials
from dragoman.server.running.attendance import look_after, watch_bundles
from dragoman.server.running.care import Care
from dragoman.server.running.connections import allow_many_connections
from dragoman.server.service import Service
from dragoman.text.language import rank_languages

ANYBODY = Credentials()


class Delicate(Parrot):
    """Cannot bear one word, and only so many segments at once."""

    def __init__(self, *ends, most=100, error=RuntimeError):
        super().__init__(*ends)
        self.most, self.error = most, error

    def run(self, kind, segments):
        if len(segments) > self.most:
            raise MemoryError("very private")
        if any("poison" in one for one in segments):
            raise self.error("very private")
        return super().run(kind, segments)


class Stuck(Parrot):
    """Hangs where it is told to."""

    def __init__(self, *ends):
        super().__init__(*ends)
        self.gate = threading.Event()

    def run(self, kind, segments):
        if "hang" in segments:
            assert self.gate.wait(20)
        return super().run(kind, segments)


def ask(*texts):
    return Ask(texts, "de", "en")


async def until(condition):
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to be")


class TestFailures:
    def test_only_the_segment_that_fails_is_refused(self, capfd):
        care = Care(Delicate("en", "de").run, "a model")
        from dragoman.server.speaker import Wish

        found = care(Wish(), ["a", "b", "poison", "c", "d"])
        assert [type(one).__name__ for one in found] == ["Said", "Said", "RefusedError", "Said", "Said"]
        assert care.is_well
        assert care.seconds == 0
        written = capfd.readouterr().err
        assert "RuntimeError" in written
        assert "private" not in written

    def test_several_threads_at_once(self):
        gates = {name: threading.Event() for name in ("old", "young")}

        def run(kind, segments):
            if segments == ["fails"]:
                raise RuntimeError
            assert gates[segments[0]].wait(10)
            return segments

        async def go():
            care = Care(run, "a model")
            old = asyncio.create_task(asyncio.to_thread(care, None, ["old"]))
            await asyncio.sleep(0.05)
            young = asyncio.create_task(asyncio.to_thread(care, None, ["young"]))
            await asyncio.sleep(0.02)
            assert care.seconds >= 0.05
            gates["old"].set()
            assert await old == ["old"]
            assert 0 < care.seconds < 0.05
            failed = await asyncio.gather(*(asyncio.to_thread(care, None, ["fails"]) for _ in range(3)))
            assert all(isinstance(one, RefusedError) for [one] in failed)
            assert (care.failures, care.is_well) == (3, False)
            gates["young"].set()
            assert await young == ["young"]
            assert care.is_well
            assert care.seconds == 0

        asyncio.run(go())

    def test_both_lanes_in_want_of_memory_go_in_parts(self):
        speaker = Delicate("en", "de", most=3)
        speaker.lanes = 2
        service = make_service(speaker)
        texts = [f"text {number}" for number in range(40)]
        answer = asyncio.run(service.answer(ask(*texts), ANYBODY))
        assert [one.text for one in answer.translations] == [f"de({text})" for text in texts]

    def test_what_does_not_fit_into_memory_at_once_goes_in_parts(self):
        service = make_service(Delicate("en", "de", most=3))
        texts = [f"text {number}" for number in range(20)]
        answer = asyncio.run(service.answer(ask(*texts), ANYBODY))
        assert [one.text for one in answer.translations] == [f"de({text})" for text in texts]

    @pytest.mark.parametrize("name", TRANSLATING)
    @pytest.mark.parametrize("error", [RuntimeError, MemoryError, ValueError])
    def test_in_every_dialect(self, name, error):
        spoken = SPOKEN[name]
        with TestClient(create_app(make_service(Delicate("en", "de", error=error)), nothing)) as client:
            answer = client.post(spoken.path, json=spoken.body("poison", "en", "de"))
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"
            assert "the model failed" in spoken.message(answer.json())
            assert client.get("/ready").status_code == 200
            assert client.post(spoken.path, json=spoken.body("hello", "en", "de")).status_code == 200

    def test_a_model_that_always_fails_is_not_ready_until_it_begins_anew(self):
        made = [Delicate("en", "de"), Parrot("en", "de")]
        made[0].run = lambda kind, segments: 1 / 0 if segments != ["1"] else [None]

        async def go():
            fleet = Fleet(lambda path: made.pop(0))
            service = Service(fleet, rank_languages)
            await fleet.load([Path("model")])
            for number in range(3):
                with pytest.raises(RefusedError, match="failed"):
                    await service.answer(ask(f"text {number}"), ANYBODY)
            assert fleet.troubled == [("en", "de", "it fails: ZeroDivisionError")]
            looking = asyncio.create_task(look_after(fleet, look_seconds=0.01))
            await until(lambda: fleet.directions and not fleet.troubled)
            looking.cancel()
            return await service.answer(ask("hello"), ANYBODY)

        assert asyncio.run(go()).translations[0].text == "de(hello)"


class TestHanging:
    def test_it_is_given_up_and_everybody_hears_of_it(self):
        stuck = Stuck("en", "de")

        async def go():
            fleet = Fleet(lambda path: stuck, FleetLimits(max_batch_seconds=0.1, max_wait_seconds=0.05))
            service = Service(fleet, rank_languages)
            await fleet.load([Path("model")])
            first = asyncio.create_task(service.answer(ask("hang"), ANYBODY))
            await until(lambda: fleet.members[0].care.seconds > 0.06)
            with pytest.raises(RefusedError, match="too many"):
                await service.answer(ask("newcomer"), ANYBODY)
            looking = asyncio.create_task(look_after(fleet, look_seconds=0.01))
            with pytest.raises(RefusedError, match="anew"):
                await first
            await until(lambda: fleet.directions)
            looking.cancel()
            found = await service.answer(ask("hello"), ANYBODY)
            await service.close()
            return found

        try:
            assert asyncio.run(go()).translations[0].text == "de(hello)"
        finally:
            stuck.gate.set()

    def test_who_comes_too_late_with_an_old_way_is_refused(self):
        async def go():
            service = make_service(Parrot("en", "de"))
            [member] = service.fleet.members
            old = member.batcher
            await service.fleet.restart(member)
            with pytest.raises(RefusedError, match="anew"):
                await old.submit("hello", None)
            return await service.answer(ask("hello"), ANYBODY)

        assert asyncio.run(go()).translations[0].text == "de(hello)"


class TestNewModels:
    def test_a_newer_one_that_is_broken_or_another_leaves_the_old_one(self, capfd):
        made = [Parrot("en", "de"), DamagedFileError("half-copied"), MemoryError("x"), Parrot("en", "fr")]

        def open_next(path):
            found = made.pop(0)
            if isinstance(found, Exception):
                raise found
            return found

        async def go():
            service = make_service(open_model=open_next)
            await service.fleet.load([Path("model")])
            [member] = service.fleet.members
            for words in ("half-copied", "MemoryError", "en-fr"):
                await service.fleet.reload(member)
                assert words in member.error
                assert member.problem == "a newer one could not be loaded"
                assert service.fleet.directions
                assert not service.fleet.troubled
                assert (await service.answer(ask("hello"), ANYBODY)).translations[0].text == "de(hello)"

        asyncio.run(go())
        assert capfd.readouterr().err.count("the old one stays") == 3

    def test_the_old_one_is_forgotten(self):
        async def go():
            service = make_service(open_model=lambda path: Parrot("en", "de"))
            await service.fleet.load([Path("model")])
            [member] = service.fleet.members
            await service.answer(ask("hello"), ANYBODY)
            old = weakref.ref(member.speaker)
            await service.fleet.reload(member)
            await service.answer(ask("hello"), ANYBODY)
            gc.collect()
            assert old() is None

        asyncio.run(go())

    def test_a_bundle_is_taken_when_it_has_come_to_rest(self, tmp_path):
        opened = []

        def open_model(path):
            opened.append((path / "manifest.json").read_text())
            return Parrot("en", "de")

        async def go():
            (tmp_path / "manifest.json").write_text("first")
            service = make_service(open_model=open_model)
            await service.fleet.load([tmp_path])
            watching = asyncio.create_task(watch_bundles(service.fleet, look_seconds=0.02))
            await asyncio.sleep(0.1)
            assert opened == ["first"]
            for number in range(20):  # as if it were being copied
                (tmp_path / "manifest.json").write_text("x" * (number + 10))
                await asyncio.sleep(0.004)
            (tmp_path / "manifest.json").write_text(json.dumps("second"))
            await until(lambda: opened[-1] == '"second"')
            await asyncio.sleep(0.1)
            assert opened.count('"second"') == 1
            watching.cancel()

        asyncio.run(go())


def test_as_many_connections_as_the_system_lets(monkeypatch):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, limits[1]))
        allow_many_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (limits[1], limits[1])
        monkeypatch.setattr(resource, "setrlimit", lambda *told: (_ for _ in ()).throw(ValueError("not allowed")))
        allow_many_connections()
    finally:
        monkeypatch.undo()
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
