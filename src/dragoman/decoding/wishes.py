"""What single sentences wish: beginnings, spellings and phrases never said, as changes of the log-probabilities.

Unlike a :class:`~dragoman.decoding.processors.Processor`, which holds for every row, a wish belongs to one sentence.
Knows ids only.
"""

import math
from collections.abc import Sequence

from jaxtyping import Float, Int
from torch import Tensor

from dragoman.decoding.config import DecodingConfig
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


def allowed(sentence: Sentence, said: Sequence[int]) -> list[int] | None:
    """The ids that go on with what was typed; None where all do."""
    if len(said) < len(sentence.prefix):
        return [sentence.prefix[len(said)]]
    place = 0
    for id_ in said[len(sentence.prefix) :]:
        if place >= len(sentence.spelling):
            return None
        place = sentence.spelling[place].get(id_, len(sentence.spelling))  # a row without a chance goes anywhere
    return None if place >= len(sentence.spelling) else list(sentence.spelling[place])


def closing(sentence: Sentence, said: Sequence[int]) -> list[int]:
    """The ids that would finish a phrase that must not be said."""
    return [
        phrase[-1] for phrase in sentence.exclude if tuple(said[max(0, len(said) - len(phrase) + 1) :]) == phrase[:-1]
    ]


def longest_hypothesis(config: DecodingConfig, sentence: Sentence, source_length: int, max_length: int | None) -> int:
    """The longest target of a source of so many ids, EOS included: its wishes have room beside what they leave out."""
    limit = config.longest_target(source_length, max_length)
    if not sentence.wishes:
        return limit
    wished = len(sentence.prefix) + len(sentence.spelling) + sum(map(len, sentence.include))
    longest = max(limit, wished + 1 + config.max_length_offset)
    return min(longest, max_length or longest)
