"""One validation: the loss on held-out text and the score of its translation. It decides nothing."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from dragoman.base.errors import EmptyCorpusError
from dragoman.base.log import warn
from dragoman.base.randomness import key as make_key
from dragoman.batching.batch import collate
from dragoman.batching.bucketing import plan_batches
from dragoman.batching.example import Example
from dragoman.compute.ranks import ALONE, Ranks
from dragoman.corpora.records import Record
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.metrics import METRICS
from dragoman.metrics.protocol import Metric
from dragoman.metrics.score import Score
from dragoman.models.protocol import Seq2Seq
from dragoman.objectives.cross_entropy import CrossEntropy
from dragoman.objectives.protocol import Objective
from dragoman.tasks.protocol import Task
from dragoman.tasks.translation import TranslationTask
from dragoman.tracking.protocol import Sample
from dragoman.translator.engines.torch_engine import TorchEngine


@dataclass(frozen=True, slots=True)
class Validation:
    """What one validation found.

    Attributes:
        loss: cross-entropy per target id, in nats, without smoothing.
        perplexity: its exponential.
        accuracy: share of target ids foreseen right.
        scores: BLEU and chrF of the translated validation text; none of text alone.
        hypotheses: the translations; none of text alone.
        seconds: wall time.
    """

    loss: float
    perplexity: float
    accuracy: float
    scores: dict[str, Score]
    hypotheses: list[str]
    seconds: float

    def value(self, metric: str) -> float:
        """The number called ``metric``: loss, bleu or chrf."""
        return self.loss if metric == "loss" else self.scores[metric].value


class Validator:
    """Validates models on one held-out text.

    Args:
        task: languages and tokenizers.
        records: the held-out pairs.
        max_tokens: ids in a batch.
        objective: whose likelihood is the loss; None for plain cross-entropy.
        ranks: the processes that share the work and all come to know its result.
    """

    def __init__(
        self,
        task: Task,
        records: Sequence[Record],
        *,
        max_tokens: int,
        objective: Objective | None = None,
        ranks: Ranks = ALONE,
    ) -> None:
        self._task = task
        self._records = records
        self._references = [record.target for record in records]
        self._examples = [task.example(record) for record in records]
        self._objective = objective or CrossEntropy(label_smoothing=0.0)
        self._max_tokens = max_tokens
        self._ranks = ranks
        self._has_told = False
        self._metrics: list[Metric] = []
        if isinstance(task, TranslationTask):
            self._metrics = [METRICS.load(name)(target_language=task.target_language) for name in ("bleu", "chrf")]

    def __call__(self, model: Seq2Seq, decoding: DecodingConfig) -> Validation:
        """Measure ``model`` as it stands."""
        begun = time.perf_counter()
        model.eval()
        fitting = self._fitting(model.max_length or math.inf)
        loss, accuracy = self._loss(model, fitting)
        hypotheses = self._translate(model, decoding, self._task) if isinstance(self._task, TranslationTask) else []
        scores = {metric.name: metric.score(hypotheses, self._references) for metric in self._metrics}
        seconds = time.perf_counter() - begun
        return Validation(loss, math.exp(min(loss, 700.0)), accuracy, scores, hypotheses, seconds)

    def samples(self, validation: Validation, count: int) -> list[Sample]:
        """At most ``count`` lines spread evenly over the text, the same ones every time, as ``validation`` has them."""
        if not validation.hypotheses:
            return []
        lines = range(0, len(self._records), max(1, len(self._records) // max(1, count)))[:count]
        found = ((self._records[line], validation.hypotheses[line]) for line in lines)
        return [Sample(record.source, record.target, hypothesis) for record, hypothesis in found]

    def of(self, records: Sequence[Record]) -> "Validator":
        """One for another text, that works in the same way."""
        return Validator(self._task, records, max_tokens=self._max_tokens, objective=self._objective, ranks=self._ranks)

    def _fitting(self, limit: float) -> list[Example]:
        """The examples the model can take whole; how many it cannot is told once."""
        fitting = [one for one in self._examples if max(len(one.source), len(one.target)) <= limit]
        if not fitting:
            raise EmptyCorpusError(
                f"all {len(self._examples)} validation pairs are longer than the model's {limit:.0f} ids",
                hint="raise model.max_length, or validate on shorter text",
            )
        if len(fitting) < len(self._examples) and not self._has_told:
            self._has_told = True
            warn(
                f"{len(self._examples) - len(fitting)} validation pairs are longer than the model's {limit:.0f} ids: "
                "they are left out of the loss, and translated from their beginning only"
            )
        return fitting

    def _loss(self, model: Seq2Seq, examples: Sequence[Example]) -> tuple[float, float]:
        device = next(model.parameters()).device
        examples = [self._objective.prepare(one, make_key("validation", place)) for place, one in enumerate(examples)]
        lengths = [(len(example.source), len(example.target)) for example in examples]
        total = correct = tokens = 0.0
        plan = plan_batches(lengths, max_tokens=self._max_tokens, key=0)
        with torch.inference_mode():
            for indices in plan[self._ranks.rank :: self._ranks.world]:
                part = self._objective(model, collate([examples[index] for index in indices]).to(device))
                total += float(part.negative_log_likelihood)
                correct += float(part.correct)
                tokens += part.tokens
        total, correct, tokens = self._ranks.sum(torch.tensor([total, correct, tokens], dtype=torch.float64)).tolist()
        return total / tokens, correct / tokens

    def _translate(self, model: Seq2Seq, decoding: DecodingConfig, task: TranslationTask) -> list[str]:
        engine = TorchEngine(model, max_tokens=self._max_tokens * decoding.rows)
        limit = model.max_length
        sources = [example.source[:limit] for example in self._examples]  # a cut source scores badly, as it should
        own = sources[self._ranks.rank :: self._ranks.world]
        sentences = [Sentence(tuple(source)) for source in own]
        translations = [task.output(hypotheses[0].ids) for hypotheses in engine.decode(sentences, decoding)]
        whole = [""] * len(sources)
        for rank, part in enumerate(self._ranks.gather(translations)):
            whole[rank :: self._ranks.world] = part
        return whole
