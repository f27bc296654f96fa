"""The threat model says by which tests each defence is shown: they are there, where it says."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "guides" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.search(r"\| .*`(test_|Test|tests/)|\| (`[a-z_]+`(, )?)+ \|$", line)]


def places(cell):
    """(file, test or None) of each thing that a cell names: ``room``: ``test``, ``test`` … or a path: ``test``."""
    for part in cell.split(";"):
        where, _, named = part.partition(":")
        files = [TESTS / "unit" / "server" / f"test_server_{room}.py" for room in re.findall(r"`([a-z_]+)`", where)]
        files += [TESTS.parent / path for path in re.findall(r"`(tests/[\w/.]+)`", where)]
        for file in files:
            yield from ((file, name) for name in re.findall(r"`((?:test_|Test)[\w…]+)`", named) or [None])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_what_shows_a_defence_is_there(row):
    found = list(places(row.split("|")[-2]))
    assert found
    for file, name in found:
        assert file.is_file(), file
        if name is not None:
            wanted = re.escape(name).replace("…", r"\w*")
            assert re.search(rf"\b(def|class) {wanted}\b", file.read_text(encoding="utf-8")), (file.name, name)


def test_both_tables_are_read():
    assert len(ROWS) >= 30
