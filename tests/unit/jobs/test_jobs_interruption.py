"""Ctrl-C without loss."""

import os
import signal
import threading

import pytest

from dragoman.jobs.run.interruption import Interruption


def press(*numbers):
    for number in numbers:
        os.kill(os.getpid(), number)


@pytest.fixture(autouse=True)
def heard_hangups():
    """The tests themselves may run under ``nohup``."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_is_a_wish(number, capsys):
    before = signal.getsignal(number)
    with Interruption() as interruption:
        assert not interruption.requested
        press(number)
        assert interruption.requested
    assert signal.getsignal(number) == before


def test_the_second_acts_as_usual():
    with Interruption(), pytest.raises(KeyboardInterrupt):
        press(signal.SIGINT, signal.SIGINT)


def test_an_echo_of_the_first_is_not_a_second():
    before = signal.getsignal(signal.SIGINT)
    with Interruption(echo_seconds=60) as interruption:
        press(signal.SIGINT, signal.SIGINT, signal.SIGTERM)
        assert interruption.requested
    assert signal.getsignal(signal.SIGINT) == before


def test_a_second_after_the_echo_acts_as_usual():
    with Interruption(echo_seconds=1e-9), pytest.raises(KeyboardInterrupt):
        press(signal.SIGINT, signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_launcher_or_a_terminal_may_repeat_itself(number):
    with Interruption() as interruption:
        press(signal.SIGINT, number, number)
        assert interruption.requested


def test_nohup_is_respected():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            press(signal.SIGHUP)
            assert not interruption.requested
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_after_the_block_all_is_as_before():
    with Interruption():
        pass
    with pytest.raises(KeyboardInterrupt):
        press(signal.SIGINT)


def test_in_the_middle_of_another_message(monkeypatch):
    def busy(message):
        raise RuntimeError("reentrant call inside <_io.BufferedWriter name='<stderr>'>")

    monkeypatch.setattr("dragoman.jobs.run.interruption.say", busy)
    with Interruption() as interruption:
        press(signal.SIGINT)
        assert interruption.requested


def test_threads_other_than_the_main_one_get_no_signals():
    seen = []

    def work():
        with Interruption() as interruption:
            seen.append(interruption.requested)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]
