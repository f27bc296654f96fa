"""What an operator sees of the service on the real command line: its figures, its log, whether it is ready."""

import json
import urllib.error
import urllib.request

import pytest
from test_journey_serve import ask, running, wait_until_ready
from test_journey_serve_secured import dragoman


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


def test_a_choice_that_is_none(memory):
    refused = dragoman("serve", "--memory", memory, "--log", "xml")
    assert refused.returncode == 2
    assert "--log 'xml' is not a choice" in refused.stderr
