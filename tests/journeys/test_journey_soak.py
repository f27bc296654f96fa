"""The soak test, shortly: every fault once, and not one accepted request lost."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "benchmarks" / "serving" / "soak.py"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_every_fault_once(golden, tmp_path):
    bundle = tmp_path / "model"
    shutil.copytree(golden, bundle)
    options = ["--minutes", "0.1", "--many", "12", "--rate", "40", "--clients", "8", "--fault-seconds", "0.2"]
    done = subprocess.run(
        [sys.executable, SOAK, bundle, *options], capture_output=True, text=True, timeout=300, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert set(found["faults"]) == {"reload", "garbage", "replace", "vanish", "lock", "pause", "kill"}
    assert found["outcomes"]["answered"] > 20
    assert (found["lost"], found["mangled"], found["of_500"], found["crashes"], found["exit_code"]) == (0, 0, 0, 0, 0)
