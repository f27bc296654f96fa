"""The façade: texts in, translations out. It knows the plan of a document and an engine, no more."""

import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

from dragoman.base.catalog import nearest
from dragoman.base.config import parse
from dragoman.base.errors import ConfigError, DataError, UnknownNameError
from dragoman.corpora.records import Record
from dragoman.decoding.config import DecodingConfig
from dragoman.tasks.protocol import Task
from dragoman.tasks.translation import TranslationTask
from dragoman.translator.documents import Document, plan
from dragoman.translator.engines import open_engine
from dragoman.translator.engines.protocol import Engine, PairScore, Place
from dragoman.translator.links import WordLink, links_of_document
from dragoman.translator.manifest import check_files, load_task, read_manifest, sound
from dragoman.translator.responder import Responder
from dragoman.translator.robust.config import NO_PROTECTION, RobustConfig
from dragoman.translator.robust.rescue import Outcome, Rescue
from dragoman.translator.terminology import Terminology
from dragoman.translator.tokens import NO_TOKENS, Tokens, total
from dragoman.translator.wording import Request, Wording


@dataclass(frozen=True, slots=True)
class Translation:
    """One text's translation.

    Attributes:
        text: the best one.
        score: its log-probability after the length penalty, in nats, averaged over the segments; 0 where nothing
            had to be translated.
        alternatives: the n best as (text, score), best first, the first being the translation itself.
        alignment: which words of the text and of the best translation say the same; None if not asked for. Protected
            spans that were put back are linked as wholes.
        notes: what had to be done to make it sound, of :data:`~dragoman.translator.robust.rescue.NOTES`.
        tokens: word pieces that the model read and wrote for it; of tries that were thrown away they are not counted.
    """

    text: str
    score: float
    alternatives: tuple[tuple[str, float], ...]
    alignment: tuple[WordLink, ...] | None = None
    notes: tuple[str, ...] = ()
    tokens: Tokens = NO_TOKENS


class Translator:
    """Translates with one model, whatever runs it.

    Args:
        task: languages and tokenizers.
        engine: the model, ready to run.
        decoding: how to search.
        name: what to call the model in reports.
        longest: ids of the longest sentence that is not cut.
        tag: put before every text for which no other is given; "" for none.
        robust: what to see to beside what the model says.

    Raises:
        UnknownNameError: the model knows no such tag.
        ConfigError: the model was only pre-trained, or the engine cannot decode so.
    """

    def __init__(
        self,
        task: Task,
        engine: Engine,
        *,
        decoding: DecodingConfig,
        name: str = "model",
        longest: int | None = None,
        tag: str = "",
        robust: RobustConfig | None = None,
    ) -> None:
        if not isinstance(task, TranslationTask):
            raise ConfigError(
                f"{name} cannot translate: it was only pre-trained, on text in {' and '.join(task.languages)} "
                "without translations",
                hint=f"teach it: dragoman train CORPUS --source … --target … --init-from {name} --output model/",
            )
        engine.check(decoding)
        self.name = name
        self._task: TranslationTask = task
        self._decoding = decoding
        self._engine = engine
        self._tag = self._known(tag)
        self._wording = Wording(task, engine.max_length)
        self._robust = robust or RobustConfig()
        rescue = Rescue(
            self._robust,
            source_language=task.source_language,
            target_language=task.target_language,
            rarity=self._wording.rarity,
        )
        self._responder = Responder(engine, self._wording, rescue, target_language=task.target_language)
        self._limit = min(longest or math.inf, engine.max_length or math.inf)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        engine: str = "auto",
        device: str = "auto",
        threads: int | None = None,
        tag: str = "",
        protect: bool | RobustConfig = True,
        **decoding: Any,
    ) -> Self:
        """The translator in the bundle directory ``path``.

        Args:
            path: what ``dragoman train --output`` wrote.
            engine: what runs the model, of those the bundle holds; auto takes the quickest.
            device: auto, cpu, cuda or mps.
            threads: of the processor; None for the engine's own choice.
            tag: put before every text for which no other is given.
            protect: whether to see to spans, capitals and loops; or to which of them.
            decoding: fields of :class:`~dragoman.decoding.config.DecodingConfig` to change, such as ``beam=1``.

        Raises:
            FileAccessError: there is no bundle.
            DamagedFileError: a file is missing or was changed.
            VersionError: another version of dragoman wrote it.
            ConfigError: no such device, tag or decoding option.
        """
        manifest = read_manifest(Path(path))
        with sound(Path(path)):
            check_files(Path(path), manifest)
            recipe = manifest["recipe"]
            config = parse(DecodingConfig, {**recipe["decoding"], **decoding}, place="decoding options")
            task = load_task(Path(path), recipe, manifest["tokenizers"])
            return cls(
                task,
                open_engine(Path(path), manifest, task, Place(device, threads), engine=engine, decoding=config),
                decoding=config,
                name=Path(path).name,
                longest=int(recipe["batching"]["max_length"]),
                tag=tag,
                robust=protect if isinstance(protect, RobustConfig) else RobustConfig() if protect else NO_PROTECTION,
            )

    @property
    def source_language(self) -> str:
        """BCP-47 tag of what it reads."""
        return self._task.source_language

    @property
    def target_language(self) -> str:
        """BCP-47 tag of what it writes."""
        return self._task.target_language

    @property
    def lanes(self) -> int:
        """How many threads gain from calling :meth:`translate` side by side."""
        return self._engine.lanes

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags the model knows."""
        return self._task.tags

    def translate(
        self,
        texts: Sequence[str],
        *,
        tag: str | None = None,
        n_best: int | None = None,
        prefixes: Sequence[str] = (),
        terms: Mapping[str, str] | None = None,
        avoid: Sequence[str] = (),
        done: Callable[[int], None] = lambda count: None,
    ) -> list[Translation]:
        """The translation of each text, in order; one in, one out.

        An empty text gives an empty one. Line breaks and spacing survive. A text is cut at sentence borders
        (``max_sentences``) and joined again; one with a prefix only where it is longer than the model's limit.

        Args:
            texts: lines or whole documents.
            tag: what the model shall be told of them, one of :attr:`tags`; "" for nothing, None for the translator's.
            n_best: alternatives wanted; None for the translator's own number. A beam too narrow for them is widened.
            prefixes: how the translation of each text begins, letter for letter; it may end inside a word. "" for as
                the model likes.
            terms: source term → target term: where words of a segment are a source term, the target term is said. It
                goes in the place of the words that the model said (:mod:`dragoman.translator.placing`); where there are
                none, or the engine tells no alignment, it is searched for; the note "unsaid" where that fails too.
            avoid: words and phrases never said as whole words, in any case.
            done: told how many segments have been decoded since it was last called.

        Raises:
            UnknownNameError: the model knows no such tag.
            DataError: a prefix for a text of several segments, or one or a term that the vocabulary cannot write.
            ConfigError: the engine cannot fulfil such a wish.
        """
        if isinstance(texts, str):
            raise TypeError("texts is one string; give a list of them: translate([text])")
        prefixes = prefixes or [""] * len(texts)
        tag = self._tag if tag is None else self._known(tag)
        documents = [self._plan(text, tag, whole=bool(prefix)) for text, prefix in zip(texts, prefixes, strict=True)]
        terminology = Terminology(terms or {})
        requests = [
            [
                Request(segment, tag, prefix, avoid=tuple(avoid), terms=tuple(terminology.find(segment)))
                for segment in document.segments
            ]
            for document, prefix in zip(documents, map(_typed, documents, prefixes), strict=True)
        ]
        distinct = list(dict.fromkeys(request for one in requests for request in one))
        decoding = self._decoding_for(n_best)
        found = self._responder.outcomes(distinct, decoding, done)
        return [
            self._assemble(document, [found[request] for request in asked], prefix, decoding.n_best)
            for document, asked, prefix in zip(documents, requests, prefixes, strict=True)
        ]

    def aligning(self) -> Self:
        """The same translator, which tells of every translation which word became which.

        Raises:
            ConfigError: its engine cannot.
        """
        decoding = self._decoding.model_copy(update={"alignments": True})
        self._engine.check(decoding)
        other = copy(self)
        other._decoding = decoding
        return other

    def plan(self, text: str, *, tag: str | None = None) -> Document:
        """The segments into which :meth:`translate` would cut ``text``, and what stands between them."""
        return self._plan(text, self._tag if tag is None else self._known(tag))

    def _plan(self, text: str, tag: str, *, whole: bool = False) -> Document:
        return plan(
            text,
            language=self.source_language,
            fits=partial(self._fits, tag=tag),
            target_language=self.target_language,
            whole_spans=self._robust.spans,
            max_sentences=None if whole else self._decoding.max_sentences,
        )

    def count(self, text: str) -> int:
        """The tokens of ``text``, as the model reads it in one piece."""
        return len(self._task.source_ids(text, tag=self._tag))

    def check_term(self, term: str) -> None:
        """Complain of a target term that cannot be said.

        Raises:
            DataError: the vocabulary has no pieces for it.
        """
        self._wording.phrase(term)

    def score(self, records: Sequence[Record]) -> list[PairScore]:
        """How likely the model finds each target, given its source (teacher forcing) and tag, or the translator's.

        A pair too long for the model has ``tokens`` = 0 in its score.
        """
        limit = self._engine.max_length or math.inf
        examples = [self._task.example(replace(record, tag=record.tag or self._tag)) for record in records]
        fitting = [example for example in examples if max(len(example.source), len(example.target)) <= limit]
        scores = iter(self._engine.score(fitting))
        return [
            next(scores) if max(len(example.source), len(example.target)) <= limit else PairScore(0.0, 0, 0)
            for example in examples
        ]

    def _fits(self, text: str, *, tag: str) -> bool:
        return len(self._task.source_ids(text, tag=tag)) <= self._limit

    def _decoding_for(self, n_best: int | None) -> DecodingConfig:
        if n_best is None or n_best == self._decoding.n_best:
            return self._decoding
        return self._decoding.model_copy(update={"n_best": n_best, "beam": max(n_best, self._decoding.beam)})

    def _known(self, tag: str) -> str:
        if tag and tag not in self.tags:
            raise _unknown_tag(tag, self.name, self.tags)
        return tag

    def _assemble(self, document: Document, found: Sequence[Outcome], prefix: str, most: int) -> Translation:
        """The k-th alternative of a document is made of the k-th draft of each segment, or of its last."""
        alternatives = []
        for rank in range(min(most, max((len(outcome.drafts) for outcome in found), default=1))):
            chosen = [outcome.drafts[min(rank, len(outcome.drafts) - 1)] for outcome in found]
            score = sum(one.score for one in chosen) / max(1, len(chosen))
            alternatives.append((document.rebuild([one.text for one in chosen], opening=prefix), score))
        alignment = None
        if self._decoding.alignments:
            best = [(outcome.drafts[0].text, outcome.drafts[0].links) for outcome in found]
            alignment = tuple(links_of_document(document, alternatives[0][0], best, opening=prefix))
        notes = tuple(dict.fromkeys(note for outcome in found for note in outcome.notes))
        tokens = total(outcome.drafts[0].tokens for outcome in found)
        return Translation(*alternatives[0], tuple(alternatives), alignment, notes, tokens)


def _typed(document: Document, prefix: str) -> str:
    """How the one segment of ``document`` shall begin.

    Raises:
        DataError: it has several.
    """
    if prefix and len(document.segments) > 1:
        raise DataError(
            f"a translation that begins with {prefix[:40]!r} is wished of a text of {len(document.segments)} segments "
            f"({document.segments[0][:40]!r}…)",
            hint="give one sentence at a time, or translate without a beginning",
        )
    return prefix


def _unknown_tag(tag: str, name: str, tags: Sequence[str]) -> UnknownNameError:
    guess = nearest(tag, tags)
    advice = f"did you mean {guess!r}? " if guess else ""
    known = f"{advice}its tags: {', '.join(tags)}" if tags else "leave the tag out: it was not given any"
    return UnknownNameError(f"the model {name} knows no tag {tag!r}", hint=known)
