"""Language codes as they come, and ways from one language to another."""

import pytest

from dragoman.server.languages import is_code, match, shortest_way
from dragoman.server.names import language_name


@pytest.mark.parametrize(
    ("wanted", "known", "found"),
    [
        ("en", ["de", "en"], "en"),
        ("EN", ["de", "en"], "en"),
        ("en-GB", ["de", "en"], "en"),
        ("en_GB", ["en", "en-GB"], "en-GB"),
        ("pt", ["pt-BR"], "pt-BR"),
        ("pt-PT", ["pt-BR"], "pt-BR"),
        ("zh-TW", ["zh-Hans", "zh-Hant"], "zh-Hant"),
        ("zh-CN", ["zh"], "zh"),
        ("zh", ["zh-Hant", "zh-Hans"], "zh-Hans"),
        ("fr", ["de", "en"], None),
        ("e", ["en"], None),
    ],
)
def test_match(wanted, known, found):
    assert match(wanted, known) == found


def test_codes():
    assert all(map(is_code, ("en", "zh-Hans", "pt_BR", "sr-Latn-RS", "yue")))
    assert not any(map(is_code, ("", "e", "auto!", "en de", "../etc", "x" * 36, "en-", "1a")))


def test_ways():
    directions = [("en", "de"), ("de", "en"), ("zh", "en"), ("en", "fr"), ("fr", "it"), ("it", "es"), ("es", "pt")]
    assert shortest_way("en", "de", directions) == [("en", "de")]
    assert shortest_way("zh", "de", directions) == [("zh", "en"), ("en", "de")]
    assert shortest_way("zh", "it", directions) == [("zh", "en"), ("en", "fr"), ("fr", "it")]
    assert shortest_way("zh", "es", directions) is None  # four steps
    assert shortest_way("de", "zh", directions) is None
    assert shortest_way("en", "en", directions) == []


def test_names():
    assert language_name("de") == "German"
    assert language_name("zh-Hans", in_language="de") == "Chinesisch (Vereinfacht)"
    assert language_name("en", in_language="zh") == "英语"
    assert language_name("qqx") == "qqx"
