"""What an operator sees of the service on the real command line: its figures, its log, whether it is ready."""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from test_journey_serve import ask, running, wait_until_ready
from test_journey_serve_secured import dragoman

from dragoman.base.files import checksum
from dragoman.server.store.migrations import open_store
from dragoman.server.store.sql_baselines import SqlBaselines
from dragoman.server.telemetry.quality.drift import THRESHOLD, Baseline


@pytest.fixture
def memory(tmp_path):
    (tmp_path / "pairs.tsv").write_text("bonjour\tguten Tag\n", encoding="utf-8")
    return f"fr-de:{tmp_path / 'pairs.tsv'}"


def read(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def test_figures_and_a_log_in_json(memory, tmp_path):
    with running("--memory", memory, "--log", "json", log=tmp_path / "log") as (found, process):
        address = found.removesuffix('"}')
        wait_until_ready(address)
        assert ask(f"{address}/translate", q="bonjour", source="fr", target="de")
        with pytest.raises(urllib.error.HTTPError):
            ask(f"{address}/translate", q="bonjour", source="fr", target="xx")
        figures = read(f"{address}/metrics")
        process.terminate()
        process.wait(20)
    assert 'dragoman_refusals_total{dialect="libretranslate",reason="unknown_language"} 1.0' in figures
    assert 'dragoman_model_segments_total{direction="fr-de"} 1.0' in figures
    lines = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    assert "listening on" in lines[0]["message"]
    answered = [one for one in lines if one.get("route") == "/translate"]
    assert [one["status"] for one in answered] == [200, 400]
    assert "bonjour" not in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full here")
def test_a_full_disk_under_the_log_stops_nobody(memory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "dragoman", "serve", "--memory", memory, "--log", "json", "--port"]
    with Path("/dev/full").open("w") as full:
        process = subprocess.Popen([*command, address.rpartition(":")[2]], stderr=full)
    try:
        for _ in range(600):
            try:
                wait_until_ready(address)
                break
            except urllib.error.URLError:
                assert process.poll() is None
                time.sleep(0.05)
        assert ask(f"{address}/translate", q="bonjour", source="fr", target="de")["translatedText"] == "guten Tag"
        assert re.search(r"dragoman_log_lines_lost [1-9]", read(f"{address}/metrics"))
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def drift_of(address, signal):
    found = re.search(
        rf'dragoman_quality_drift{{direction="en-de",signal="{signal}"}} (\S+)', read(f"{address}/metrics")
    )
    return float(found[1]) if found else None


def test_drift_is_seen_at_once_after_a_restart(tmp_path):
    """The model is known, for it was served before; and as long as it is the same."""
    model = shutil.copytree(Path(__file__).parents[1] / "data" / "golden-bundle", tmp_path / "model")
    store = open_store(str(tmp_path / "store.db"))
    usual = Baseline(1000, 0.1, 10.0, None, {"unsure": 50, "length": 20})
    SqlBaselines(store).keep(checksum(model / "manifest.json"), usual)
    store.close()
    texts = [f"Les {number} enfants jouent dans le jardin." for number in range(25)]
    with running(model, "--store", tmp_path / "store.db", "--keys", "off", log=tmp_path / "log") as (address, process):
        wait_until_ready(address)
        ask(f"{address}/translate", q=texts, source="en", target="de")
        for _ in range(200):
            if (found := drift_of(address, "foreign-source") or 0.0) > THRESHOLD:
                break
            time.sleep(0.1)
        process.terminate()
        process.wait(20)
    assert found > THRESHOLD


def test_a_choice_that_is_none(memory):
    refused = dragoman("serve", "--memory", memory, "--log", "xml")
    assert refused.returncode == 2
    assert "--log 'xml' is not a choice" in refused.stderr
