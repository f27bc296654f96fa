"""Decoding with PyTorch, for every architecture. Knows ids only, no text.

Sources of like length are decoded together; results come back in the order of the sources.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from dragoman.base.symbols import PAD
from dragoman.batching.batch import Example, collate, pad
from dragoman.decoding.sampling import Sampling
from dragoman.decoding.search import DecodingConfig, Hypothesis, Search
from dragoman.models.protocol import Seq2Seq


@dataclass(frozen=True, slots=True)
class PairScore:
    """How well a model foresees one target.

    Attributes:
        log_probability: sum over the target ids, EOS included, in nats.
        tokens: how many ids that is.
        correct: how many of them had the highest probability of all.
    """

    log_probability: float
    tokens: int
    correct: int


class TorchEngine:
    """Decodes id lists.

    Args:
        model: on any device.
        config: how to search.
        max_tokens: source ids times the rows of each source (its beam) in one batch, padding counted.
    """

    def __init__(self, model: Seq2Seq, config: DecodingConfig, *, max_tokens: int = 8192) -> None:
        self._model = model
        self._search = Search(model, config) if config.method == "beam" else Sampling(model, config)
        self._device = next(model.parameters()).device
        self._rows_budget = max(1, max_tokens // config.rows)

    @property
    def max_length(self) -> int | None:
        """The longest sentence in ids that the model takes, or None."""
        return self._model.max_length

    def decode(
        self, sources: Sequence[Sequence[int]], *, done: Callable[[int], None] = lambda count: None
    ) -> list[list[Hypothesis]]:
        """The hypotheses of each source, best first.

        Args:
            sources: ids with EOS at the end.
            done: told how many sources each finished batch held.
        """
        results: list[list[Hypothesis]] = [[] for _ in sources]
        for indices in self._batches([len(source) for source in sources]):
            source = pad([sources[index] for index in indices]).to(self._device)
            for index, hypotheses in zip(indices, self._search(source, source != PAD), strict=True):
                results[index] = hypotheses
            done(len(indices))
        return results

    @torch.inference_mode()
    def score(self, examples: Sequence[Example]) -> list[PairScore]:
        """How likely the model finds each example's target."""
        self._model.eval()
        results = [PairScore(0.0, 0, 0)] * len(examples)
        for indices in self._batches([max(len(example.source), len(example.target)) for example in examples]):
            batch = collate([examples[index] for index in indices]).to(self._device)
            features = self._model(batch.source, batch.source_mask, batch.target_input)
            log_probs = self._model.output(features).log_softmax(-1)
            real = batch.target_output != PAD
            gained = log_probs.gather(2, batch.target_output[:, :, None])[:, :, 0].double().where(real, 0.0).sum(1)
            correct = ((log_probs.argmax(2) == batch.target_output) & real).sum(1)
            for index, total, tokens, right in zip(indices, gained, real.sum(1), correct, strict=True):
                results[index] = PairScore(float(total), int(tokens), int(right))
        return results

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Indices of like length, the longest first so that a lack of memory shows at once."""
        batch: list[int] = []
        for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
            if batch and lengths[batch[0]] * (len(batch) + 1) > self._rows_budget:
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch
