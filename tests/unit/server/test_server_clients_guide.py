"""Every example of the guide for clients runs, against a real server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from server_fakes import Parrot, listening, make_service

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "clients.md"
EXAMPLES = re.findall(r"```(python|bash)\n(.*?)```", GUIDE.read_text("utf-8"), re.S)


@pytest.mark.parametrize(("language", "code"), EXAMPLES, ids=lambda one: one.split("\n")[0][:40])
def test_example(language, code):
    with listening(make_service(Parrot("en", "de"))) as address:
        code = code.replace("http://127.0.0.1:5000", address)
        command = [sys.executable, "-c", code] if language == "python" else ["bash", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "de(Good morning!)" in done.stdout


def test_there_are_examples():
    assert len(EXAMPLES) >= 5
