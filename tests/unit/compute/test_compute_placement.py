"""Devices, threads, and the allocator's settings."""

import sys

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.compute import placement
from dragoman.compute.placement import ComputeConfig, choose_device, keep_freed_memory, set_up


@pytest.mark.parametrize("there", [True, False])
def test_auto_takes_a_gpu_when_there_is_one(monkeypatch, there):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert choose_device("auto").type == ("cuda" if there else "cpu")
    assert choose_device("cpu").type == "cpu"


def test_a_device_that_is_not_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="no 'cuda' device") as caught:
        choose_device("cuda")
    assert caught.value.hint == "set compute.device to one of: auto, cpu"


def test_set_up_applies_threads():
    before = torch.get_num_threads()
    try:
        assert set_up(ComputeConfig(device="cpu", threads=2)) == torch.device("cpu")
        assert torch.get_num_threads() == 2
        set_up(ComputeConfig(device="cpu"))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("answers", [[1, 1, 1], [1, 0, 1]])
def test_all_three_settings_go_to_the_allocator(monkeypatch, answers):
    settings = []

    class Library:
        @staticmethod
        def mallopt(option, value):
            settings.append((option, value))
            return answers[len(settings) - 1]

        @staticmethod
        def malloc(size):
            return None  # no memory: then none is asked to be in huge pages, nor freed

        @staticmethod
        def madvise(start, size, advice):
            raise AssertionError

        @staticmethod
        def free(place):
            raise AssertionError

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(placement.ctypes, "CDLL", lambda name: Library)
    assert keep_freed_memory() is all(answers)
    assert settings == [(-4, 0), (-1, 1 << 30), (-2, 64 << 20)]  # mmap_max, trim_threshold, top_pad of malloc.h


def test_other_systems_and_libraries_are_left_alone(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(placement.ctypes, "CDLL", missing)
    monkeypatch.setattr(sys, "platform", "linux")
    assert keep_freed_memory() is False
    monkeypatch.setattr(sys, "platform", "darwin")
    assert keep_freed_memory() is False


def test_the_heap_is_asked_to_be_in_huge_pages_and_freed(monkeypatch):
    begun, calls = (3 << 20) + 16, []

    class Library:
        @staticmethod
        def mallopt(option, value):
            return 1

        @staticmethod
        def malloc(size):
            calls.append(("malloc", size))
            return begun

        @staticmethod
        def madvise(start, size, advice):
            calls.append(("madvise", start, size, advice))
            return -1  # Linux will not

        @staticmethod
        def free(place):
            calls.append(("free", place))

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(placement.ctypes, "CDLL", lambda name: Library)
    assert keep_freed_memory()
    # whole pages of 2 MiB inside the 896 MiB; 14 is MADV_HUGEPAGE
    assert calls == [("malloc", 896 << 20), ("madvise", 4 << 20, 894 << 20, 14), ("free", begun)]
