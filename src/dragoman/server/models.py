"""A bundle as a speaker: the façade of the translator behind the joint of the service."""

from collections.abc import Hashable, Sequence
from pathlib import Path

from dragoman.base.errors import ConfigError, DataError
from dragoman.server.ask import RefusedError
from dragoman.server.speaker import Said, Segments, Wish
from dragoman.translator.translator import Translator


class ModelSpeaker:
    """One model.

    Args:
        translator: ready to translate.
    """

    obeys_terms = True

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self.name = translator.name

    @property
    def source_language(self) -> str:
        """BCP-47 code of what it reads."""
        return self._translator.source_language

    @property
    def target_language(self) -> str:
        """BCP-47 code of what it writes."""
        return self._translator.target_language

    def segments(self, text: str) -> Segments:
        """Lines, and sentences of lines that are too long."""
        return Segments.of(self._translator.plan(text))

    def run(self, kind: Hashable, segments: Sequence[str]) -> list[Said]:
        """The translations of segments that are wanted alike.

        Raises:
            RefusedError: terms that the vocabulary cannot write, or an engine that cannot be told any.
        """
        assert isinstance(kind, Wish)
        wanted = kind.alternatives + 1
        try:
            translations = self._translator.translate(segments, n_best=wanted, terms=dict(kind.terms))
        except (ConfigError, DataError) as error:
            if not kind.terms:
                raise
            raise RefusedError("unsupported_terms", error.message) from error
        return [Said(tuple(dict.fromkeys(text for text, _ in one.alternatives))[:wanted]) for one in translations]


def open_model(path: Path, *, engine: str = "auto", threads: int | None = None) -> ModelSpeaker:
    """The model in the bundle directory ``path``."""
    return ModelSpeaker(Translator.load(path, engine=engine, threads=threads))
