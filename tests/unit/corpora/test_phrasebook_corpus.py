"""The phrasebook as a corpus: size, distinctness, hold-out, determinism."""

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter

import pytest

from dragoman.corpora import phrasebook
from dragoman.corpora.phrasebook import generation, holdout, modifiers, nouns
from dragoman.corpora.phrasebook.lexemes import noun_index
from dragoman.corpora.phrasebook.phrases import set_phrases
from dragoman.corpora.phrasebook.sentences import Draw
from dragoman.corpora.records import Record

PARTS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def parts() -> dict[str, list[Record]]:
    return {
        "train": phrasebook.records("train"),
        "validation": phrasebook.records("validation"),
        "test": phrasebook.records("test"),
    }


def digest(parts: dict[str, list[Record]]) -> str:
    text = "\n".join(f"{record.source}\t{record.target}" for name in PARTS for record in parts[name])
    return hashlib.sha256(text.encode()).hexdigest()


def test_sizes(parts: dict[str, list[Record]]) -> None:
    assert len(parts["train"]) >= 20_000
    assert len(parts["validation"]) == holdout.VALIDATION_SIZE
    assert len(parts["test"]) == holdout.TEST_SIZE
    lengths = [len(record.source.split()) for record in parts["train"]]
    assert 6 <= sum(lengths) / len(lengths) <= 9
    assert max(lengths) <= 20


def test_an_english_sentence_has_one_translation_wherever_it_is_drawn() -> None:
    seen = dict(set_phrases())
    assert len(seen) >= 100
    for pattern in generation.patterns():
        draw = Draw(f"again {pattern.__name__}")
        for _ in range(300):
            sentence = pattern(draw)
            assert seen.setdefault(sentence.english, sentence.german) == sentence.german


def test_no_side_of_an_exam_occurs_elsewhere(parts: dict[str, list[Record]]) -> None:
    for side in ("source", "target"):
        texts = {name: [getattr(record, side) for record in parts[name]] for name in PARTS}
        assert not set(texts["train"]) & set(texts["validation"])
        assert not set(texts["train"]) & set(texts["test"])
        assert not set(texts["validation"]) & set(texts["test"])
        assert len(set(texts["test"])) == len(texts["test"])
    sources = [record.source for name in PARTS for record in parts[name]]
    assert len(set(sources)) == len(sources)


def test_every_word_of_an_exam_was_learnt(parts: dict[str, list[Record]]) -> None:
    for side in ("source", "target"):
        seen = Counter(word for record in parts["train"] for word in holdout.words(getattr(record, side)))
        for name in ("validation", "test"):
            for record in parts[name]:
                assert all(seen[word] >= holdout.LEAST_SEEN for word in holdout.words(getattr(record, side))), record


def test_the_exam_asks_for_combinations_that_were_never_together(parts: dict[str, list[Record]]) -> None:
    combinations = {sentence.english: set(sentence.combinations) for sentence in generation.sentences()}
    learnt = set().union(*(combinations[record.source] for record in parts["train"]))
    for name in ("validation", "test"):
        for record in parts[name]:
            assert combinations[record.source] - learnt, record


def test_set_phrases_are_all_learnt(parts: dict[str, list[Record]]) -> None:
    learnt = {(record.source, record.target) for record in parts["train"]}
    assert ("Hello world!", "Hallo Welt!") in learnt
    assert ("Good morning!", "Guten Morgen!") in learnt
    assert set(set_phrases()) <= learnt


def test_texts_are_well_formed(parts: dict[str, list[Record]]) -> None:
    for name in PARTS:
        for record in parts[name]:
            for text in (record.source, record.target):
                assert text == " ".join(text.split())
                assert text[0].isupper()
                assert text[-1] in ".!?," or text in {"Kind regards,", "Mit freundlichen Grüßen"}
                assert "{" not in text
                assert "_" not in text


def test_vocabulary_is_several_hundred_lexemes() -> None:
    assert len(noun_index()) >= 280
    assert modifiers.ADJECTIVES.count(">") >= 55
    assert len(nouns.NOUNS) >= 20


def test_same_pairs_in_every_process(parts: dict[str, list[Record]]) -> None:
    code = (
        "import hashlib; from dragoman.corpora.phrasebook import records;"
        "text = '\\n'.join(f'{r.source}\\t{r.target}' for n in ('train', 'validation', 'test') for r in records(n));"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        result = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        assert result.stdout.strip() == digest(parts)


def test_generation_takes_seconds() -> None:
    started = time.process_time()
    generation.sentences()
    assert time.process_time() - started < 6  # about one second on a quiet machine


def test_importing_does_not_load_the_tables() -> None:
    code = "import sys, dragoman.corpora.phrasebook;"
    code += "print('dragoman.corpora.phrasebook.nouns' in sys.modules, 'torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]
