"""Keys are the same on every machine and in every version: resuming and results stand on them."""

import pytest

from dragoman.base.randomness import generator, key

GOLDEN = {
    (): 8238016292129134938,
    (0,): 6711488920161924273,
    (1,): 8992774166669296750,
    ("1",): 4874322630454220205,
    (42, "order", 3): 8158505640502065422,
    (42, "prepare", 0, 7): 7037183126532923989,
    ("Brücke",): 7441810905884077514,
}


@pytest.mark.parametrize("parts", GOLDEN)
def test_keys_never_change(parts):
    assert key(*parts) == GOLDEN[parts]


def test_every_part_its_kind_and_its_place_count():
    keys = [key(1, 2), key(2, 1), key(12), key("1", 2), key(1, "2"), key("12"), key(1), key()]
    assert len(set(keys)) == len(keys)


def test_keys_fit_63_bits_and_fill_them():
    keys = [key(number) for number in range(2000)]
    assert all(0 <= one < 1 << 63 for one in keys)
    assert len(set(keys)) == 2000
    assert max(keys) > 1 << 62


def test_generators_are_fresh_and_repeatable():
    assert generator(1, "a").random() == generator(1, "a").random() == 0.2887739578180515
    assert generator(1, "a").random() != generator(1, "b").random()
