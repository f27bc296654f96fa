"""What is made ahead is what would have been made, errors too, and no thread is left behind."""

import itertools
import threading

import pytest

from dragoman.batching.prefetch import ahead


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "dragoman-prefetch"]


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_the_same_items_in_order(depth):
    assert list(ahead(iter(range(100)), depth)) == list(range(100))
    assert not threads()


def test_no_more_than_the_depth_is_made_ahead():
    made = []
    items = ahead((made.append(number) or number for number in itertools.count()), 3)
    assert next(items) == 0
    while len(made) < 5:  # taken, three ready, one in hand
        threading.Event().wait(0.01)
    threading.Event().wait(0.05)
    assert made == [0, 1, 2, 3, 4]
    items.close()
    assert not threads()


def test_an_error_comes_where_it_would_have_come():
    def items():
        yield 1
        raise KeyError("here")

    found = ahead(items(), 2)
    assert next(found) == 1
    with pytest.raises(KeyError, match="here"):
        next(found)
    assert not threads()


def test_forgetting_ends_the_thread():
    items = ahead(itertools.count(), 2)
    next(items)
    assert threads()
    del items
    assert not threads()


def test_an_error_of_the_user_ends_the_thread():
    def use():
        for number in ahead(itertools.count(), 2):
            if number == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        use()
    assert not threads()
