"""The façade: texts in, translations out. It knows the bundle, the plan of a document and an engine, no more."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

from dragoman.base.catalog import nearest
from dragoman.base.config import parse
from dragoman.base.errors import ConfigError, UnknownNameError
from dragoman.base.symbols import EOS
from dragoman.corpora.records import Record
from dragoman.decoding.search import DecodingConfig, Hypothesis
from dragoman.tasks.translation import TranslationTask
from dragoman.translator.bundle import Bundle, load_bundle
from dragoman.translator.documents import Document, plan
from dragoman.translator.engines.torch_engine import PairScore, TorchEngine


@dataclass(frozen=True, slots=True)
class Translation:
    """One text's translation.

    Attributes:
        text: the best one.
        score: its log-probability after the length penalty, in nats, averaged over the segments; 0 where nothing
            had to be translated.
        alternatives: the n best as (text, score), best first, the first being the translation itself.
    """

    text: str
    score: float
    alternatives: tuple[tuple[str, float], ...]


class Translator:
    """Translates with one model.

    Args:
        bundle: the model and its task.
        name: what to call it in reports.
        decoding: how to search; by default as the bundle's recipe says.
        device: where the model runs.
        tag: put before every text for which no other is given; "" for none.

    Raises:
        UnknownNameError: the model knows no such tag.
        ConfigError: the model was only pre-trained.
    """

    def __init__(
        self,
        bundle: Bundle,
        *,
        name: str = "model",
        decoding: DecodingConfig | None = None,
        device: str = "cpu",
        tag: str = "",
    ) -> None:
        if not isinstance(bundle.task, TranslationTask):
            languages = " and ".join(bundle.task.languages)
            raise ConfigError(
                f"{name} cannot translate: it was only pre-trained, on text in {languages} without translations",
                hint=f"teach it: dragoman train CORPUS --source … --target … --init-from {name} --output model/",
            )
        self.name = name
        self.bundle = bundle
        self._task: TranslationTask = bundle.task
        self._decoding = decoding or DecodingConfig.model_validate(bundle.recipe["decoding"])
        self._engine = TorchEngine(bundle.model.to(device), self._decoding)
        trained = int(bundle.recipe["batching"]["max_length"])
        self._tag = self._known(tag)
        self._limit = min(bundle.model.max_length or trained, trained)

    @classmethod
    def load(cls, path: str | Path, *, device: str = "auto", tag: str = "", **decoding: Any) -> Self:
        """The translator in the bundle directory ``path``.

        Args:
            path: what ``dragoman train --output`` wrote.
            device: auto, cpu, cuda or mps.
            tag: put before every text for which no other is given.
            decoding: fields of :class:`~dragoman.decoding.search.DecodingConfig` to change, such as ``beam=1``.

        Raises:
            FileAccessError: there is no bundle.
            DamagedFileError: a file is missing or was changed.
            VersionError: another version of dragoman wrote it.
            ConfigError: no such device, tag or decoding option.
        """
        from dragoman.compute.placement import choose_device

        bundle = load_bundle(Path(path))
        config = parse(DecodingConfig, {**bundle.recipe["decoding"], **decoding}, place="decoding options")
        return cls(bundle, name=Path(path).name, decoding=config, device=str(choose_device(device)), tag=tag)

    @property
    def source_language(self) -> str:
        """BCP-47 tag of what it reads."""
        return self._task.source_language

    @property
    def target_language(self) -> str:
        """BCP-47 tag of what it writes."""
        return self._task.target_language

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags the model knows."""
        return self._task.tags

    def translate(
        self, texts: Sequence[str], *, tag: str | None = None, done: Callable[[int], None] = lambda count: None
    ) -> list[Translation]:
        """The translation of each text, in order; one in, one out.

        An empty text gives an empty one. Line breaks and spacing survive. A text longer than the model's limit
        is cut at sentence borders and joined again.

        Args:
            texts: lines or whole documents.
            tag: what the model shall be told of them, one of :attr:`tags`; "" for nothing, None for the translator's.
            done: told how many segments have been decoded since it was last called.

        Raises:
            UnknownNameError: the model knows no such tag.
        """
        if isinstance(texts, str):
            raise TypeError("texts is one string; give a list of them: translate([text])")
        tag = self._tag if tag is None else self._known(tag)
        fits = partial(self._fits, tag=tag)
        documents = [
            plan(text, language=self.source_language, fits=fits, target_language=self.target_language) for text in texts
        ]
        segments = [segment for document in documents for segment in document.segments]
        distinct = list(dict.fromkeys(segments))
        decoded = self._engine.decode([self._task.source_ids(segment, tag=tag) for segment in distinct], done=done)
        found = dict(zip(distinct, decoded, strict=True))
        return [self._assemble(document, [found[part] for part in document.segments]) for document in documents]

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

    def _known(self, tag: str) -> str:
        if tag and tag not in self.tags:
            guess = nearest(tag, self.tags)
            advice = f"did you mean {guess!r}? " if guess else ""
            known = (
                f"{advice}its tags: {', '.join(self.tags)}" if self.tags else "leave the tag out: it was not given any"
            )
            raise UnknownNameError(f"the model {self.name} knows no tag {tag!r}", hint=known)
        return tag

    def _assemble(self, document: Document, found: Sequence[Sequence[Hypothesis]]) -> Translation:
        """The k-th alternative of a document is made of the k-th hypothesis of each segment, or of its last."""
        alternatives = []
        for rank in range(max((len(hypotheses) for hypotheses in found), default=1)):
            chosen = [hypotheses[min(rank, len(hypotheses) - 1)] for hypotheses in found]
            text = document.rebuild([self._task.output([*one.ids, EOS]) for one in chosen])
            score = sum(one.score for one in chosen) / max(1, len(chosen))
            alternatives.append((text, score))
        return Translation(*alternatives[0], tuple(alternatives))
