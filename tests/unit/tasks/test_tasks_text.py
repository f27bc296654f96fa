"""Text alone as examples: the text, and where its sentences end."""

import pytest

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS
from dragoman.corpora.records import Record
from dragoman.jobs.recipe import make_recipe
from dragoman.tasks.text import TextTask
from dragoman.tokenizers.bytes import ByteConfig, ByteTokenizer
from dragoman.tokenizers.sentencepiece import SentencePieceConfig, SentencePieceTokenizer

LINES = ["A dog runs. A cat sleeps.", "The dog sleeps.", "A cat runs. The dog sleeps. A cat."] * 20
TOKENIZERS = {
    "sentencepiece": lambda: SentencePieceTokenizer.train(LINES, SentencePieceConfig(vocabulary_size=320)),
    "bytes": lambda: ByteTokenizer.train(LINES, ByteConfig()),
}


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_sentences_end_in_the_source_and_the_target_is_the_text(kind):
    tokenizer = TOKENIZERS[kind]()
    task = TextTask(("en",), tokenizer)
    text = "A dog runs. A cat sleeps. The dog."
    example = task.example(Record("A dog runs. \nA cat sleeps. \nThe dog.", text))
    assert example.target == [*tokenizer.encode(text), EOS]
    assert [index for index in example.source if index != EOS] == example.target[:-1]
    ends = [place for place, index in enumerate(example.source) if index == EOS]
    assert len(ends) == 3
    assert ends[-1] == len(example.source) - 1
    assert tokenizer.decode(example.source[: ends[0]]) == "A dog runs."
    assert task.example(Record("One.", "One.")).source == task.example(Record("One.", "One.")).target


def test_resampling_keeps_text_and_borders():
    tokenizer = TOKENIZERS["sentencepiece"]()
    task = TextTask(("en",), tokenizer)
    example = task.example(Record("A dog runs. \nA cat sleeps.", "A dog runs. A cat sleeps."))
    made = [task.resample(example, chance=0.9, key=key, max_length=99) for key in range(300)]
    for one in made:
        assert tokenizer.decode(one.target) == "A dog runs. A cat sleeps."
        assert one.source.count(EOS) == 2
        assert [index for index in one.source if index != EOS] == one.target[:-1]
    assert len({tuple(one.source) for one in made}) > 1
    assert task.resample(example, chance=0.9, key=1, max_length=3) == example


TEXT = {"corpus": {"train": ["mono"]}, "task": {"kind": "text", "languages": ["en", "de"]}}


def test_a_recipe_of_text_names_every_file_and_watches_the_loss():
    recipe = make_recipe({**TEXT, "corpus": {"train": ["mono", "x.de.gz"], "weights": [2, 1]}}, place="test")
    assert recipe.corpus.train == ("mono.en", "mono.de", "x.de.gz")
    assert recipe.corpus.weights == (1, 1, 1)
    assert recipe.training.metric == "loss"
    assert recipe.objective.kind == "denoising"
    assert make_recipe(recipe.given(), place="again") == recipe


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"objective": {"kind": "cross_entropy"}}, "does not go with task.kind = 'text'"),
        ({"training": {"metric": "bleu"}}, "text alone is not translated"),
        ({"task": {"source": "en", "target": "de"}, "objective": {"kind": "mass"}}, "does not go with task.kind"),
        ({"task": {"kind": "text", "languages": ["en", "en"]}}, "a language stands twice"),
        ({"corpus": {"train": ["mono.en"], "tags": ["x"]}}, "not tagged"),
        ({"training": {"start_from": "a", "init_from": "b"}}, "both given"),
    ],
)
def test_what_does_not_go_together_is_refused(change, message):
    with pytest.raises(ConfigError, match=message):
        make_recipe({**TEXT, **change}, place="test")


def test_a_recipe_of_text_has_no_direction():
    with pytest.raises(ConfigError, match="no source and no target"):
        _ = make_recipe(TEXT, place="test").translation
