"""From records to examples."""

from dragoman.batching.batch import Example
from dragoman.corpora.records import Record
from dragoman.jobs.run.preparation import make_examples


class Numbers:
    """A task whose texts are numbers."""

    def example(self, record):
        return Example([int(word) for word in record.source.split()], [int(word) for word in record.target.split()])


def test_both_ways_turns_every_pair_round_too():
    examples, longer = make_examples(
        Numbers(), [Record("4 5", "6"), Record("7", "8 9 10")], max_length=2, both_ways=True
    )
    assert [(one.source, one.target) for one in examples] == [([4, 5], [6]), ([6], [4, 5])]
    assert longer == 2
