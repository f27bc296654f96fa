"""TER (Snover et al. 2006): how many edits and moves of words lead to the reference, per 100 reference words."""

from typing import Any, ClassVar

from dragoman.metrics.sacrebleu_metric import SacrebleuMetric
from dragoman.metrics.tokenization import splits_ideographs


class Ter(SacrebleuMetric):
    """sacreBLEU's TER; less is better.

    Args:
        target_language: BCP-47 code; Chinese and Japanese are cut into characters first.
        lowercase: whether to ignore case; by custom (Tercom's and sacreBLEU's) it does.
    """

    name: ClassVar[str] = "ter"
    label: ClassVar[str] = "TER"
    higher_is_better: ClassVar[bool] = False

    def __init__(self, *, target_language: str, lowercase: bool = True) -> None:
        from sacrebleu.metrics.ter import TER

        cut = splits_ideographs(target_language)
        # sacreBLEU's asian_support does nothing unless the text is normalized as well
        super().__init__(TER(case_sensitive=not lowercase, normalized=cut, asian_support=cut))

    def _details(self, result: Any) -> dict[str, float]:
        return {"edits": int(result.num_edits), "reference_length": float(result.ref_length)}
