"""What single sentences wish: beginnings, spellings and phrases never said, as changes of the log-probabilities.

Unlike a :class:`~dragoman.decoding.processors.Processor`, which holds for every row, a wish belongs to one sentence.
Knows ids only.
"""

import math
from collections.abc import Sequence

from jaxtyping import Float, Int
from torch import Tensor

from dragoman.decoding.bounds import allowed, closing
from dragoman.decoding.hypothesis import Sentence


class SentenceWishes:
    """The wishes of a batch.

    Args:
        sentences: in the order of the batch.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self._sentences = sentences
        self.any = any(sentence.wishes - {"include"} for sentence in sentences)

    def __call__(
        self, prefix: Int[Tensor, "N T"], log_probs: Float[Tensor, "N V"], sources: Sequence[int]
    ) -> Float[Tensor, "N V"]:
        """Take the chance of all ids away that go against the wish of a row's source.

        Args:
            prefix: ids said so far.
            log_probs: changed in place.
            sources: of each row, its place in the batch.
        """
        if not self.any:
            return log_probs
        for row, (said, source) in enumerate(zip(prefix.tolist(), sources, strict=True)):
            sentence = self._sentences[source]
            wanted = allowed(sentence, said)
            if wanted is not None:
                kept = log_probs[row, wanted]
                log_probs[row] = -math.inf
                log_probs[row, wanted] = kept
            if sentence.exclude:
                log_probs[row, closing(sentence, said)] = -math.inf
        return log_probs
