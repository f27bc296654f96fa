"""The service keeps what its OpenAPI description promises: schemathesis, for a moment; the benchmark is longer."""

import subprocess
import sys
from pathlib import Path

import pytest
from server_fakes import Parrot, listening, make_service

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "serving"


@pytest.fixture
def fuzz(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARK)
    import fuzz

    return fuzz


def test_whatever_is_sent(fuzz):
    with listening(make_service(Parrot("en", "de"), Parrot("zh", "en"))) as address:
        code, said = fuzz.fuzz(address, examples=5, seed=1, headers=[])
    assert code == 0, said
    found = fuzz.summary(said)
    assert found["cases"] > 100
    assert found["failures"] == 0
    assert found["operations"] >= 5


def test_a_service_that_does_not_keep_it_is_found(fuzz):
    service = make_service(Parrot("en", "de"))
    service.detect = lambda text, who: [("en", None)]
    with listening(service) as address:
        code, said = fuzz.fuzz(address, examples=2, seed=1, headers=[], path="/detect")
    assert code == 1
    assert "/detect" in said


def test_the_command_explains_itself():
    done = subprocess.run(
        [sys.executable, BENCHMARK / "fuzz.py", "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "--examples" in done.stdout
