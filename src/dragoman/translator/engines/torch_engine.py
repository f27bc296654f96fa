"""Decoding with PyTorch, for every architecture. Knows ids only, no text.

Sources of like length are decoded together; results come back in the order of the sources.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import EOS, PAD
from dragoman.batching.batch import collate, pad
from dragoman.batching.example import Example
from dragoman.compute.placement import ComputeConfig, choose_device, set_up
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis, Sentence
from dragoman.decoding.inclusion import unsaid
from dragoman.decoding.sampling import Sampling
from dragoman.decoding.search import Search
from dragoman.models.protocol import Seq2Seq
from dragoman.surgery.integer_products import can_multiply_integers, with_integer_products
from dragoman.tasks.protocol import Task
from dragoman.translator.bundle import load_model
from dragoman.translator.engines.batches import like_lengths
from dragoman.translator.engines.protocol import PairScore, Place
from dragoman.translator.storage import kind_of

_WIDEST = 24
"""The widest beam that phrases to include make."""


def open_engine(path: Path, manifest: Mapping[str, Any], task: Task, place: Place) -> "TorchEngine":
    """The model of the bundle in ``path``, on its device; with integer products where its weights are int8."""
    device = choose_device(place.device)
    set_up(ComputeConfig(threads=place.threads))
    model = load_model(path, manifest, task).to(device)
    is_coded = kind_of(manifest.get("storage", {})) == "int8"
    if is_coded and device.type == "cpu" and can_multiply_integers():
        model = with_integer_products(model)
    return TorchEngine(model)


class TorchEngine:
    """Decodes id lists.

    Args:
        model: on any device.
        max_tokens: source ids times the rows of each source (its beam) in one batch, padding counted.
    """

    def __init__(self, model: Seq2Seq, *, max_tokens: int = 8192) -> None:
        self._model = model
        self._device = next(model.parameters()).device
        self._max_tokens = max_tokens

    @property
    def max_length(self) -> int | None:
        """The longest sentence in ids that the model takes, or None."""
        return self._model.max_length

    @property
    def lanes(self) -> int:
        """Each call takes all that there is to compute with."""
        return 1

    def check(self, config: DecodingConfig) -> None:
        """Nothing is refused but what a model without attention cannot tell.

        Raises:
            ConfigError: alignments or coverage are asked of such a model, or of draws.
        """
        looks = [name for name in ("alignments", "coverage_penalty") if getattr(config, name)]
        if looks and config.method == "sampling":
            raise ConfigError(f"{looks[0]} is there for beam search only", hint="set decoding.method = 'beam'")
        if looks:
            probe = torch.tensor([[EOS]], device=self._device)
            with torch.inference_mode():
                self._model.watched(self._model.start(probe, probe != PAD))

    def decode(
        self,
        sentences: Sequence[Sentence],
        config: DecodingConfig,
        *,
        done: Callable[[int], None] = lambda count: None,
    ) -> list[list[Hypothesis]]:
        """The hypotheses of each sentence, best first.

        Args:
            sentences: of any length the model takes.
            config: how to search.
            done: told how many sentences each finished batch held.

        Raises:
            ConfigError: phrases are to be included in draws.
        """
        if config.method == "sampling" and any(sentence.include for sentence in sentences):
            raise ConfigError("phrases can be included by beam search only", hint="set decoding.method = 'beam'")
        results: list[list[Hypothesis]] = [[] for _ in sentences]
        widths = [_wide(sentence, config) for sentence in sentences]
        for width in sorted(set(widths)):
            alike = [index for index, other in enumerate(widths) if other == width]
            own = config.model_copy(update={"beam": width, "diverse_groups": 1}) if width else config
            search = Search(self._model, own) if own.method == "beam" else Sampling(self._model, own)
            budget = max(1, self._max_tokens // own.rows)
            for batch in like_lengths([len(sentences[index].ids) for index in alike], budget):
                indices = [alike[place] for place in batch]
                chosen = [sentences[index] for index in indices]
                source = pad([sentence.ids for sentence in chosen]).to(self._device)
                for index, hypotheses in zip(indices, search(source, source != PAD, chosen), strict=True):
                    results[index] = _fulfilling(hypotheses, sentences[index])
                done(len(indices))
        return results

    @torch.inference_mode()
    def score(self, examples: Sequence[Example]) -> list[PairScore]:
        """How likely the model finds each example's target."""
        self._model.eval()
        results = [PairScore(0.0, 0, 0)] * len(examples)
        for indices in like_lengths(
            [max(len(example.source), len(example.target)) for example in examples], self._max_tokens
        ):
            batch = collate([examples[index] for index in indices]).to(self._device)
            features = self._model(batch.source, batch.source_mask, batch.target_input)
            log_probs = self._model.output(features).log_softmax(-1)
            real = batch.target_output != PAD
            gained = log_probs.gather(2, batch.target_output[:, :, None])[:, :, 0].double().where(real, 0.0).sum(1)
            correct = ((log_probs.argmax(2) == batch.target_output) & real).sum(1)
            for index, total, tokens, right in zip(indices, gained, real.sum(1), correct, strict=True):
                results[index] = PairScore(float(total), int(tokens), int(right))
        return results


def _wide(sentence: Sentence, config: DecodingConfig) -> int:
    """The beam for a sentence with phrases: the more ids, the wider, so that no bank goes empty. 0: the usual one."""
    wished = sum(map(len, sentence.include))
    return max(config.beam, min(wished + 2, _WIDEST)) if wished else 0


def _fulfilling(hypotheses: list[Hypothesis], sentence: Sentence) -> list[Hypothesis]:
    """Those that hold every phrase; one cut off before that is given only where there is no other."""
    if not sentence.include:
        return hypotheses
    fulfilled = [one for one in hypotheses if not unsaid(one.ids, sentence.include)]
    return fulfilled or hypotheses[:1]
