"""Files as jobs: taken, translated in turns, kept for a while; through our own dialect on a real server."""

import asyncio
import json
import threading

import httpx
import pytest
from server_fakes import KeyGate, Obedient, Parrot, listening, make_service

from dragoman.server.ask import Ask, RefusedError
from dragoman.server.files import desk as desks
from dragoman.server.files.job import FileAsk, tidy_name
from dragoman.server.gate import Caller, Credentials
from dragoman.server.telemetry.trace import CURRENT, Trace

ADA = Credentials("ada")
BOB = Credentials("bob")


class Patient(Parrot):
    """Waits with every batch until it may go on."""

    def __init__(self, source, target):
        super().__init__(source, target)
        self.go = threading.Event()
        self.batches = []

    def run(self, kind, segments):
        self.go.wait(3)  # where nobody says so it goes on in the end
        self.batches.append(len(segments))
        return super().run(kind, segments)


class CountingGate(KeyGate):
    """Writes down what was used."""

    def __init__(self, **callers):
        super().__init__(**callers)
        self.counted = []

    def used(self, caller, *, characters):
        self.counted.append((caller.identity, characters))


def service_of(*speakers, gate=None, **limits):
    return make_service(*speakers, gate=gate, **limits)


def text_of(lines):
    return "\n".join(f"Line number {one}." for one in range(lines)).encode()


def a_file(lines=3, name="a.txt", **more):
    return FileAsk(name, text_of(lines), "de", "en", **more)


async def settled(job):
    await asyncio.wait([job.task])
    return job


class TestDesk:
    def test_a_file_is_translated_and_counted(self):
        async def run():
            CURRENT.set(trace := Trace())
            gate = CountingGate(ada=Caller("ada"))
            desk = service_of(Parrot("en", "de"), gate=gate).files
            job = await settled(await desk.take(a_file(), ADA))
            assert job.state == "done"
            assert job.result == b"de(Line number 0.)\nde(Line number 1.)\nde(Line number 2.)"
            assert (job.done, job.total, job.characters) == (3, 3, 42)
            assert job.result_name == "a.de.txt"
            assert gate.counted[-1] == ("ada", 42)
            assert (trace.identity, trace.characters) == ("ada", 42)

        asyncio.run(run())

    def test_who_sends_many_large_files_keeps_nobody_else_waiting_until_all_are_looked_at(self, monkeypatch):
        gate, began = threading.Event(), []

        def slow(ask, limits):
            began.append(ask.name)
            assert ask.name == "small.txt" or gate.wait(10)
            return "Line", 3, 42

        monkeypatch.setattr(desks, "_look", slow)

        async def run():
            desk = service_of(Parrot("en", "de"), gate=KeyGate(ada=Caller("ada"), bob=Caller("bob"))).files
            large = [asyncio.create_task(desk.take(a_file(name=f"{one}.txt"), ADA)) for one in range(3)]
            while not began:
                await asyncio.sleep(0.001)
            await asyncio.wait_for(desk.take(a_file(name="small.txt"), BOB), 10)
            assert began == ["0.txt", "small.txt"]
            gate.set()
            await asyncio.gather(*large)
            await desk.close()

        asyncio.run(run())
        assert began[2:] == ["1.txt", "2.txt"]

    def test_only_the_owner_sees_it(self):
        async def run():
            desk = service_of(Parrot("en", "de"), gate=KeyGate(ada=Caller("ada"), bob=Caller("bob"))).files
            job = await desk.take(a_file(), ADA)
            assert desk.find(job.identity, ADA) is job
            for identity, who in ((job.identity, BOB), ("0" * 32, ADA)):
                with pytest.raises(RefusedError) as refused:
                    desk.find(identity, who)
                assert refused.value.status == 404
            await settled(job)

        asyncio.run(run())

    def test_a_file_never_fills_the_queue(self):
        async def run():
            speaker = Patient("en", "de")
            service = service_of(speaker, file_segments=4)
            job = await service.files.take(a_file(200), ADA)
            await asyncio.sleep(0.05)
            batcher = service.fleet.members[0].batcher
            assert 0 < batcher.waiting <= 4
            quick = asyncio.create_task(service.answer(Ask(("Quick!",), "de", "en"), ADA))
            await asyncio.sleep(0.01)
            speaker.go.set()
            await quick
            assert job.done < 20  # of 200: who wants a sentence does not wait for the file
            await settled(job)
            assert job.done == job.total == 200
            assert max(speaker.batches) <= 5

        asyncio.run(run())

    def test_a_long_paragraph_never_fills_the_queue(self):
        async def run():
            speaker = Patient("en", "de")
            service = service_of(speaker, file_segments=4)
            ask = FileAsk("a.txt", b"A sentence of some words that is. " * 100, "de", "en")
            job = await service.files.take(ask, ADA)
            await asyncio.sleep(0.05)
            assert 0 < service.fleet.members[0].batcher.waiting <= 4
            speaker.go.set()
            assert (await settled(job)).state == "done"

        asyncio.run(run())

    def test_turns_go_round(self):
        async def run():
            speaker = Patient("en", "de")
            desk = service_of(speaker, gate=KeyGate(ada=Caller("ada"), bob=Caller("bob"))).files
            jobs = [await desk.take(a_file(name=f"{one}.txt"), ADA) for one in range(3)]
            jobs.append(await desk.take(a_file(), BOB))
            assert [job.state for job in jobs] == ["translating", "waiting", "waiting", "waiting"]
            speaker.go.set()
            for job in jobs:
                await settled(job)
            assert [job.began for job in jobs] == [1, 3, 4, 2]

        asyncio.run(run())

    def test_deleted_under_way(self):
        async def run():
            speaker = Patient("en", "de")
            gate = CountingGate(ada=Caller("ada"))
            service = service_of(speaker, gate=gate, file_segments=4)
            first = await service.files.take(a_file(100), ADA)
            second = await service.files.take(a_file(1), ADA)
            await asyncio.sleep(0.05)
            service.files.forget(first)
            with pytest.raises(RefusedError):
                service.files.find(first.identity, ADA)
            speaker.go.set()
            assert (await settled(second)).state == "done"
            assert len(speaker.asked) <= 6
            assert first.ask.data == b""
            assert ("ada", 0) in gate.counted

        asyncio.run(run())

    def test_forgotten_after_a_while_and_at_the_end(self):
        async def run():
            service = service_of(Parrot("en", "de"), keep_file_seconds=0.05)
            job = await settled(await service.files.take(a_file(), ADA))
            await asyncio.sleep(0.1)
            with pytest.raises(RefusedError):
                service.files.find(job.identity, ADA)
            assert job.result is None
            slow = await service_of(Patient("en", "de")).files.take(a_file(), ADA)
            slow.task.cancel()
            last = await service.files.take(a_file(), ADA)
            await service.close()
            assert last.task.cancelled()
            assert last.ask.data == b""

        asyncio.run(run())

    @pytest.mark.parametrize(
        ("limits", "reason", "status"),
        [
            ({"max_files_each": 1}, "too_many_files", 429),
            ({"max_files": 1}, "busy", 503),
            ({"max_kept_bytes": 100}, "busy", 503),
            ({"max_file_bytes": 10}, "too_much", 413),
            ({"max_file_characters": 10}, "too_much", 413),
        ],
    )
    def test_too_much(self, limits, reason, status):
        async def run():
            desk = service_of(Patient("en", "de"), **limits).files

            async def fill():
                await desk.take(a_file(), ADA)
                await desk.take(a_file(), ADA)

            with pytest.raises(RefusedError) as refused:
                await fill()
            assert (refused.value.reason, refused.value.status) == (reason, status)
            await desk.close()

        asyncio.run(run())

    def test_who_has_none_waits_for_everyone_and_what_failed_gives_way(self):
        class Broken(Parrot):
            def run(self, kind, segments):
                raise RuntimeError

        async def run():
            desk = service_of(Broken("en", "de"), max_files=1).files
            failed = await settled(await desk.take(a_file(), ADA))
            await desk.take(a_file(), BOB)
            with pytest.raises(RefusedError):
                desk.find(failed.identity, ADA)
            with pytest.raises(RefusedError):
                await desk.take(FileAsk("a.txt", b"x" * 20_000_000, "de"), BOB)
            await desk.close()

        asyncio.run(run())

    def test_a_model_that_fails(self, capsys):
        class Broken(Parrot):
            def run(self, kind, segments):
                raise RuntimeError("Line number 1")

        async def run():
            job = await settled(await service_of(Broken("en", "de")).files.take(a_file(), ADA))
            assert job.state == "failed"
            assert (job.reason, job.message) == ("engine_failed", "the model failed on this text")
            assert job.ask.data == b""

        asyncio.run(run())
        assert "Line number" not in capsys.readouterr().err

    def test_the_same_language(self):
        async def run():
            ask = FileAsk("a.txt", text_of(3), "de", "de")
            job = await settled(await service_of(Parrot("de", "en")).files.take(ask, ADA))
            assert job.result == text_of(3)
            assert job.notes == ("same-language",)

        asyncio.run(run())

    def test_who_stops_waiting_gives_the_file_up(self):
        async def run():
            desk = service_of(Patient("en", "de")).files
            job = await desk.take(a_file(), ADA)
            waiting = asyncio.create_task(desk.finish(job))
            await asyncio.sleep(0.01)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            with pytest.raises(RefusedError):
                desk.find(job.identity, ADA)

        asyncio.run(run())

    def test_an_address_is_hidden_from_the_model(self):
        async def run():
            speaker = Parrot("en", "de")
            ask = FileAsk("a.txt", b"Write to ada@example.org today.", "de", "en")
            job = await settled(await service_of(speaker).files.take(ask, ADA))
            assert job.result == b"de(Write to ada@example.org today.)"
            assert "ada" not in str(speaker.asked)

        asyncio.run(run())

    def test_a_forgotten_file_leaves_nothing(self):
        async def run():
            desk = service_of(Obedient("en", "de")).files
            ask = a_file(name="x" * 1_000_000 + ".txt", terms={"number": "Nummer"})
            job = await settled(await desk.take(ask, ADA))
            assert len(job.ask.name) < 150
            assert (job.ask.data, job.ask.terms) == (b"", {})
            await asyncio.sleep(0)
            desk.forget(job)
            assert job.end.cancelled()  # else the clock of the loop would hold it for an hour

            again = await desk.take(a_file(), ADA)
            desk.forget(again)
            await settled(again)
            await asyncio.sleep(0)
            assert again.end is None

        asyncio.run(run())

    def test_a_network_of_one_has_one_share(self):
        async def run():
            desk = service_of(Parrot("en", "de"), max_files_each=2).files
            jobs = [await desk.take(a_file(), Credentials(address=f"2001:db8::{one}")) for one in range(2)]
            with pytest.raises(RefusedError) as refused:
                await desk.take(a_file(), Credentials(address="2001:db8::9"))
            assert refused.value.status == 429
            jobs += [await desk.take(a_file(), Credentials(address="2001:db8:0:1::9"))]
            for job in jobs:
                await settled(job)

        asyncio.run(run())

    def test_names(self):
        assert tidy_name('..\\..\\etc/pass"wd\n.txt') == "passwd.txt"
        assert tidy_name("") == "file"
        assert len(tidy_name("a" * 500 + ".docx")) < 150


class TestNative:
    def test_a_file(self):
        with listening(make_service(Parrot("en", "de"))) as address:
            formats = httpx.get(f"{address}/api/v1/files").json()
            assert {".docx", ".html", ".md", ".srt", ".txt", ".vtt"} <= set(formats["suffixes"])
            files = {"file": ("Bericht über.html", b"<p>The <b>red</b> car &amp; I</p>")}
            taken = httpx.post(f"{address}/api/v1/files", files=files, data={"target": "de", "source": "en"})
            assert taken.status_code == 202
            place = f"{address}/api/v1/files/{taken.json()['id']}"
            for _ in range(200):
                found = httpx.get(place).json()
                if found["state"] == "done":
                    break
            assert found | {"id": ""} == {
                "id": "",
                "state": "done",
                "name": "Bericht über.html",
                "source": "en",
                "target": "de",
                "done": 1,
                "total": 1,
                "characters": 15,
                "reason": "",
                "message": "",
                "notes": [],
                "keep_seconds": 3600.0,
            }
            result = httpx.get(f"{place}/result")
            assert result.text == "<p>de(The <b>red</b> car &amp; I)</p>"
            assert "Bericht%20%C3%BCber.de.html" in result.headers["content-disposition"]
            assert result.headers["content-disposition"].startswith("attachment")
            assert "sandbox" in result.headers["content-security-policy"]
            assert httpx.delete(place).status_code == 204
            assert httpx.get(place).status_code == 404
            assert httpx.get(f"{place}/result").status_code == 404

    @pytest.mark.parametrize("path", ["/api/v1/files", "/v2/document", "/translate_file"])
    def test_a_large_one_is_not_put_on_a_disk(self, path, monkeypatch, tmp_path):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "full"))  # where nothing can be written
        data = b"Hello.\n" + b"\n" * 3_000_000
        fields = {"target": "de", "source": "en", "source_lang": "EN", "target_lang": "DE"}
        with listening(make_service(Parrot("en", "de"))) as address:
            answer = httpx.post(f"{address}{path}", files={"file": ("a.txt", data)}, data=fields, timeout=30)
        assert answer.is_success, answer.text

    @pytest.mark.parametrize(
        ("name", "data", "fields", "status", "words"),
        [
            ("a.txt", b"", {"target": "de"}, 400, "empty"),
            ("a.txt", b"caf\xe9", {"target": "de"}, 400, "byte 3 (0xe9), in line 1"),
            ("a.docx", b"no archive", {"target": "de"}, 400, "no Word document"),
            ("a.exe", b"MZ", {"target": "de"}, 415, ".docx"),
            ("a.txt", b"Hello", {"target": "xx"}, 400, "not served"),
            ("a.txt", b"Hello", {}, 400, "target"),
            ("a.txt", b"Hello", {"target": "de", "source": "!"}, 400, "language code"),
            ("a.txt", b"Hello", {"target": "de", "terms": "{"}, 400, "terms: no JSON object"),
            ("a.txt", b"Hello", {"target": "de", "terms": '{"": "x"}'}, 400, "terms: no JSON object"),
            ("a.txt", b"Hello", {"target": "de", "terms": '{"a": "b"}'}, 400, "no model there obeys them"),
        ],
    )
    def test_mistakes(self, name, data, fields, status, words):
        with listening(make_service(Parrot("en", "de"))) as address:
            answer = httpx.post(f"{address}/api/v1/files", files={"file": (name, data)}, data=fields)
            assert answer.status_code == status
            assert words in answer.json()["message"]

    def test_with_a_glossary(self):
        with listening(make_service(Obedient("en", "de"))) as address:
            sent = {"target": "de", "source": "en", "terms": json.dumps({"dog": "Rüde"})}
            taken = httpx.post(f"{address}/api/v1/files", files={"file": ("a.txt", b"a dog")}, data=sent)
            for _ in range(200):
                result = httpx.get(f"{address}/api/v1/files/{taken.json()['id']}/result")
                if result.status_code == 200:
                    break
            assert result.text == "de(a Rüde)"

    def test_not_ready_and_no_file(self):
        speaker = Patient("en", "de")
        with listening(make_service(speaker)) as address:
            files = {"file": ("a.txt", b"Hello there")}
            taken = httpx.post(f"{address}/api/v1/files", files=files, data={"target": "de"}).json()
            answer = httpx.get(f"{address}/api/v1/files/{taken['id']}/result")
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            assert httpx.get(f"{address}/api/v1/files/{taken['id']}").json()["state"] == "translating"
            speaker.go.set()
            nothing = httpx.post(f"{address}/api/v1/files", data={"target": "de"})
            assert nothing.status_code == 400
