"""A service that stands: new models under load, an end under load, and a process that is killed."""

import http.client
import json
import os
import shutil
import signal
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from test_journey_serve import ask, running, wait_until_ready

PATHS = {
    "/api/v1/translate": lambda text: {"text": text, "source": "fr", "target": "de"},
    "/translate": lambda text: {"q": text, "source": "fr", "target": "de"},
    "/v2/translate": lambda text: {"text": [text], "source_lang": "FR", "target_lang": "DE"},
    "/v1/chat/completions": lambda text: {
        "model": "dragoman-fr-de",
        "stream": True,
        "messages": [{"role": "user", "content": text}],
    },
    "/MTRestService/TranslateJson": lambda text: {"input": text, "srcLangCode": "fr", "trgLangCode": "de"},
}


class Clients:
    """Ask on kept connections, one request after another; remember every answer and every failure."""

    def __init__(self, address, many, text):
        self.place = urlsplit(address).netloc
        self.text = text
        self.stop = threading.Event()
        self.answers, self.failures = [], []
        self.turned_away = 0
        self.threads = [threading.Thread(target=self.work, args=(number,)) for number in range(many)]
        for thread in self.threads:
            thread.start()

    def work(self, number):
        connection, asked = http.client.HTTPConnection(self.place, timeout=30), 0
        while not self.stop.is_set():
            path, body = list(PATHS.items())[(number + asked) % len(PATHS)]
            content = json.dumps(body(self.text(number, asked)))
            try:
                connection.request("POST", path, content, {"content-type": "application/json"})
                answer = connection.getresponse()
            except (OSError, http.client.RemoteDisconnected):  # as with every kept connection that was idle
                self.turned_away += 1
                break
            try:
                body = answer.read().decode()
                if answer.status not in (200, 503):  # a busy machine may have to refuse, which is an answer
                    self.failures.append((answer.status, body))
                self.answers.append(body)
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
                break
            asked += 1
        connection.close()

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(30)


@pytest.fixture
def memory(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_text("bonjour\told answer\n", encoding="utf-8")
    return file


def until(condition):
    for _ in range(400):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to be")


def test_new_models_under_load(memory, golden, tmp_path):
    bundle = tmp_path / "model"
    shutil.copytree(golden, bundle)
    arguments = (bundle, "--memory", f"fr-de:{memory}", "--reload")
    with running(*arguments, log=tmp_path / "log") as (address, process):
        wait_until_ready(address)
        said = (tmp_path / "log").read_text
        clients = Clients(address, 16, lambda number, asked: "bonjour")
        time.sleep(0.3)
        memory.write_text("bonjour\tnew answer\n", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        until(lambda: any("new answer" in one for one in clients.answers[-20:]))
        (bundle / "manifest.json").write_text("{")  # half of it: the old one stays
        until(lambda: "the old one stays" in said())
        assert "could not be loaded" in urllib.request.urlopen(f"{address}/api/v1/health").read().decode()
        assert ask(f"{address}/translate", q="Hello world!", source="en", target="de")["translatedText"]
        before = said().count("en → de is ready")
        shutil.copyfile(golden / "manifest.json", bundle / "manifest.json")  # whole again: it is taken by itself
        until(lambda: said().count("en → de is ready") > before)
        assert "could not be loaded" not in urllib.request.urlopen(f"{address}/api/v1/health").read().decode()
        clients.end()
        assert not clients.failures
        assert not clients.turned_away
        assert "old answer" in clients.answers[0]
        assert all("new answer" in one for one in clients.answers[-16:])
        process.terminate()
        assert process.wait(20) == 0


def test_the_end_under_load(golden, tmp_path):
    memory = tmp_path / "pairs.tsv"
    memory.write_text("bonjour\tguten Tag\n", encoding="utf-8")
    arguments = (golden, "--memory", f"fr-de:{memory}", "--log", "json")
    with running(*arguments, log=tmp_path / "log") as (address, process):
        wait_until_ready(address)
        texts = [f"We have {number} cars and {number} houses." for number in range(150)]
        long = {}
        slow = threading.Thread(
            target=lambda: long.update(ask(f"{address}/translate", q=texts, source="en", target="de"))
        )
        slow.start()
        clients = Clients(address, 16, lambda number, asked: f"bonjour\n{number} {asked}")
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        for thread in [*clients.threads, slow]:
            thread.join(30)
        assert process.wait(30) == 0
        assert not clients.failures
        assert clients.turned_away == 16
        assert len(long["translatedText"]) == len(texts)
        accepted = (tmp_path / "log").read_text().count('"method": "POST"')
        assert accepted == len(clients.answers) + 1 > 17  # what the service took, somebody got
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_the_second_signal_ends_at_once(golden, tmp_path):
    with running(golden, log=tmp_path / "log") as (address, process):
        wait_until_ready(address)
        place = urlsplit(address)
        connection = http.client.HTTPConnection(place.netloc, timeout=30)
        connection.putrequest("POST", "/translate")
        connection.putheader("content-length", "1000")
        connection.endheaders(b"{")  # a request that is not finished for twenty seconds
        time.sleep(0.2)
        process.terminate()
        time.sleep(0.5)
        assert process.poll() is None
        began = time.monotonic()
        process.terminate()
        assert process.wait(10) == 130
        assert time.monotonic() - began < 5
        connection.close()


def children(process):
    return [int(one) for one in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for the child in /proc")
def test_a_killed_process_is_started_anew_and_nobody_is_turned_away(memory, tmp_path):
    with running("--memory", f"fr-de:{memory}", "--supervise", log=tmp_path / "log") as (address, process):
        for number in (signal.SIGKILL, signal.SIGSEGV):
            wait_until_ready(address)
            [child] = children(process)
            os.kill(child, number)
            assert ask(f"{address}/translate", q="bonjour", source="fr", target="de") == {
                "translatedText": "old answer"
            }
            assert children(process) != [child]
        process.terminate()
        assert process.wait(20) == 0
        assert (tmp_path / "log").read_text().count("started anew") == 2
    with running("--memory", f"fr-de:{memory}", "--supervise", log=tmp_path / "log") as (address, process):
        wait_until_ready(address)
        [child] = children(process)
        process.kill()
        process.wait(10)
        until(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())
