"""Texts to ids and back, with a fake tokenizer."""

import pytest

from dragoman.base.config import parse
from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS, UNK
from dragoman.corpora.records import Record
from dragoman.tasks.translation import TranslationConfig, TranslationTask, known_tags


class Letters:
    """Ids are letters counted from a first id."""

    def __init__(self, first):
        self.first = first

    def encode(self, text):
        return [ord(letter) - ord("a") + self.first for letter in text]

    def decode(self, ids):
        return "".join(chr(id_ - self.first + ord("a")) for id_ in ids)


TASK = TranslationTask("en", "de", Letters(4), Letters(50))


def test_each_side_has_its_tokenizer_and_an_end():
    example = TASK.example(Record("ab", "ba"))
    assert example.source == [4, 5, EOS]
    assert example.target == [51, 50, EOS]


def test_a_source_alone_is_as_in_training():
    assert TASK.source_ids("ab") == TASK.example(Record("ab", "c")).source
    assert TASK.source_ids("") == [EOS]


def test_output_is_the_targets_text():
    assert TASK.output([51, 50]) == "ba"


def test_both_languages_must_be_named():
    config = parse(TranslationConfig, {"source": "en", "target": "pt-BR"}, place="a recipe")
    assert (config.source, config.target, config.joint_vocabulary) == ("en", "pt-BR", True)
    with pytest.raises(ConfigError, match="target: field required"):
        parse(TranslationConfig, {"source": "en"}, place="a recipe")


class Doubling(Letters):
    """Resampling that says every id twice, and remembers how it was asked."""

    def resample(self, ids, *, chance, key):
        return [index for index in ids for _ in range(2)]


def test_resampling_takes_both_sides_and_leaves_what_would_be_too_long():
    task = TranslationTask("en", "de", Doubling(4), Doubling(50))
    example = task.example(Record("abc", "a"))
    fresh = task.resample(example, chance=0.1, key=1, max_length=6)
    assert fresh.source == example.source  # eight ids are too many
    assert fresh.target == [50, 50, EOS, EOS]


def test_a_tokenizer_without_other_cuts_is_refused():
    with pytest.raises(ConfigError, match="one way only"):
        TASK.resample(TASK.example(Record("a", "b")), chance=0.1, key=1, max_length=9)


def test_both_directions_need_one_vocabulary():
    values = {"source": "en", "target": "de", "bidirectional": True, "joint_vocabulary": False}
    with pytest.raises(ConfigError, match="joint_vocabulary"):
        parse(TranslationConfig, values, place="a recipe")


class Words:
    """Every word is an id of its own; resampling turns all of them round."""

    def __init__(self, *known):
        self.known = list(known)

    def encode(self, text):
        return [self.known.index(word) + 4 if word in self.known else UNK for word in text.split()]

    def resample(self, ids, *, chance, key):
        return list(ids)[::-1]


def test_a_tag_stands_in_front_of_the_source():
    tokenizer = Words("⟦bt⟧", "one", "two")
    task = TranslationTask("en", "de", tokenizer, tokenizer, ("bt",))
    assert task.example(Record("one two", "two", tag="bt")).source == [4, 5, 6, EOS]
    assert task.example(Record("one two", "two")) == TranslationTask("en", "de", tokenizer, tokenizer).example(
        Record("one two", "two")
    )
    assert task.source_ids("two", tag="bt") == [4, 6, EOS]


def test_a_tag_is_never_cut_anew():
    tokenizer = Words("⟦bt⟧", "one", "two")
    task = TranslationTask("en", "de", tokenizer, tokenizer, ("bt",))
    fresh = task.resample(task.example(Record("one two", "two", tag="bt")), chance=1, key=1, max_length=9)
    assert fresh.source == [4, EOS, 6, 5]
    assert task.resample(task.example(Record("one", "two")), chance=1, key=1, max_length=9).source == [EOS, 5]


def test_tags_that_a_vocabulary_cannot_tell_apart_are_refused():
    tokenizer = Words("⟦bt⟧", "one")
    TranslationTask("en", "de", tokenizer, tokenizer, ("bt",)).require_tags()
    with pytest.raises(ConfigError, match="no pieces to write the tag ⟦law⟧"):
        TranslationTask("en", "de", tokenizer, tokenizer, ("bt", "law")).require_tags()


def test_known_tags_are_those_of_corpus_and_task_once_each():
    assert known_tags({"task": {"tags": ["law", "bt"]}, "corpus": {"tags": ["", "bt", "news"]}}) == (
        "law",
        "bt",
        "news",
    )
    assert known_tags({"task": {}}) == ()
