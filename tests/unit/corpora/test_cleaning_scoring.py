"""Margins, the threshold that is found, and learning from the corpus itself, with scorers that are transparent."""

import numpy as np
import pytest

from dragoman.base.errors import EmptyCorpusError
from dragoman.corpora.cleaning.evidence import make_evidence
from dragoman.corpora.cleaning.scoring import Margins, choose_threshold, measure_margins, share_of_wrong
from dragoman.corpora.cleaning.self_training import FEWEST_PAIRS, measure_by_itself

COUNT = 300
WRONG = range(100, 140)


def shared_words(texts):
    """A scorer that counts words on both sides, and loves long texts for no reason."""
    return [len({*here.split()} & {*there.split()}) + len(here) / 10 for here, there in texts]


def pairs(count=COUNT, wrong=WRONG):
    """Each text of its own words; those of ``wrong`` stand beside another's translation."""
    texts = [" ".join(f"w{number * 7 + place}" for place in range(5 + number % 3)) for number in range(count)]
    return [(text, texts[(number + 37) % count] if number in wrong else text) for number, text in enumerate(texts)]


def test_margins_tell_wrong_pairs_whatever_the_scorer_loves():
    margins = measure_margins(pairs(), shared_words)
    wrong = np.isin(np.arange(COUNT), WRONG)
    assert margins.pairs[wrong].max() < margins.pairs[~wrong].min()
    assert abs(np.median(margins.strangers)) < 1


def test_the_threshold_parts_wrong_from_right_without_being_told():
    margins = measure_margins(pairs(), shared_words)
    dropped = {*np.flatnonzero(margins.pairs < choose_threshold(margins)).tolist()}
    assert dropped <= {*WRONG}
    assert len(dropped) > 0.8 * len(WRONG)
    assert share_of_wrong(margins) == pytest.approx(len(WRONG) / COUNT, abs=0.1)


def test_of_a_clean_corpus_nothing_is_dropped():
    margins = measure_margins(pairs(wrong=()), shared_words)
    assert not (margins.pairs < choose_threshold(margins)).any()


def test_margins_do_not_depend_on_how_many_are_looked_at_at_once():
    many = pairs(5000, wrong=range(0))
    assert len(measure_margins(iter(many), shared_words).pairs) == 5000
    assert len(measure_margins(iter(many[:2050]), shared_words).pairs) == 2050


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_pairs_are_not_judged(count):
    margins = measure_margins(pairs(count, wrong=()), shared_words)
    assert margins.pairs.tolist() == [0.0] * count
    assert choose_threshold(margins) <= 0


def test_evidence_is_added_to_the_pair_and_to_its_strangers():
    plain = measure_margins(pairs(), shared_words)
    punished = measure_margins(pairs(), shared_words, lambda pair: -3.0)
    assert np.allclose(punished.pairs, plain.pairs - 3)
    assert np.allclose(punished.strangers, plain.strangers - 3)


def test_neighbours_share_their_margins():
    margins = Margins(np.array([0.0, 3.0, 0.0, 0.0]), np.ones(4))
    assert margins.smoothed(1).pairs.tolist() == [0, 3, 0, 0]
    assert margins.smoothed(3).pairs.tolist() == [1.5, 1.0, 1.0, 0.0]
    assert margins.smoothed(99).strangers.tolist() == [1] * 4


def test_what_is_judged_was_not_learnt_from_and_the_worst_teach_nothing():
    texts = pairs()
    lessons = []

    def learn(taught):
        lesson = {*taught}
        lessons.append(lesson)

        def score(asked):
            if len(asked) >= FEWEST_PAIRS // 4 and asked[0] in texts:
                assert not lesson & {*asked}
            return shared_words(asked)

        return score

    margins = measure_by_itself(lambda: iter(texts), learn, count=len(texts))
    dropped = {*np.flatnonzero(margins.pairs < choose_threshold(margins)).tolist()}
    assert dropped <= {*WRONG}
    assert len(lessons) == 8
    assert all(len(lesson) == COUNT * 3 // 4 for lesson in lessons[:4])
    assert not any(texts[number] in lesson for lesson in lessons[4:] for number in WRONG)


def test_a_few_pairs_teach_nothing():
    with pytest.raises(EmptyCorpusError, match="too few to learn") as caught:
        measure_by_itself(lambda: iter(pairs(10, ())), lambda _: shared_words, count=10)
    assert "--reference" in str(caught.value.hint)


def test_evidence_speaks_against_numbers_lengths_and_languages():
    evidence = make_evidence("en", "de")
    good = evidence(("The ship left the harbour in 1984.", "Das Schiff verließ den Hafen 1984."))
    assert -0.2 < good <= 0
    assert evidence(("The ship left the harbour in 1984.", "Das Schiff verließ den Hafen 1948.")) < good - 2
    assert evidence(("The ship left the harbour in 1984.", "Schiff 1984")) < good - 0.5
    assert evidence(("The ship left the harbour in 1984.", "Le navire a quitté le port en 1984.")) < good - 1
    assert evidence(("1984", "1984")) == 0
