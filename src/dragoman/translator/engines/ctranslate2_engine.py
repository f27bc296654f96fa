"""Decoding with CTranslate2: Transformers on a processor, in float32 or int8, without torch. Knows ids only, no text.

Its search is the one of :mod:`dragoman.decoding.search`: the same candidates survive, a source is done when ``beam``
hypotheses have ended, and scores are divided by the same length. Two things differ. What may never be said is left out
before the softmax, not after it, so the rest is a little likelier (by the chance of a piece that was never in the
training text: some 1e-4 nats). And of more hypotheses than the beam that end together it keeps the likeliest.

CTranslate2 knows one longest length for a call, we have one for each source. A batch runs with the longest of its
sources' lengths; what came out longer than its own, or was cut off, is searched once more with its own. Whatever ended
in time is what a search with its own length would have found: the best of more hypotheses, if it is among fewer, is
the best of these too.

To a source that holds nothing but EOS the translation is empty.
"""

import math
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ctranslate2

from dragoman.base.errors import ConfigError, DamagedFileError, DragomanError, VersionError
from dragoman.base.files import read_json
from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.batching.example import Example
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.decoding.penalties import make_penalty
from dragoman.tasks.protocol import Task
from dragoman.translator.engines.protocol import PairScore, Place

_NO_PENALTY = 1e-9
"""Divides by a power of the length that is 1 in float32. With 0 a search would stop at the first good hypothesis."""
_UNDERSTOOD = frozenset(
    (
        *("method", "beam", "n_best", "length_penalty", "length_penalty_alpha", "no_repeated_ngram"),
        *("max_length_ratio", "max_length_offset", "temperature", "top_k", "top_p", "seed"),
        *("diversity_strength", "candidates"),
    )
)
"""Fields of :class:`DecodingConfig` that are followed, or that mean nothing without one that is refused."""
_OTHERWISE = "--engine torch can (with the model that was exported, where this one holds no weights for torch)"
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

    def check(self, config: DecodingConfig) -> None:
        """Refuse what CTranslate2 cannot do.

        Raises:
            ConfigError: with the reason.
        """
        if config.method == "sampling":
            raise ConfigError(
                "CTranslate2 cannot draw a translation by its seed alone: its draws depend on all it drew before",
                hint=_OTHERWISE,
            )
        usual = DecodingConfig()
        for name in set(DecodingConfig.model_fields) - _UNDERSTOOD:
            if getattr(config, name) != getattr(usual, name):
                raise ConfigError(f"CTranslate2 cannot decode with {name} = {getattr(config, name)!r}", hint=_OTHERWISE)

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
            ConfigError: a sentence has a wish.
        """
        if wishes := set().union(*(sentence.wishes for sentence in sentences)):
            raise ConfigError(f"CTranslate2 cannot fulfil these wishes: {', '.join(sorted(wishes))}", hint=_OTHERWISE)
        lengths = [len(sentence.ids) for sentence in sentences]
        limits = [config.longest_target(length, self._max_length) for length in lengths]
        results: list[list[Hypothesis]] = [[] for _ in sentences]
        asking, again = _Asking(config), []
        batches = _batches(lengths, max(1, self._max_tokens // config.rows))
        for indices, found in self._search(batches, sentences, limits, asking):
            late = [not _in_time(hypotheses, limits[index]) for index, hypotheses in zip(indices, found, strict=True)]
            for index, hypotheses in zip(indices, found, strict=True):
                results[index] = hypotheses[: asking.count]
            again += [index for index, is_late in zip(indices, late, strict=True) if is_late]
            done(late.count(False))
        whole = _Asking(config, every=True)
        for [index], [hypotheses] in self._search(([index] for index in again), sentences, limits, whole):
            results[index] = sorted(hypotheses, key=lambda one: not one.ended)[: asking.count]
            done(1)
        return results

    def score(self, examples: Sequence[Example]) -> list[PairScore]:
        """How likely the model finds each example's target; CTranslate2 does not tell which ids came first."""
        results = [PairScore(0.0, 0, None)] * len(examples)
        lengths = [max(len(example.source), len(example.target)) for example in examples]
        for indices in _batches(lengths, self._max_tokens):
            scored = self._translator.score_batch(
                [[self._source[index] for index in examples[place].source] for place in indices],
                [[self._target[index] for index in examples[place].target[:-1]] for place in indices],
                max_input_length=0,
            )
            for place, result in zip(indices, scored, strict=True):
                results[place] = PairScore(math.fsum(result.log_probs), len(result.log_probs), None)
        return results

    def _search(
        self, batches: Iterator[list[int]], sentences: Sequence[Sentence], limits: Sequence[int], asking: "_Asking"
    ) -> Iterator[tuple[list[int], list[list[Hypothesis]]]]:
        """Each batch with what was found, as many of them at work as there are workers, and as many waiting."""
        waiting: deque[tuple[list[int], list[Any]]] = deque()
        for indices in batches:
            waiting.append((indices, self._begin(indices, sentences, limits, asking)))
            if len(waiting) > 2 * self._workers:
                yield self._finish(*waiting.popleft(), asking)
        while waiting:
            yield self._finish(*waiting.popleft(), asking)

    def _begin(
        self, indices: list[int], sentences: Sequence[Sentence], limits: Sequence[int], asking: "_Asking"
    ) -> list[Any]:
        found: list[Any] = self._translator.translate_batch(
            [[self._source[index] for index in sentences[place].ids] for place in indices],
            max_decoding_length=max(limits[place] for place in indices),
            suppress_sequences=[[self._target[PAD]], [self._target[BOS]]],
            asynchronous=True,
            **asking.options,
        )
        return found

    def _finish(
        self, indices: list[int], found: list[Any], asking: "_Asking"
    ) -> tuple[list[int], list[list[Hypothesis]]]:
        results = [one.result() for one in found]
        return indices, [
            asking.hypotheses([[self._ids[token] for token in tokens] for tokens in one.hypotheses], one.scores)
            for one in results
        ]


def _in_time(hypotheses: Sequence[Hypothesis], limit: int) -> bool:
    """Whether all ended within ``limit`` ids, EOS counted."""
    return all(one.ended and len(one.ids) < limit for one in hypotheses)


class _Asking:
    """A :class:`DecodingConfig` in CTranslate2's words, and its answer in ours.

    Args:
        config: how to search.
        every: ask for all hypotheses of the beam, however few are wanted.
    """

    def __init__(self, config: DecodingConfig, *, every: bool = False) -> None:
        self.count = min(config.n_best, config.beam)
        """Hypotheses wanted."""
        self._penalty = make_penalty(config.length_penalty, config.length_penalty_alpha)
        self._alpha = config.length_penalty_alpha if config.length_penalty == "average" else 0.0
        ranks_otherwise = config.length_penalty == "gnmt"
        if not self._alpha and (self.count > 1 or ranks_otherwise):
            self._alpha = _NO_PENALTY
        self.options: dict[str, Any] = {
            "beam_size": config.beam,
            "num_hypotheses": config.beam if every or ranks_otherwise else self.count,
            "length_penalty": self._alpha,
            "no_repeat_ngram_size": config.no_repeated_ngram,
            "disable_unk": True,
            "min_decoding_length": 1,
            "max_input_length": 0,
            "return_scores": True,
            "return_end_token": True,  # it then counts as part of the length, as it does for us
        }

    def hypotheses(self, all_ids: list[list[int]], scores: Sequence[float]) -> list[Hypothesis]:
        """Those of one sentence, best first."""
        found = []
        for ids, score in zip(all_ids, scores, strict=True):
            total = score * len(ids) ** self._alpha
            ended = not ids or ids[-1] == EOS  # to a source of EOS alone CTranslate2 says nothing, not even that
            found.append(Hypothesis(ids[:-1] if ended else ids, self._penalty(total, len(ids)), total, ended))
        return sorted(found, key=lambda one: -one.score)


def _batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indices of like length, at most ``budget`` ids together; the longest first, so the workers end together."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > budget:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


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
