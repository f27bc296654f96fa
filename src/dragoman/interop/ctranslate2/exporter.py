"""The export to CTranslate2: quantised, compared with the model, ready for ``dragoman translate`` without torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from dragoman.base.config import Section
from dragoman.base.errors import ExportError
from dragoman.base.symbols import EOS
from dragoman.batching.example import Example
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.interop.engine_bundle import write_slim
from dragoman.models.transformer import Transformer
from dragoman.tasks.translation import TranslationTask
from dragoman.translator.bundle import Bundle
from dragoman.translator.engines.protocol import Engine, PairScore, Place
from dragoman.translator.manifest import read_manifest

Quantization = Literal[
    "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32"
]

_LOSS_BY_SEARCH = 0.05
"""Nats for each token. The two searches divide the chance of what may not be said differently, so where two
translations are about as likely each may end with another one."""


class CTranslate2Options(Section):
    """How the weights are kept."""

    quantization: Quantization = "int8"
    """Matrices and, where two kinds are named, all else; where a processor cannot work with it, CTranslate2 takes the
    nearest it can. int8: a quarter of the size, and the quickest on a processor."""
    tolerance: float | None = None
    """How much the log-probability of a token may change on average over the samples, in nats; left out, 0.0001 for
    float32 and 0.1 for all others. With float32 the translations must be equal or as likely, too."""
    beam: int = 5
    """Width of the search whose translations are compared."""


class CTranslate2Export:
    """A bundle that CTranslate2 runs."""

    config_type: ClassVar[type[CTranslate2Options]] = CTranslate2Options
    needs: ClassVar[tuple[str, ...]] = ("ctranslate2",)
    extra: ClassVar[str] = ""
    engine: ClassVar[str] = "ctranslate2"

    def __init__(self, config: CTranslate2Options) -> None:
        self._config = config
        default = 1e-4 if config.quantization == "float32" else 0.1
        self._tolerance = default if config.tolerance is None else config.tolerance

    def refusal(self, bundle: Bundle) -> str | None:
        """It runs Transformers that translate."""
        if not isinstance(bundle.model, Transformer):
            kind = bundle.recipe["model"]["kind"]
            return f"CTranslate2 runs Transformers, and this is a {kind} model (onnx and torch run it)"
        if not isinstance(bundle.task, TranslationTask):
            return "the model was only pre-trained and cannot translate"
        return None

    def write(self, bundle: Bundle, path: Path) -> None:
        """Write a bundle without weights for torch into ``path``."""

        def fill(directory: Path) -> dict[str, Any]:
            write_model(bundle, directory, quantization=self._config.quantization)
            return {"quantization": self._config.quantization}

        write_slim(bundle, path, self.engine, fill)

    def verify(self, bundle: Bundle, path: Path, samples: Sequence[str]) -> str:
        """Scores of ``samples`` (each read backwards is its translation: any ids will do) and their translations."""
        from dragoman.translator.engines.ctranslate2_engine import CTranslate2Engine
        from dragoman.translator.engines.torch_engine import TorchEngine

        directory = path / read_manifest(path)["engines"][self.engine]["directory"]
        limit = bundle.model.max_length or 0
        ours = TorchEngine(bundle.model)
        theirs = CTranslate2Engine(directory, Place("cpu", 1), quantization=self._config.quantization, max_length=limit)
        examples = _examples(bundle, samples, limit)
        change = _change(ours.score(examples), theirs.score(examples))
        if not change <= self._tolerance:
            raise ExportError(
                f"in CTranslate2 with {self._config.quantization} a token's log-probability differs by {change:.2g} "
                f"nats on average; {self._tolerance:g} is the most that is allowed",
                hint="try another kind: --set quantization=float32, or allow more: --set tolerance=…",
            )
        equal = self._compare_translations(ours, theirs, examples)
        kind = self._config.quantization
        here = "" if theirs.compute_type == kind else f" (computed in {theirs.compute_type} here)"
        return (
            f"{kind}{here}, a token's log-probability differs by {change:.1g} nats on average (up to "
            f"{self._tolerance:g} is allowed), {equal} of {len(examples)} translations are equal"
        )

    def _compare_translations(self, ours: Engine, theirs: Engine, examples: Sequence[Example]) -> int:
        """How many translations are equal; with float32 the others must be as likely, as two searches may end."""
        config = DecodingConfig(beam=self._config.beam)
        sentences = [Sentence(tuple(example.source)) for example in examples]
        said = [[_says(one) for one in engine.decode(sentences, config)] for engine in (ours, theirs)]
        differing = [
            (Example(example.source, one), Example(example.source, other))
            for example, one, other in zip(examples, *said, strict=True)
            if one != other
        ]
        loss = max((_likelihood(ours, one) - _likelihood(ours, other) for one, other in differing), default=0.0)
        if self._config.quantization == "float32" and loss > _LOSS_BY_SEARCH:
            raise ExportError(
                f"{len(differing)} of {len(examples)} translations differ in CTranslate2, one of them by {loss:.2g} "
                "nats for each token",
                hint="report it: with float32 they should be equal, or as likely",
            )
        return len(examples) - len(differing)


def write_model(bundle: Bundle, directory: Path, *, quantization: str) -> None:
    """Write the Transformer of ``bundle`` as CTranslate2's own files into an existing ``directory``."""
    from dragoman.interop.ctranslate2.spec import make_spec

    assert isinstance(bundle.model, Transformer)
    sides = (bundle.task.source_tokenizer, bundle.task.target_tokenizer)
    source, target = (tokenizer.pieces(range(len(tokenizer))) for tokenizer in sides)
    spec = make_spec(bundle.model, source_pieces=source, target_pieces=target)
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(directory))


def _examples(bundle: Bundle, samples: Sequence[str], limit: int) -> list[Example]:
    """Pairs of a sample and itself backwards, cut where the model would not take them."""
    return [
        Example(
            [*bundle.task.source_tokenizer.encode(text)[: limit - 1], EOS],
            [*bundle.task.target_tokenizer.encode(text[::-1])[: limit - 1], EOS],
        )
        for text in samples
    ]


def _change(ours: Sequence[PairScore], theirs: Sequence[PairScore]) -> float:
    """How much a token's log-probability differs on average."""
    total = sum(abs(one.log_probability - other.log_probability) for one, other in zip(ours, theirs, strict=True))
    return total / sum(one.tokens for one in ours)


def _says(hypotheses: Sequence[Hypothesis]) -> list[int]:
    best = hypotheses[0]
    return [*best.ids, EOS] if best.ended else best.ids


def _likelihood(engine: Engine, example: Example) -> float:
    """Nats for each token."""
    [score] = engine.score([example])
    return score.log_probability / score.tokens
