"""chrF (Popović 2015): the F-score of character n-grams, recall weighing twice. Needs no tokenizer."""

from typing import ClassVar

from dragoman.metrics.sacrebleu_metric import SacrebleuMetric


class Chrf(SacrebleuMetric):
    """sacreBLEU's chrF2.

    Args:
        target_language: accepted because every metric is made alike; characters are counted in all languages.
        lowercase: whether to ignore case.
        word_order: longest word n-gram counted beside the characters; 2 makes it chrF++ (Popović 2017).
    """

    name: ClassVar[str] = "chrf"
    label: ClassVar[str] = "chrF2"

    def __init__(self, *, target_language: str, lowercase: bool = False, word_order: int = 0) -> None:
        from sacrebleu.metrics.chrf import CHRF

        super().__init__(CHRF(lowercase=lowercase, word_order=word_order))
