"""What is hidden: units, shares, spans, determinism by key, and that special ids never are."""

from random import Random

import pytest

from dragoman.base.symbols import EOS, UNK
from dragoman.objectives.hiding import Pieces, disguise, draw_places, infill, units

PIECES = Pieces.of(["<pad>", "<unk>", "<s>", "</s>", *(f"▁w{n}" for n in range(20)), *(f"s{n}" for n in range(20))])
BEGIN, INNER = range(4, 24), range(24, 44)


def text(words: int, random: Random) -> list[int]:
    """Words of one to three pieces."""
    return [i for _ in range(words) for i in (random.choice(BEGIN), *random.choices(INNER, k=random.randrange(3)))]


def test_units_are_pieces_or_words():
    ids = [4, 24, 25, 5, EOS, 6, 26, EOS]
    assert units(ids, PIECES, whole_words=False) == [(n, n + 1) for n in range(8)]
    assert units(ids, PIECES, whole_words=True) == [(0, 3), (3, 4), (4, 5), (5, 7), (7, 8)]


def test_without_marks_every_piece_is_a_word():
    plain = Pieces.of(["<pad>", "<unk>", "<s>", "</s>", "a", "b"])
    assert units([4, 5, 4], plain, whole_words=True) == [(0, 1), (1, 2), (2, 3)]


def test_a_line_without_spaces_is_not_one_word():
    assert max(end - start for start, end in units([4, *[24] * 30], PIECES, whole_words=True)) == 8


@pytest.mark.parametrize("whole_words", [False, True])
@pytest.mark.parametrize("mean_span", [1.0, 3.8])
def test_the_share_is_hidden_and_no_special_id(whole_words, mean_span):
    random = Random(1)
    hidden = ordinary = 0
    for _ in range(300):
        ids = [*text(8, random), EOS, *text(8, random), EOS]
        found = units(ids, PIECES, whole_words=whole_words)
        places = draw_places(ids, found, share=0.15, mean_span=mean_span, random=random)
        assert places
        assert all(ids[place] > EOS for place in places)
        if whole_words:
            assert all(set(range(*unit)) <= places or not set(range(*unit)) & places for unit in found)
        hidden += len(places)
        ordinary += len(ids) - 2
    assert 0.14 < hidden / ordinary < (0.2 if whole_words else 0.17)


def test_spans_lie_side_by_side():
    def runs(mean_span):
        ids, random = [4] * 400, Random(2)
        places = draw_places(ids, units(ids, PIECES, whole_words=False), share=0.1, mean_span=mean_span, random=random)
        return len(places) / sum(place - 1 not in places for place in places)

    assert runs(1.0) < 1.5
    assert runs(3.8) > 2


def test_a_text_without_words_hides_nothing():
    assert draw_places([UNK, EOS], [(0, 1), (1, 2)], share=0.5, mean_span=1.0, random=Random(0)) == set()


def test_most_hidden_places_show_unk_some_another_piece_some_themselves():
    ids = [4 + n % 40 for n in range(20_000)]
    seen = disguise(ids, set(range(10_000)), PIECES, others=0.1, random=Random(3))
    assert seen[10_000:] == ids[10_000:]
    assert seen[:10_000].count(UNK) / 10_000 == pytest.approx(0.8, abs=0.02)
    assert sum(a == b for a, b in zip(seen[:10_000], ids, strict=False)) / 10_000 == pytest.approx(0.1025, abs=0.02)
    assert min(index for index in seen if index != UNK) >= 4


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_infilling_takes_the_share_and_never_grows(share):
    random = Random(4)
    kept = total = masks = 0
    for _ in range(400):
        ids = text(random.randrange(1, 12), random)
        found = units(ids, PIECES, whole_words=False)
        damaged = infill(ids, found, share=share, mean_span=3.0, random=random)
        assert len(damaged) <= len(ids)
        rest = iter(ids)
        assert all(index in rest for index in damaged if index != UNK)  # in their order
        masks += damaged.count(UNK)
        kept += len(damaged) - damaged.count(UNK)
        total += len(ids)
    assert 1 - kept / total == pytest.approx(share, abs=0.02)
    if share:
        assert 1.5 < (total - kept) / masks < 3.5  # short texts cut the spans
    else:
        assert masks == 0


def test_infilling_inserts_masks_that_stand_for_nothing():
    ids = [4] * 100
    found = units(ids, PIECES, whole_words=False)
    masks = [infill(ids, found, share=0.3, mean_span=0.5, random=Random(n)).count(UNK) for n in range(50)]
    assert max(masks) == 30  # as many as there is room for
