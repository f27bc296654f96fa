"""Decoding with CTranslate2: Transformers on a processor, in float32 or int8, without torch. Knows ids only, no text.

Its search is the one of :mod:`dragoman.decoding.search`: the same candidates survive, a source is done when ``beam``
hypotheses have ended, and scores are divided by the same length. Two things differ. What may never be said is left out
before the softmax, not after it, so the rest is a little likelier (by the chance of a piece that was never in the
training text: some 1e-4 nats). And of more hypotheses than the beam that end together it keeps the likeliest.

CTranslate2 knows one longest length for a call, we have one for each source. A batch runs with the longest of its
sources' lengths; what came out longer than its own, or was cut off, is searched once more with its own. Whatever ended
in time is what a search with its own length would have found: the best of more hypotheses, if it is among fewer, is
the best of these too.

To a source that holds nothing but EOS the translation is empty, but for its beginning.

Wishes. CTranslate2 leaves the chance of a forced beginning out of the score, and shares the chance of what is excluded
among the rest; so hypotheses with wishes are scored and ranked anew. A beginning that ends inside a word is spelt out
first (:mod:`dragoman.translator.engines.openings`). Phrases never to be said are the same for all of a call, so
sentences with other ones go in another call. Alignments are by the one layer that the export names.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from dragoman.base.errors import ConfigError, DamagedFileError, DragomanError, VersionError
from dragoman.base.files import read_json
from dragoman.base.symbols import BOS, PAD
from dragoman.batching.example import Example
from dragoman.decoding.bounds import longest_hypothesis
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Phrase, Sentence
from dragoman.tasks.protocol import Task
from dragoman.translator.engines.batches import like_lengths, shared_out
from dragoman.translator.engines.ctranslate2_asking import OTHERWISE, Asking, check
from dragoman.translator.engines.openings import log_softmax, spelt_out
from dragoman.translator.engines.protocol import PairScore, Place

_MOST_THREADS = 4
"""More do not make one call quicker unless it holds thousands of sentences."""


def open_engine(path: Path, manifest: Mapping[str, Any], task: Task, place: Place) -> "CTranslate2Engine":
    """The CTranslate2 model of the bundle in ``path``.

    Raises:
        ConfigError: it cannot work on such a device.
        VersionError: a newer CTranslate2 wrote the model.
    """
    entry = manifest["engines"]["ctranslate2"]
    return CTranslate2Engine(
        path / entry["directory"],
        place,
        quantization=entry["quantization"],
        max_length=int(manifest["recipe"]["model"]["max_length"]),
    )


class CTranslate2Engine:
    """Decodes id lists.

    Args:
        directory: a model of CTranslate2, as :mod:`dragoman.interop.ctranslate2` writes it.
        place: the device, and how many batches are decoded side by side.
        quantization: how the weights are kept, such as int8.
        max_length: the longest sentence in ids.
        max_tokens: source ids times the rows of each source (its beam) in one batch, padding counted.
    """

    def __init__(
        self, directory: Path, place: Place, *, quantization: str, max_length: int, max_tokens: int = 2048
    ) -> None:
        device = _device(place.device)
        workers = (place.threads or _usual_threads()) if device == "cpu" else 1
        try:
            self._translator = ctranslate2.Translator(
                str(directory),
                device=device,
                compute_type=_compute_type(device, quantization),
                inter_threads=workers,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            raise _explained(directory, error) from error
        self._workers = workers
        self._calls: set[object] = set()
        self._max_length = max_length
        self._max_tokens = max_tokens
        self._source = _vocabulary(directory, "source")
        self._target = _vocabulary(directory, "target")
        self._ids = {token: index for index, token in enumerate(self._target)}

    @property
    def compute_type(self) -> str:
        """What it computes in: how the weights are kept, or the nearest that this processor can do."""
        return str(self._translator.compute_type)

    @property
    def max_length(self) -> int | None:
        """The longest sentence in ids that the model takes."""
        return self._max_length

    @property
    def lanes(self) -> int:
        """As many as there are workers: each call keeps one of them busy."""
        return self._workers

    def check(self, config: DecodingConfig) -> None:
        """Refuse what CTranslate2 cannot do.

        Raises:
            ConfigError: with the reason.
        """
        check(config)

    def decode(
        self,
        sentences: Sequence[Sentence],
        config: DecodingConfig,
        *,
        done: Callable[[int], None] = lambda count: None,
    ) -> list[list[Hypothesis]]:
        """The hypotheses of each sentence, best first.

        Args:
            sentences: none longer than ``max_length``.
            config: how to search.
            done: told how many sentences each finished batch held.

        Raises:
            ConfigError: a sentence has phrases to include.
        """
        if any(sentence.include for sentence in sentences):
            raise ConfigError(
                "CTranslate2 cannot look for translations that hold given phrases: its beam keeps the likeliest alone",
                hint=OTHERWISE,
            )
        plain = [place for place, sentence in enumerate(sentences) if not sentence.spelling]
        results = dict(zip(plain, self._decode([sentences[place] for place in plain], config, done), strict=True))
        typed = [place for place, sentence in enumerate(sentences) if sentence.spelling]
        ways = [spelt_out(sentences[place], self._foresee, beam=config.beam) for place in typed]
        found = iter(self._decode([one for some in ways for one in some], config, lambda count: None))
        for place, some in zip(typed, ways, strict=True):
            hypotheses = [one for _ in some for one in next(found)]
            ranked = sorted(hypotheses, key=lambda one: (not one.ended, -one.score))
            results[place] = ranked[: min(config.n_best, config.beam)]
        done(len(typed))
        return [results[place] for place in range(len(sentences))]

    def _decode(
        self, sentences: Sequence[Sentence], config: DecodingConfig, done: Callable[[int], None]
    ) -> list[list[Hypothesis]]:
        """The hypotheses of sentences whose beginnings, if any, are spelt out."""
        limits = [longest_hypothesis(config, one, len(one.ids), self._max_length) for one in sentences]
        results: list[list[Hypothesis]] = [[] for _ in sentences]
        asking = Asking(config, every=any(sentence.wishes for sentence in sentences))
        again = []
        with self._sharing() as workers:
            batches = _batches(sentences, max(1, self._max_tokens // config.rows), workers)
            for indices, found in self._search(batches, sentences, limits, asking):
                late = [not _in_time(found[at], limits[index]) for at, index in enumerate(indices)]
                for index, hypotheses in zip(indices, found, strict=True):
                    results[index] = asking.ranked(hypotheses)
                again += [index for index, is_late in zip(indices, late, strict=True) if is_late]
                done(late.count(False))
        whole = Asking(config, every=True)
        for [index], [hypotheses] in self._search(([index] for index in again), sentences, limits, whole):
            results[index] = whole.ranked(hypotheses)
            done(1)
        return results

    @contextmanager
    def _sharing(self) -> Iterator[int]:
        """How many workers are left for a call that begins: the other calls at work have theirs."""
        call = object()
        self._calls.add(call)
        try:
            yield max(1, self._workers // len(self._calls))
        finally:
            self._calls.discard(call)

    def _rescored(self, sentences: Sequence[Sentence], found: Sequence[list[Hypothesis]]) -> list[list[Hypothesis]]:
        """The same, the log-probabilities of sentences with wishes as they are without: nothing forced or left out."""
        again = [
            (place, rank) for place, one in enumerate(sentences) if one.wishes for rank in range(len(found[place]))
        ]
        if not again:
            return list(found)
        scored = self._translator.score_batch(
            [[self._source[index] for index in sentences[place].ids] for place, _ in again],
            [[self._target[index] for index in found[place][rank].ids] for place, rank in again],
            max_input_length=0,
        )
        results = [list(hypotheses) for hypotheses in found]
        for (place, rank), result in zip(again, scored, strict=True):
            one = found[place][rank]
            total = math.fsum(result.log_probs[: len(one.ids) + one.ended])
            results[place][rank] = replace(one, log_probability=total)
        return results

    def _foresee(self, sentences: Sequence[Sentence]) -> NDArray[Any]:
        """For each sentence the log-probability of every id after its prefix; all have the same source."""
        found = self._translator.translate_batch(
            [[self._source[index] for index in sentence.ids] for sentence in sentences],
            [[self._target[index] for index in sentence.prefix] for sentence in sentences],
            beam_size=1,
            max_decoding_length=1 + max(len(sentence.prefix) for sentence in sentences),
            max_input_length=0,
            disable_unk=True,
            return_logits_vocab=True,
        )
        logits = [one.logits[0][len(sentence.prefix)] for one, sentence in zip(found, sentences, strict=True)]
        return log_softmax(np.stack([np.asarray(one, dtype=np.float32) for one in logits]))

    def score(self, examples: Sequence[Example]) -> list[PairScore]:
        """How likely the model finds each example's target; CTranslate2 does not tell which ids came first."""
        results = [PairScore(0.0, 0, None)] * len(examples)
        lengths = [max(len(example.source), len(example.target)) for example in examples]
        for indices in like_lengths(lengths, self._max_tokens):
            scored = self._translator.score_batch(
                [[self._source[index] for index in examples[place].source] for place in indices],
                [[self._target[index] for index in examples[place].target[:-1]] for place in indices],
                max_input_length=0,
            )
            for place, result in zip(indices, scored, strict=True):
                results[place] = PairScore(math.fsum(result.log_probs), len(result.log_probs), None)
        return results

    def _search(
        self, batches: Iterator[list[int]], sentences: Sequence[Sentence], limits: Sequence[int], asking: "Asking"
    ) -> Iterator[tuple[list[int], list[list[Hypothesis]]]]:
        """Each batch with what was found, as many of them at work as there are workers, and as many waiting."""
        waiting: deque[tuple[list[int], list[Any]]] = deque()
        for indices in batches:
            waiting.append((indices, self._begin(indices, sentences, limits, asking)))
            if len(waiting) > 2 * self._workers:
                yield self._finish(*waiting.popleft(), sentences, asking)
        while waiting:
            yield self._finish(*waiting.popleft(), sentences, asking)

    def _begin(
        self, indices: list[int], sentences: Sequence[Sentence], limits: Sequence[int], asking: "Asking"
    ) -> list[Any]:
        barred = [(PAD,), (BOS,), *sentences[indices[0]].exclude]  # all of a batch have the same to exclude
        beginnings = [[self._target[index] for index in sentences[place].prefix] for place in indices]
        found: list[Any] = self._translator.translate_batch(
            [[self._source[index] for index in sentences[place].ids] for place in indices],
            beginnings if any(beginnings) else None,
            max_decoding_length=max(limits[place] for place in indices),
            suppress_sequences=[[self._target[index] for index in phrase] for phrase in barred],
            asynchronous=True,
            **asking.options,
        )
        return found

    def _finish(
        self, indices: list[int], found: list[Any], sentences: Sequence[Sentence], asking: "Asking"
    ) -> tuple[list[int], list[list[Hypothesis]]]:
        results = (one.result() for one in found)
        hypotheses = [
            asking.hypotheses(one, [[self._ids[token] for token in tokens] for tokens in one.hypotheses], sentences[at])
            for at, one in zip(indices, results, strict=True)
        ]
        return indices, self._rescored([sentences[place] for place in indices], hypotheses)


def _in_time(hypotheses: Sequence[Hypothesis], limit: int) -> bool:
    """Whether all ended within ``limit`` ids, EOS counted."""
    return all(one.ended and len(one.ids) < limit for one in hypotheses)


def _batches(sentences: Sequence[Sentence], budget: int, workers: int) -> Iterator[list[int]]:
    """Indices of sentences of like length that exclude the same, at most ``budget`` ids together.

    What would be one batch is shared out, so that no worker stands idle.
    """
    alike: dict[tuple[Phrase, ...], list[int]] = {}
    for place, sentence in enumerate(sentences):
        alike.setdefault(sentence.exclude, []).append(place)
    for places in alike.values():
        lengths = [len(sentences[place].ids) for place in places]
        for batch in shared_out(list(like_lengths(lengths, budget)), lengths, workers):
            yield [places[at] for at in batch]


def _vocabulary(directory: Path, side: str) -> list[str]:
    """The string of every id; one file serves both sides where they are equal."""
    shared = directory / "shared_vocabulary.json"
    tokens: list[str] = read_json(shared if shared.is_file() else directory / f"{side}_vocabulary.json")
    return tokens


def _device(wanted: str) -> str:
    has_cuda = ctranslate2.get_cuda_device_count() > 0
    if wanted == "auto":
        return "cuda" if has_cuda else "cpu"
    if wanted not in ("cpu", "cuda") or (wanted == "cuda" and not has_cuda):
        raise ConfigError(
            f"CTranslate2 finds no device {wanted!r} here", hint="leave --device out, or take --engine torch"
        )
    return wanted


def _compute_type(device: str, quantization: str) -> str:
    """``quantization`` itself, or, where the device has no quick way for it, the nearest kind that loses nothing."""
    if quantization in ctranslate2.get_supported_compute_types(device):
        return quantization
    return "int8_float32" if quantization.startswith("int8") else "float32"


def _usual_threads() -> int:
    """As many as the environment says or the machine has, but few."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return int(said) if said.isdecimal() and int(said) else min(_MOST_THREADS, len(os.sched_getaffinity(0)))


def _explained(directory: Path, error: Exception) -> DragomanError:
    if "version" in str(error):
        return VersionError(
            f"CTranslate2 {ctranslate2.__version__} cannot read {directory}: {error}",
            hint="a newer one wrote it: pip install --upgrade ctranslate2, or export the model again",
        )
    return DamagedFileError(f"CTranslate2 cannot read {directory}: {error}", hint="use another copy")
