"""Any number of processes make the same ids in the same order."""

import json
import os
import signal

import numpy as np
import pytest

from dragoman.base.errors import TrainingError
from dragoman.base.symbols import UNK
from dragoman.batching.example import Example
from dragoman.corpora.records import Record
from dragoman.corpora.spool import read_blocks, write_spool
from dragoman.jobs.assemble import make_task
from dragoman.jobs.recipe import make_recipe
from dragoman.jobs.run.tokenising import Encoder, tokenise, usual_processes
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers.bytes import ByteTokenizer
from dragoman.tokenizers.characters import CharacterConfig
from dragoman.tokenizers.sentencepiece import SentencePieceConfig
from dragoman.tokenizers.words import WordConfig

TASK = TranslationTask("en", "de", ByteTokenizer(), ByteTokenizer())


class Deadly(ByteTokenizer):
    """Kills the process it works in."""

    def encode(self, text):
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def blocks(tmp_path):
    write_spool((Record(f"text {number}", "ü" * (number % 9 + 1)) for number in range(100)), tmp_path / "spool")
    return list(read_blocks(tmp_path / "spool", 7))


def test_processes_change_nothing(blocks):
    one, three = (list(tokenise(Encoder(TASK, 12), blocks, processes=count)) for count in (1, 3))
    assert [(made.pairs, made.longer) for made in one] == [(made.pairs, made.longer) for made in three]
    assert sum(made.longer for made in one) == sum(number % 9 + 1 > 5 for number in range(100))
    for first, second in zip(one, three, strict=True):
        assert np.array_equal(first.block.ids, second.block.ids)
        assert np.array_equal(first.block.sources, second.block.sources)
        assert np.array_equal(first.block.targets, second.block.targets)


class Numbers:
    """A task whose texts are numbers."""

    def example(self, record):
        return Example([int(word) for word in record.source.split()], [int(word) for word in record.target.split()])


def test_both_ways_turns_every_pair_round_too(tmp_path):
    write_spool([Record("4 5", "6"), Record("7", "8 9 10")], tmp_path / "spool")
    encoder = Encoder(Numbers(), 2, both_ways=True)
    (made,) = tokenise(encoder, read_blocks(tmp_path / "spool", 10), processes=1)
    assert made.block.ids.tolist() == [4, 5, 6, 6, 4, 5]
    assert (made.block.sources.tolist(), made.block.targets.tolist()) == ([2, 1], [1, 2])
    assert (made.pairs, made.longer) == (2, 2)


def test_a_process_that_dies_is_told(blocks):
    deadly = TranslationTask("en", "de", Deadly(), Deadly())
    with pytest.raises(TrainingError, match="one of the 2 processes"):
        list(tokenise(Encoder(deadly, 50), blocks, processes=2))


def test_a_small_corpus_takes_one_process():
    assert usual_processes(1000) == 1
    assert 1 <= usual_processes(10**8) <= 16


@pytest.mark.parametrize(
    "config", [SentencePieceConfig(algorithm="bpe", vocabulary_size=320), CharacterConfig(), WordConfig()]
)
def test_every_tokenizer_learns_its_tags(config):
    values = {
        "corpus": {"train": ["a", "b"], "tags": ["", "bt"]},
        "task": {"source": "en", "target": "de"},
        "tokenizer": config.model_dump(exclude_none=True),
    }
    records = [Record(f"a small house {number}", f"ein kleines Haus {number}", tag="bt") for number in range(40)]
    task = make_task(make_recipe(values, place="test"), records)
    task.require_tags()
    tagged, plain = task.source_ids("a house", tag="bt"), task.source_ids("a house")
    assert UNK not in tagged
    assert tagged[-len(plain) :] == plain
    if isinstance(config, SentencePieceConfig):
        assert task.source_tokenizer.pieces(tagged)[:2] == ["▁", "⟦bt⟧"]
        example = task.example(Record("a small house", "ein Haus", tag="bt"))
        cuts = {tuple(task.resample(example, chance=0.9, key=key, max_length=99).source) for key in range(9)}
        assert len(cuts) > 1
        assert {cut[:2] for cut in cuts} == {tuple(tagged[:2])}


def test_both_ways_round_a_tag_stays_in_front():
    """The length limit counts it."""
    line = json.dumps(("ab", "cd", "bt")).encode()
    table = Encoder(TASK, 100, both_ways=True)([line]).block
    assert table.sources.tolist() == [len(TASK.source_ids("ab", tag="bt"))] * 2
    assert table.targets.tolist() == [3, 3]
    assert Encoder(TASK, 5)([line]).longer == 1
