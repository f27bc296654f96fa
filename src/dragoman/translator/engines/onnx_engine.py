"""Decoding with ONNX Runtime, for every architecture, without torch. Knows ids only, no text.

It runs the two graphs of :mod:`dragoman.interop.onnx`, whose tensors have names that say what to do with them:
``source.…`` stay as they are, ``state.…`` change from step to step, and every row is a hypothesis.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.base.errors import ConfigError, DamagedFileError, MissingExtraError
from dragoman.base.symbols import BOS, PAD
from dragoman.batching.example import Example
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.tasks.protocol import Task
from dragoman.translator.engines.array_search import ArraySearch, Floats, Integers
from dragoman.translator.engines.batches import like_lengths
from dragoman.translator.engines.protocol import PairScore, Place

START = "start.onnx"
STEP = "step.onnx"
_SEARCH = {"beam", "n_best", "length_penalty", "length_penalty_alpha", "max_length_ratio", "max_length_offset"}
_SAMPLING = {"temperature", "top_k", "top_p", "seed"}  # read by no beam search
_KNOWN = frozenset(
    {"method", "no_repeated_ngram", "candidates", "diversity_strength", "max_sentences", "alignments"}
    | _SEARCH
    | _SAMPLING
)
_BETTER = "another engine can: --engine torch, with the model that was exported"


def open_engine(path: Path, manifest: Mapping[str, Any], task: Task, place: Place) -> "OnnxEngine":
    """The graphs of the bundle in ``path``.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
        ConfigError: it cannot work on such a device.
        DamagedFileError: ONNX Runtime cannot read the graphs.
    """
    facts = manifest["engines"]["onnx"]
    return OnnxEngine(path / facts["directory"], place, max_length=facts["max_length"])


class OnnxEngine:
    """Decodes id lists.

    Args:
        directory: holds the two graphs and their weights.
        place: the device and the threads of one step.
        max_length: the longest sentence in ids that the model takes, or None.
        max_tokens: source ids times the rows of each source (its beam) in one batch, padding counted.
    """

    def __init__(self, directory: Path, place: Place, *, max_length: int | None, max_tokens: int = 4096) -> None:
        if place.device not in ("auto", "cpu"):
            raise ConfigError(f"the engine onnx works on the processor, not on {place.device!r}", hint=_BETTER)
        self._start = _session(directory / START, place.threads)
        self._step = _session(directory / STEP, place.threads)
        self._max_length = max_length
        self._max_tokens = max_tokens

    @property
    def max_length(self) -> int | None:
        """The longest sentence in ids that the model takes, or None."""
        return self._max_length

    @property
    def lanes(self) -> int:
        """Each call takes all that there is to compute with."""
        return 1

    def check(self, config: DecodingConfig) -> None:
        """Refuse what this engine cannot do.

        Raises:
            ConfigError: any search but a plain one.
        """
        if config.method != "beam":
            raise ConfigError(f"the engine onnx cannot decode with method = {config.method!r}", hint=_BETTER)
        for name, value in DecodingConfig():
            if name not in _KNOWN and getattr(config, name) != value:
                raise ConfigError(
                    f"the engine onnx cannot decode with {name} = {getattr(config, name)!r}", hint=_BETTER
                )

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
            ConfigError: a sentence has wishes.
        """
        if wishes := set().union(*(sentence.wishes for sentence in sentences)):
            raise ConfigError(f"the engine onnx cannot fulfil wishes: {', '.join(sorted(wishes))}", hint=_BETTER)
        search = ArraySearch(config, self._max_length)
        results: list[list[Hypothesis]] = [[] for _ in sentences]
        budget = max(1, self._max_tokens // config.rows)
        for indices in like_lengths([len(sentence.ids) for sentence in sentences], budget):
            sources = [sentences[index].ids for index in indices]
            found = search(self._read(sources), [len(source) for source in sources])
            for index, hypotheses in zip(indices, found, strict=True):
                results[index] = hypotheses
                if config.alignments:
                    ids = sentences[index].ids
                    results[index] = [replace(one, alignment=self._alignment(ids, one.ids)) for one in hypotheses]
            done(len(indices))
        return results

    def _alignment(self, source: Sequence[int], said: Sequence[int]) -> list[int]:
        """For each of ``said`` the place in ``source`` without whose id it would be least likely (Li et al., 2019).

        The graphs do not tell where a model looked, and a model that looks nowhere has an alignment, too.
        """
        places = range(len(source) - 1)
        if not places or not said:
            return [0] * len(said)
        blanked = [[*source[:place], PAD, *source[place + 1 :]] for place in places]
        each = max(1, self._max_tokens // max(len(source), len(said)))
        without = [
            self._read(part).foresee(padded([said] * len(part)))[0]
            for part in (blanked[start : start + each] for start in range(0, len(blanked), each))
        ]
        likeliest: list[int] = np.concatenate(without).argmin(axis=0).tolist()
        return likeliest

    def score(self, examples: Sequence[Example]) -> list[PairScore]:
        """How likely the model finds each example's target, id by id."""
        results = [PairScore(0.0, 0, 0)] * len(examples)
        lengths = [max(len(example.source), len(example.target)) for example in examples]
        for indices in like_lengths(lengths, self._max_tokens):
            targets = [examples[index].target for index in indices]
            foreseen = self._read([examples[index].source for index in indices]).foresee(padded(targets))
            for index, target, log_probabilities, best in zip(indices, targets, *foreseen, strict=True):
                real = slice(len(target))
                total = math.fsum(log_probabilities[real].tolist())
                results[index] = PairScore(total, len(target), int((best[real] == target).sum()))
        return results

    def _read(self, sources: Sequence[Sequence[int]]) -> "_Reading":
        return _Reading(self._start, self._step, padded(sources))


class _Reading:
    """Some sources that were read, and the state of what is being said of them.

    Args:
        start: the graph that reads.
        step: the graph that says.
        source: (B, S), padded.
    """

    def __init__(self, start: Any, step: Any, source: Integers) -> None:
        names = [given.name for given in step.get_inputs()[4:]]
        given = dict(zip(names, start.run(names, {"source": source}), strict=True))
        self._step = step
        self._changing = [name for name in names if name.startswith("state.")]
        self._outputs = [f"next.{name}" for name in self._changing]
        self._state = {name: given[name] for name in self._changing}
        self._source = {name: given[name] for name in names if name not in self._state}
        self._sources = np.arange(len(source))
        self.vocabulary = int(step.get_outputs()[0].shape[1])

    def step(self, ids: Integers, rows: Integers, *, barred: Sequence[int], count: int) -> tuple[Floats, Integers]:
        """The log-probabilities of each row's ``count`` best next ids, and these ids."""
        scores = np.zeros(self.vocabulary, dtype=np.float32)
        scores[list(barred)] = -np.inf
        best, best_ids = self._run(["best", "best_ids"], ids, rows, scores, count)
        return best, best_ids

    def foresee(self, target: Integers) -> tuple[NDArray[Any], Integers]:
        """The log-probability of every target id (B, T) after those before it, and the likeliest id in its place."""
        rows = np.arange(len(target))
        newest = np.full(len(target), BOS)
        free = np.zeros(self.vocabulary, dtype=np.float32)
        found, likeliest = [], []
        for ids in target.T:
            log_probabilities, best_ids = self._run(["log_probabilities", "best_ids"], newest, rows, free, 1)
            found.append(log_probabilities[rows, ids])
            likeliest.append(best_ids[:, 0])
            newest = ids
        return np.stack(found, axis=1).astype(np.float64), np.stack(likeliest, axis=1)

    def _run(self, wanted: list[str], ids: Integers, rows: Integers, barred: Floats, count: int) -> list[Any]:
        sources = self._sources[rows]
        if not np.array_equal(sources, self._sources):  # a beam's rows change places within their source for nothing
            self._source = {name: tensor[rows] for name, tensor in self._source.items()}
            self._sources = sources
        inputs = {"ids": np.ascontiguousarray(ids), "rows": rows, "barred": barred, "count": np.array([count])}
        found = self._step.run([*wanted, *self._outputs], {**inputs, **self._source, **self._state})
        self._state = dict(zip(self._changing, found[len(wanted) :], strict=True))
        return list(found[: len(wanted)])


def padded(rows: Sequence[Sequence[int]]) -> Integers:
    """Rows of ids side by side, the short ones filled up with PAD."""
    table = np.full((len(rows), max(map(len, rows))), PAD)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table


def _session(file: Path, threads: int | None) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError.of("onnxruntime", extra="onnx") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # every step has other shapes
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common ancestor
        raise DamagedFileError(
            f"ONNX Runtime {onnxruntime.__version__} cannot read {file}: {error}",
            hint="export the model again, or install a newer onnxruntime",
        ) from error
