"""The aligner: a tiny corpus with known answers, and what must hold of any."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.alignment.aligner import Aligner, learn
from dragoman.base.errors import DamagedFileError, EmptyCorpusError, FileAccessError

TINY = [
    ("das haus", "the house"),
    ("das buch", "the book"),
    ("ein buch", "a book"),
    ("ein haus", "a house"),
    ("Das kleine Haus ist alt", "The small house is old"),
    ("das buch ist alt", "the book is old"),
    ("ein kleines buch", "a small book"),
    ("das kleine buch", "the small book"),
]
PAIRS = [(source.split(), target.split()) for source, target in TINY]


@pytest.fixture(scope="module")
def aligner():
    return learn(PAIRS)


def test_words_find_their_translations(aligner):
    lexicon = aligner.lexicon
    for source, target in (("das", "the"), ("haus", "house"), ("buch", "book"), ("ein", "a"), ("kleine", "small")):
        assert next(iter(lexicon.translations(source))) == target
        assert lexicon.probability(source, target) > 0.8
    assert next(iter(lexicon.origins("house"))) == "haus"


def test_links_are_the_known_ones(aligner):
    assert aligner.links(["das", "kleine", "haus"], ["the", "small", "house"]) == [(0, 0), (1, 1), (2, 2)]
    assert aligner.links(["Das", "HAUS"], ["the", "House"]) == [(0, 0), (1, 1)], "case is one"


def test_words_that_change_places_are_followed(aligner):
    assert aligner.links(["das", "buch"], ["book", "the"]) == [(0, 1), (1, 0)]


def test_a_good_pair_scores_above_a_wrong_one(aligner):
    right = aligner.score(["das", "buch", "ist", "alt"], ["the", "book", "is", "old"])
    wrong = aligner.score(["das", "buch", "ist", "alt"], ["a", "small", "house"])
    assert right > wrong + 2
    assert math.log(1e-6) - 1e-9 <= wrong <= right <= 0


def test_a_name_never_seen_goes_with_itself_only(aligner):
    same = aligner.score(["das", "Xenia"], ["the", "Xenia"])
    other = aligner.score(["das", "Xenia"], ["the", "Yvonne"])
    assert same > other + 1


def test_empty_sides(aligner):
    assert aligner.links([], []) == aligner.links(["das"], []) == aligner.links([], ["the"]) == []
    assert aligner.score([], []) == 0
    assert aligner.score(["das"], []) < -10
    assert aligner.score([], ["the"]) < -10


def test_unknown_words_have_no_translations(aligner):
    assert aligner.lexicon.translations("nie") == {}
    assert aligner.lexicon.probability("nie", "the") == 0


def test_many_at_once_are_as_one_by_one(aligner):
    pairs = [*PAIRS, ([], []), (["das"], []), (["neu", "das"], ["new", "the"])]
    assert list(aligner.scores(pairs)) == pytest.approx([aligner.score(*pair) for pair in pairs])
    assert list(aligner.align(pairs)) == [aligner.links(*pair) for pair in pairs]


def test_more_pairs_than_one_part(aligner):
    pairs = PAIRS * 200
    assert list(aligner.align(pairs)) == list(aligner.align(PAIRS)) * 200


def test_learning_is_deterministic_and_drawn_by_seed():
    def tables(**options):
        table = learn(PAIRS * 5, **options).lexicon
        return table.words, table.forward.keys.tolist(), table.forward.probabilities.tolist()

    assert tables() == tables()
    assert tables(most_pairs=6, seed=1) == tables(most_pairs=6, seed=1)
    assert tables(most_pairs=6, seed=1) != tables(most_pairs=6, seed=2)


def test_pairs_that_teach_nothing_are_passed_over():
    assert learn([*PAIRS, ([], ["x"]), (["y"] * 81, ["z"])]).lexicon.words == learn(PAIRS).lexicon.words
    with pytest.raises(EmptyCorpusError, match="no pair"):
        learn([([], ["x"])])


def test_saved_and_loaded_is_the_same(aligner, tmp_path):
    aligner.save(tmp_path / "aligner")
    loaded = Aligner.load(tmp_path / "aligner")
    assert list(loaded.scores(PAIRS)) == list(aligner.scores(PAIRS))
    assert loaded.lexicon.translations("das") == aligner.lexicon.translations("das")
    first = (tmp_path / "aligner").read_bytes()
    loaded.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == first


def test_a_damaged_file_is_told(aligner, tmp_path):
    path = tmp_path / "aligner"
    with pytest.raises(FileAccessError, match="no such file"):
        Aligner.load(path)
    aligner.save(path)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"not an aligner", b""):
        path.write_bytes(damaged)
        with pytest.raises(DamagedFileError, match="is not an aligner"):
            Aligner.load(path)


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=12), WORDS, WORDS)
def test_any_corpus_gives_probabilities_and_links_within(pairs, source, target):
    aligner = learn([*pairs, (["a"], ["b"])])
    for table in (aligner.lexicon.forward, aligner.lexicon.backward):
        assert np.all((table.probabilities > 0) & (table.probabilities <= 1.0001))
        sums = np.bincount(table.keys // table.size, table.probabilities)
        assert np.all(sums <= 1.0001)
    both, one, either = (
        set(aligner.links(source, target, symmetrization=how))
        for how in ("intersection", "grow-diag-final-and", "union")
    )
    assert both <= one <= either
    assert all(0 <= i < len(source) and 0 <= j < len(target) for i, j in either)
    assert aligner.score(source, target) <= 0
