"""BLEU (Papineni et al. 2002): how many n-grams of 1 to 4 words the reference holds, times a penalty for brevity."""

from typing import Any, ClassVar

from dragoman.metrics.sacrebleu_metric import SacrebleuMetric
from dragoman.metrics.tokenization import bleu_tokenizer


class Bleu(SacrebleuMetric):
    """sacreBLEU's BLEU, with the tokenizer of the target language.

    Args:
        target_language: BCP-47 code of the hypotheses and references.
        lowercase: whether to ignore case.
        tokenizer: one of sacreBLEU's names ("13a", "none", "intl"…) instead of the language's own.
    """

    name: ClassVar[str] = "bleu"
    label: ClassVar[str] = "BLEU"

    def __init__(self, *, target_language: str, lowercase: bool = False, tokenizer: str | None = None) -> None:
        from sacrebleu.metrics.bleu import BLEU

        chosen, note = (tokenizer, None) if tokenizer else bleu_tokenizer(target_language)
        # force: only silences sacreBLEU's guess that the text is already tokenized; counts stay the same
        counter = BLEU(lowercase=lowercase, tokenize=chosen, force=True)
        # a short sentence has no 4-grams; without the effective order it would score 0 whatever it says
        sentence_counter = BLEU(lowercase=lowercase, tokenize=chosen, force=True, effective_order=True)
        super().__init__(counter, sentence_counter=sentence_counter, notes=(note,) if note else ())

    def _details(self, result: Any) -> dict[str, float]:
        precisions = {f"precision_{order}": float(value) for order, value in enumerate(result.precisions, start=1)}
        return {
            **precisions,
            "brevity_penalty": float(result.bp),
            "hypothesis_length": int(result.sys_len),
            "reference_length": int(result.ref_len),
            "length_ratio": float(result.ratio),
        }
