"""Texts to ids and back, with a fake tokenizer."""

import pytest

from dragoman.base.config import parse
from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS
from dragoman.corpora.records import Record
from dragoman.tasks.translation import TranslationConfig, TranslationTask


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
