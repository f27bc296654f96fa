"""Engines that say what they like, behind the real façade."""

import random
from collections.abc import Callable

import pytest

from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers.characters import CharacterTokenizer
from dragoman.translator.robust.config import RobustConfig
from dragoman.translator.translator import Translator

ALPHABET = "".join(map(chr, range(32, 127))) + "äöüß😀{}你好"


class TextEngine:
    """Says for each source what ``say`` makes of its text, and keeps what it was asked."""

    def __init__(self, task: TranslationTask, say: Callable[[str, DecodingConfig], list[str]], ended: bool = True):
        self.asked: list[list[str]] = []
        self.max_length = 400
        self.lanes = 1
        self._task, self._say, self._ended = task, say, ended

    def check(self, config):
        """Nothing is refused."""

    def decode(self, sentences, config, *, done=lambda count: None):
        texts = [self._task.output(sentence.ids) for sentence in sentences]
        self.asked.append(texts)
        done(len(texts))
        return [
            [
                self._hypothesis(text, said, rank, aligned=config.alignments)
                for rank, said in enumerate(self._say(text, config)[: config.n_best])
            ]
            for text in texts
        ]

    def _hypothesis(self, text: str, said: str, rank: int, *, aligned: bool) -> Hypothesis:
        """Each character is said looking at the one in its place, or at the last one."""
        ids = self._task.source_ids(said)[:-1]
        alignment = [min(place, len(text) - 1) for place in range(len(ids))] if aligned else None
        return Hypothesis(ids, -1.0 - rank, -1.0, ended=self._ended, alignment=alignment)

    def score(self, examples):
        raise NotImplementedError


@pytest.fixture(scope="session")
def task() -> TranslationTask:
    tokenizer = CharacterTokenizer.train([ALPHABET], CharacterTokenizer.config_type())
    return TranslationTask("en", "de", tokenizer, tokenizer)


@pytest.fixture(scope="session")
def make(task):
    """A translator of an engine that says something, and the engine."""

    def made(say, *, ended=True, **robust):
        one = say if isinstance(say("", DecodingConfig()), list) else lambda text, config: [say(text, config)]
        engine = TextEngine(task, one, ended)
        return Translator(task, engine, decoding=DecodingConfig(), robust=RobustConfig(**robust), longest=300), engine

    return made


def nonsense(text: str, config: DecodingConfig) -> str:
    """Random characters, the same ones for the same text."""
    draw = random.Random(text)
    return "".join(draw.choices(ALPHABET, k=draw.randint(0, 40)))


@pytest.fixture(scope="session", params=["nonsense", "nothing", "numbers", "the source twice", "one letter"])
def babbler(request, make):
    """A translator whose model is of no use."""
    say = {
        "nonsense": nonsense,
        "nothing": lambda text, config: " ",
        "numbers": lambda text, config: "1 2 3 {x} 4",
        "the source twice": lambda text, config: f"{text} {text}",
        "one letter": lambda text, config: "a" * 50,
    }[request.param]
    return make(say)[0]
