"""Talk goes to stderr, as written; bars are silent when nobody looks."""

import pytest

from dragoman.base import log


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A console made while the test's stderr is in place."""
    monkeypatch.setattr(log, "_console", None)


def test_talk_is_on_stderr_and_markup_is_text(capsys):
    log.say("a [bold]word[/bold] and a path /x/y " + "long " * 60)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "a [bold]word[/bold] and a path /x/y " + "long " * 60 + "\n"


def test_warnings_say_so(capsys):
    log.warn("look out")
    assert capsys.readouterr().err == "warning: look out\n"


def test_no_bar_without_a_terminal(capsys):
    with log.progress("{task.fields[rate]}") as display:
        task = display.add_task("work", total=3, rate="1/s")
        display.advance(task, 3)
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", "")
