"""A cache bounded by characters."""

from dragoman.server.cache import Cache


def test_the_least_recently_used_goes_first():
    cache = Cache(30)
    for name in "abc":
        cache.put(name, name.upper(), characters=10)
    assert cache.get("a") == "A"
    cache.put("d", "D", characters=10)
    assert [cache.get(name) for name in "abcd"] == ["A", None, "C", "D"]
    assert (len(cache), cache.characters, cache.hits, cache.misses) == (3, 30, 4, 1)


def test_replacing_counts_once():
    cache = Cache(30)
    cache.put("a", 1, characters=20)
    cache.put("a", 2, characters=25)
    assert (cache.get("a"), cache.characters) == (2, 25)


def test_what_is_too_large_is_not_kept():
    cache = Cache(30)
    cache.put("a", 1, characters=10)
    cache.put("b", 2, characters=31)
    assert (cache.get("a"), cache.get("b")) == (1, None)
    assert Cache(0).get("a") is None
    cache.clear()
    assert (len(cache), cache.characters) == (0, 0)


def test_keys_that_look_alike_when_joined_are_different():
    cache = Cache(100)
    cache.put(("a|b", "c"), 1, characters=1)
    cache.put(("a", "b|c"), 2, characters=1)
    assert (cache.get(("a|b", "c")), cache.get(("a", "b|c"))) == (1, 2)
