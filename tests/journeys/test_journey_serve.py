"""The service as a user starts it: on the real command line, asked through the network, stopped by a signal."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest


@contextmanager
def running(*arguments, log):
    """A server on a free port; its address."""
    command = [sys.executable, "-m", "dragoman", "serve", "--port", "0", *map(str, arguments)]
    with log.open("w") as stream:
        process = subprocess.Popen(command, stderr=stream, stdout=stream, env={**os.environ, "OMP_NUM_THREADS": "1"})
    try:
        for _ in range(1200):
            if found := re.search(r'listening on (https?://[^\s"]+)', log.read_text()):
                yield found[1], process
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            raise AssertionError(log.read_text())
    finally:
        process.kill()
        process.wait()


def ask(address, **values):
    request = urllib.request.Request(address, json.dumps(values).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def wait_until_ready(address):
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=30):
                return
        except urllib.error.HTTPError:
            time.sleep(0.05)
    raise AssertionError("not ready")


def test_another_name_that_leads_here_is_refused(tmp_path):
    (tmp_path / "pairs.tsv").write_text("bonjour\tguten Tag\n", encoding="utf-8")
    memory = ("--memory", f"fr-de:{tmp_path / 'pairs.tsv'}")
    for options, status in (((), 403), (("--trust-proxy", "127.0.0.1"), 200)):
        with running(*memory, *options, log=tmp_path / "log") as (address, _):
            wait_until_ready(address)
            request = urllib.request.Request(f"{address}/languages", headers={"Host": "rebound.example"})
            try:
                found = urllib.request.urlopen(request, timeout=30).status
            except urllib.error.HTTPError as error:
                found = error.code
            assert found == status


def test_a_model_and_a_memory(golden, tmp_path):
    (tmp_path / "pairs.tsv").write_text("bonjour\tguten Tag\n", encoding="utf-8")
    with running(golden, "--memory", f"fr-de:{tmp_path / 'pairs.tsv'}", log=tmp_path / "log") as (address, process):
        wait_until_ready(address)
        assert ask(f"{address}/translate", q="bonjour", source="fr", target="de") == {"translatedText": "guten Tag"}
        with urllib.request.urlopen(address, timeout=30) as page:
            assert "<title>dragoman</title>" in page.read().decode()
        body = {"text": ["Hello world!", "We have two cars."], "source": "en", "target": "de", "alternatives": 1}
        both = ask(f"{address}/api/v1/translate", **body)["translations"]
        assert all(one["text"] and len(one["alternatives"]) == 1 for one in both)
        texts = [f"We have {number} cars." for number in range(40)]
        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(lambda text: ask(f"{address}/translate", q=text, source="en", target="de"), texts))
        again = ask(f"{address}/translate", q=texts, source="en", target="de")["translatedText"]
        assert [one["translatedText"] for one in found] == again
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert "cars" not in (tmp_path / "log").read_text()


def test_what_was_taken_is_finished_after_sigterm(golden, tmp_path):
    with running(golden, log=tmp_path / "log") as (address, process):
        wait_until_ready(address)
        texts = [f"We have {number} cars and {number} houses." for number in range(150)]
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask, f"{address}/translate", q=texts, source="en", target="de")
            time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert len(answer.result(30)["translatedText"]) == len(texts)
        process.wait(20)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to serve"),
        (["no-such-model"], "is not a bundle"),
        (["--memory", "pairs.tsv"], "en-de:pairs.tmx"),
        (["--memory", "en-de:no-such.tsv"], "no-such.tsv"),
    ],
)
def test_mistakes(arguments, words):
    done = subprocess.run(
        [sys.executable, "-m", "dragoman", "serve", *arguments], capture_output=True, text=True, timeout=120
    )
    assert done.returncode in (1, 2)
    assert words in done.stderr
    assert "hint:" in done.stderr
