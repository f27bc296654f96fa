"""The peak of memory is at least what was taken, and does not fall when it is given back."""

import sys

import pytest

from dragoman.compute.memory import peak_memory_mib


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such count")
def test_the_peak_grows_and_stays():
    before = peak_memory_mib()["memory_mib"]
    assert 10 < before < 1_000_000
    block = bytearray(int((before + 64) * 2**20))
    block[::4096] = b"x" * len(block[::4096])
    during = peak_memory_mib()["memory_mib"]
    del block
    assert during >= before + 60
    assert peak_memory_mib()["memory_mib"] >= during - 4  # Linux counts pages in small lots
