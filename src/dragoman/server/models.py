"""A bundle as a speaker: the façade of the translator behind the joint of the service."""

from collections.abc import Hashable, Sequence
from pathlib import Path

from dragoman.base.errors import ConfigError, DataError
from dragoman.base.files import checksum, explained
from dragoman.server.ask import RefusedError
from dragoman.server.speaker import Said, Segments, Wish
from dragoman.server.texts.hops import UNSAID_TERM
from dragoman.translator.manifest import MANIFEST
from dragoman.translator.responder import UNSAID
from dragoman.translator.translator import Translation, Translator


class ModelSpeaker:
    """One model.

    Args:
        translator: ready to translate.
        checksum: of its bundle.
    """

    obeys_terms = True

    def __init__(self, translator: Translator, checksum: str = "") -> None:
        self._translator = translator
        self._aligner: Translator | None = translator
        self.name = translator.name
        self.checksum = checksum
        self.lanes = translator.lanes

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

    def count(self, segment: str) -> int:
        """Pieces that the model reads."""
        return self._translator.count(segment)

    def run(self, kind: Hashable, segments: Sequence[str]) -> list[Said]:
        """The translations of segments that are wanted alike.

        Raises:
            RefusedError: terms that the vocabulary cannot write, or an engine that cannot be told any.
        """
        assert isinstance(kind, Wish)
        wanted = kind.alternatives + 1
        translator = (kind.alignments and self._aligning()) or self._translator
        try:
            translations = translator.translate(segments, n_best=wanted, terms=dict(kind.terms))
        except (ConfigError, DataError) as error:
            if not kind.terms:
                raise
            raise RefusedError("unsupported_terms", error.message) from error
        return [_said(one, wanted) for one in translations]

    def _aligning(self) -> Translator | None:
        """The translator that tells which word became which; None where its engine cannot, and words are guessed."""
        if self._aligner is self._translator:
            try:
                self._aligner = self._translator.aligning()
            except ConfigError:
                self._aligner = None
        return self._aligner


def _said(one: Translation, wanted: int) -> Said:
    texts = tuple(dict.fromkeys(text for text, _ in one.alternatives))[:wanted]
    flags = (UNSAID_TERM,) if UNSAID in one.notes else ()
    links = tuple((link.source, link.target) for link in one.alignment or ())
    return Said(texts, flags, alignment=links, notes=one.notes, score=one.score or None, tokens=one.tokens)


def open_model(path: Path, *, engine: str = "auto", threads: int | None = None) -> ModelSpeaker:
    """The model in the bundle directory ``path``."""
    with explained("read", path):
        before = checksum(path / MANIFEST)
        translator = Translator.load(path, engine=engine, threads=threads)
        is_that = checksum(path / MANIFEST) == before  # and no other one that came meanwhile
    return ModelSpeaker(translator, before if is_that else "")


def bundles(path: Path) -> list[Path]:
    """``path`` itself, or the bundles that lie in it, by name; those that a dot begins are not meant."""
    found = sorted(manifest.parent for manifest in path.glob(f"[!.]*/{MANIFEST}"))
    return [path] if (path / MANIFEST).exists() or not found else found
