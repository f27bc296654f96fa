"""What is hidden and what is kept, on the real command line."""

import subprocess
import sys

import pytest
from test_journey_serve import ask, running, wait_until_ready

SECRET = "Anna Kern lives at anna@kern.example.org, call (212) 555-0123."


def test_values_come_back_and_no_text_is_written(golden, tmp_path):
    (tmp_path / "names").write_text("Anna Kern\n", encoding="utf-8")
    options = ("--names", tmp_path / "names", "--store", tmp_path / "store.db", "--keys", "off", "--audit")
    limits = ("--limit", "cache_characters=0", "--log", "text")
    with running(golden, *options, *limits, log=tmp_path / "log") as (address, _):
        wait_until_ready(address)
        body = {"text": SECRET, "source": "en", "target": "de", "mask": ["all"]}
        [found] = ask(f"{address}/api/v1/translate", **body)["translations"]
        for value in ("Anna Kern", "anna@kern.example.org", "(212) 555-0123"):
            assert found["text"].count(value) == 1
    for path in tmp_path.iterdir():
        if path.name != "names":
            kept = path.read_bytes()
            assert all(word not in kept for word in (b"Anna", b"kern", b"lives", b"555-0123"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--mask", "emial"), "--mask 'emial' is no kind of value"),
        (("--mask", "name"), "--mask name needs a list"),
        (("--names", "missing.txt"), "missing.txt"),
    ],
)
def test_a_wrong_choice_is_told_at_once(golden, options, message, tmp_path):
    command = [sys.executable, "-m", "dragoman", "serve", "--port", "0", str(golden), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
