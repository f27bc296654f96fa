"""A bundle that ONNX Runtime runs: two graphs, compared with the model as soon as they are written.

Every architecture of ours can be written so. In float32 the graphs say what the model says, to the rounding of sums;
with int8 weights they are a third of the size and say nearly the same: the tolerances below are what is promised.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import torch

from dragoman.base.config import Section
from dragoman.base.errors import ExportError
from dragoman.base.symbols import EOS
from dragoman.batching.example import Example
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.interop.engine_bundle import write_slim
from dragoman.interop.onnx.graphs import can_hold
from dragoman.models.protocol import Seq2Seq
from dragoman.tasks.translation import TranslationTask
from dragoman.translator.bundle import Bundle
from dragoman.translator.engines.onnx_engine import OnnxEngine, open_engine
from dragoman.translator.engines.protocol import Place
from dragoman.translator.engines.torch_engine import TorchEngine
from dragoman.translator.manifest import read_manifest

Quantization = Literal["none", "int8"]
TOLERANCE_NATS: Mapping[Quantization, float] = {"none": 1e-4, "int8": 0.1}
"""How far the log-probability of a target id may be off: in float32 of every text's, in int8 of all together's."""
_BEAMS = (1, 4)
_LONGEST_IDS = 60  # of a sample: a machine that loops says nothing new after it


class OnnxOptions(Section):
    """Options of the export to ONNX."""

    quantization: Quantization = "none"
    """none: float32. int8: matrices in whole numbers of 8 bits, a third of the size."""


class OnnxExport:
    """A slim bundle with the engine ``onnx``."""

    config_type: ClassVar[type[OnnxOptions]] = OnnxOptions
    needs: ClassVar[tuple[str, ...]] = ("onnx", "onnxruntime")
    extra: ClassVar[str] = "onnx-export"
    engine: ClassVar[str] = "onnx"

    def __init__(self, config: OnnxOptions) -> None:
        self._config = config

    def refusal(self, bundle: Bundle) -> str | None:
        """Only what translates, and of the architectures whose state is known."""
        if not isinstance(bundle.task, TranslationTask):
            return "it was only pre-trained and does not translate"
        if not can_hold(bundle.model):
            return f"the state of a {bundle.recipe['model']['kind']} model has no names to write it under"
        return None

    def write(self, bundle: Bundle, path: Path) -> None:
        """Write the graphs and the bundle around them."""
        write_slim(bundle, path, self.engine, lambda directory: self._fill(bundle.model, directory))

    def verify(self, bundle: Bundle, path: Path, samples: Sequence[str]) -> str:
        """Log-probabilities and translations of ``samples`` by both engines."""
        assert isinstance(bundle.task, TranslationTask)
        ours, theirs = TorchEngine(bundle.model), _opened(path, bundle.task)
        limit = min(_LONGEST_IDS, bundle.model.max_length or _LONGEST_IDS)
        ids = [bundle.task.source_ids(text) for text in samples]
        sentences = [Sentence((*one[: limit - 1], EOS)) for one in ids]
        tolerance = TOLERANCE_NATS[self._config.quantization]
        equal = []
        for beam in _BEAMS:
            config = DecodingConfig(beam=beam, n_best=beam, max_length_ratio=1.0, max_length_offset=5)
            expected, found = ours.decode(sentences, config), theirs.decode(sentences, config)
            if beam == 1:
                off = self._scores_off(ours, theirs, sentences, expected)
                if not off <= tolerance:
                    raise ExportError(
                        f"the log-probabilities of the graphs are off by {off:.2g} nats an id (allowed: {tolerance:g})",
                        hint="try --set quantization=none"
                        if self._config.quantization != "none"
                        else "report it, with the versions of torch and onnxruntime",
                    )
            agree = list(map(_same, expected, found))
            equal.append(sum(agree))
            if self._config.quantization == "none" and not all(agree):
                raise ExportError(
                    f"with a beam of {beam} the graphs translate {samples[agree.index(False)]!r} otherwise",
                    hint="report it, with the versions of torch and onnxruntime",
                )
        said = " and ".join(f"{count} translations with beam {beam}" for count, beam in zip(equal, _BEAMS, strict=True))
        return (
            f"log-probabilities within {off:.1g} nats an id (allowed: {tolerance:g}); of {len(samples)}, {said} equal"
        )

    def _fill(self, model: Seq2Seq, directory: Path) -> dict[str, Any]:
        from dragoman.interop.onnx.quantizing import quantize
        from dragoman.interop.onnx.writing import OPSET, make_graphs, write_graphs

        graphs = make_graphs(model)
        if self._config.quantization == "int8":
            graphs = {name: quantize(graph) for name, graph in graphs.items()}
        write_graphs(graphs, directory)
        return {"opset": OPSET, "quantization": self._config.quantization, "max_length": model.max_length}

    def _scores_off(
        self,
        ours: TorchEngine,
        theirs: OnnxEngine,
        sentences: Sequence[Sentence],
        hypotheses: Sequence[Sequence[Hypothesis]],
    ) -> float:
        """How many nats an id the scores of the same targets lie apart: the worst text's, or of int8 the mean."""
        limit = ours.max_length or math.inf
        targets = [[*found[0].ids, EOS] if len(found[0].ids) < limit else found[0].ids for found in hypotheses]
        examples = [Example(list(one.ids), target) for one, target in zip(sentences, targets, strict=True)]
        expected, found = ours.score(examples), theirs.score(examples)
        apart = torch.tensor(
            [abs(a.log_probability - b.log_probability) / a.tokens for a, b in zip(expected, found, strict=True)]
        )
        return float(apart.max() if self._config.quantization == "none" else apart.mean())


def _same(expected: Sequence[Hypothesis], found: Sequence[Hypothesis]) -> bool:
    """The same hypotheses; or others, where two are equally likely."""
    scores = zip(expected, found, strict=False)
    close = all(abs(one.score - other.score) <= TOLERANCE_NATS["none"] for one, other in scores)
    return len(expected) == len(found) and (close or [one.ids for one in expected] == [one.ids for one in found])


def _opened(path: Path, task: TranslationTask) -> OnnxEngine:
    return open_engine(path, read_manifest(path), task, Place("cpu", 1))
