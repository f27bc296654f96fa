"""A bundle's model and its twin in ``transformers``, compared: ids of texts, logits, what greedy and beam search say.

The twin is loaded from its directory, as anybody would load it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dragoman.base.errors import ExportError
from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.batching.batch import collate, pad
from dragoman.batching.example import Example
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.models.transformer import Transformer
from dragoman.tasks.translation import TranslationTask
from dragoman.translator.engines.torch_engine import TorchEngine

TOLERANCE = 1e-4
"""Logits may differ by so much, absolutely: two orders of summing give about 1e-5 where logits are tens."""
_LOSS_BY_SEARCH = 0.05
"""Nats for each id by which what the twin's beam found may be less likely: where two beginnings are as good, the last
bits of a sum decide which is kept."""
_LONGEST_TARGET = 48
_BEAM = 4


def compare(
    task: TranslationTask, model: Transformer, path: Path, samples: Sequence[str], *, with_tokenizer: bool
) -> str:
    """What is equal, in words.

    Args:
        task: with the tokenizers.
        model: of this package.
        path: of its twin.
        samples: texts.
        with_tokenizer: the twin has one, so texts' ids are compared too.

    Raises:
        ExportError: something differs.
    """
    model = model.eval().cpu()
    limit = min(_LONGEST_TARGET, model.max_length)
    texts = [text for text in samples if len(task.source_ids(text)) <= limit]
    found = "the tokenizer has no form there: ids are in vocabulary.json"
    if with_tokenizer:
        _compare_ids(task, path, samples)
        found = f"{len(samples)} texts cut alike"
    twin = load_twin(path)
    sources = [task.source_ids(text) for text in texts]
    greedy = say_best(model, sources, beam=1, limit=limit)
    examples = [Example(source, [*target, EOS]) for source, target in zip(sources, greedy, strict=True)]
    source_rows, target_rows = (torch.arange(len(side)) for side in (task.source_tokenizer, task.target_tokenizer))
    furthest = furthest_logits(model, twin, examples, source_rows=source_rows, target_rows=target_rows)
    if not furthest <= TOLERANCE:
        raise ExportError(
            f"the logits of the exported model differ by up to {furthest:.2g}, more than {TOLERANCE}",
            hint="please report this with the model's manifest.json; nothing was written",
        )
    differing = 0
    for beam, own in ((1, greedy), (_BEAM, say_best(model, sources, beam=_BEAM, limit=limit))):
        theirs = _twin_says(twin, sources, beam=beam, limit=limit)
        for text, source, one, other in zip(texts, sources, own, theirs, strict=True):
            differing += one != other
            if one != other and _likelihood(model, source, one) - _likelihood(model, source, other) > _LOSS_BY_SEARCH:
                raise ExportError(
                    f"the exported model translates {text!r} otherwise with a beam of {beam}: {other}, not {one}",
                    hint="please report this with the model's manifest.json; nothing was written",
                )
    said = f"but for {differing} of {2 * len(texts)} that are as likely" if differing else "the same"
    return f"{found}; logits of {len(texts)} sentences within {furthest:.1g}; greedy and beam search say {said}"


def _likelihood(model: Transformer, source: list[int], said: list[int]) -> float:
    """Log-probability of each id of ``said``, on average."""
    [score] = TorchEngine(model).score([Example(source, [*said, EOS])])
    return score.log_probability / score.tokens


def load_twin(path: Path) -> Any:
    """The model in ``path``, in full precision."""
    from transformers import AutoModelForSeq2SeqLM

    return AutoModelForSeq2SeqLM.from_pretrained(path, dtype=torch.float32, local_files_only=True).eval()


@torch.inference_mode()
def furthest_logits(
    model: Transformer,
    twin: Any,
    examples: Sequence[Example],
    *,
    source_rows: Int[Tensor, " N"],
    target_rows: Int[Tensor, " V"],
    unsayable: Sequence[int] = (),
) -> float:
    """The largest difference between the logits of both models at real target positions.

    Args:
        model: of this package.
        twin: its other form.
        examples: in this package's ids.
        source_rows: the twin's id of each of our source ids.
        target_rows: the twin's id of each of our target ids.
        unsayable: target ids that are not compared.
    """
    batch = collate(examples)
    own: Float[Tensor, "B T V"] = model.output(model(batch.source, batch.source_mask, batch.target_input))
    theirs: Float[Tensor, "B T V"] = twin(
        input_ids=source_rows[batch.source],
        attention_mask=batch.source_mask.long(),
        decoder_input_ids=target_rows[batch.target_input],
    ).logits[..., target_rows]
    difference = (own - theirs).abs()[batch.target_output != PAD]
    difference[:, list(unsayable)] = 0.0
    return float(difference.max())


def _compare_ids(task: TranslationTask, path: Path, samples: Sequence[str]) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    for text in samples:
        sides = {
            "source": (task.source_ids(text), tokenizer(text).input_ids),
            "target": ([*task.target_tokenizer.encode(text), EOS], tokenizer(text_target=text).input_ids),
        }
        for side, (own, theirs) in sides.items():
            if own != theirs:
                raise ExportError(
                    f"the exported tokenizer of the {side} cuts {text!r} otherwise: {theirs}, not {own}",
                    hint="please report this with the model's manifest.json; nothing was written",
                )


def say_best(model: Transformer, sources: Sequence[list[int]], *, beam: int, limit: int) -> list[list[int]]:
    """The best hypothesis of each source, up to ``limit`` ids."""
    config = DecodingConfig(beam=beam, stop="full", max_repeats=0, max_length_ratio=1e-9, max_length_offset=limit - 1)
    decoded = TorchEngine(model).decode([Sentence(tuple(source)) for source in sources], config)
    return [hypotheses[0].ids for hypotheses in decoded]


@torch.inference_mode()
def _twin_says(twin: Any, sources: Sequence[list[int]], *, beam: int, limit: int) -> list[list[int]]:
    padded = pad(sources)
    said = twin.generate(
        input_ids=padded,
        attention_mask=(padded != PAD).long(),
        num_beams=beam,
        do_sample=False,
        length_penalty=1.0,
        early_stopping=True,
        no_repeat_ngram_size=0,
        suppress_tokens=[PAD, UNK, BOS],
        begin_suppress_tokens=[EOS],
        max_length=limit + 1,
    )
    return [_until_end(row[1:]) for row in said.tolist()]


def _until_end(ids: list[int]) -> list[int]:
    return ids[: ids.index(EOS)] if EOS in ids else [index for index in ids if index != PAD]
