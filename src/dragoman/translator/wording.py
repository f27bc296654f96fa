"""Wishes in words become wishes in ids: a beginning that was typed, terms to say, phrases never to say.

What must be said is said as ids, so it stands in the output letter for letter. What must not be said is watched in the
text, whatever pieces spell it: where an output holds such a phrase as whole words, in any case, the pieces that spelt
it are forbidden to this sentence and it is decoded again, until the phrase is gone. So nothing is forbidden to a
sentence that would never have said it, and any engine that can leave out a sequence of ids will do.

Knows the task's tokenizers, neither models nor documents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dragoman.base.errors import DataError
from dragoman.base.log import warn
from dragoman.base.symbols import EOS, UNK
from dragoman.decoding.hypothesis import Hypothesis, Phrase, Sentence
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers.spelling import open_with, spans
from dragoman.translator.links import links_of_segment
from dragoman.translator.placing import Link
from dragoman.translator.terminology import Found, find_words

_ROUNDS = 64
"""How often a sentence is decoded again to be rid of a phrase."""
_UNSPACED = ("zh", "ja", "th", "lo", "my", "km", "yue", "wuu", "lzh")
_LEADS = "、，。的“的\n"
"""Before a phrase in a text without spaces one of these stands, so that no space becomes part of its pieces."""

Decode = Callable[[Sequence[Sentence]], list[list[Hypothesis]]]


@dataclass(frozen=True, slots=True)
class Request:
    """One segment to translate, and how.

    Attributes:
        segment: the text.
        tag: in front of it, or "".
        prefix: what every translation begins with.
        include: what every translation says.
        avoid: what none says.
        terms: that stand in the segment; what is to be said for them goes in the place of what was said.
    """

    segment: str
    tag: str = ""
    prefix: str = ""
    include: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    terms: tuple[Found, ...] = ()

    @property
    def has_wishes(self) -> bool:
        """Whether anything is wished beside the translation."""
        return bool(self.prefix or self.include or self.avoid)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of one request.

    Attributes:
        source_tokens: ids that the model read, EOS left out.
        hypotheses: what it says, best first.
    """

    source_tokens: int
    hypotheses: list[Hypothesis]


class Wording:
    """Requests as sentences of one task.

    Args:
        task: languages and tokenizers.
        longest: ids of the longest target, or None.
    """

    def __init__(self, task: TranslationTask, longest: int | None) -> None:
        self._task = task
        self._longest = longest

    def sentence(self, request: Request) -> Sentence:
        """The request in ids; what it avoids is not yet in it.

        Raises:
            DataError: the beginning or a phrase cannot be said with this vocabulary, or is too long.
        """
        ids = tuple(self._task.source_ids(request.segment, tag=request.tag))
        if not (request.prefix or request.include):
            return Sentence(ids)
        opening = open_with(self._task.target_tokenizer, request.prefix) if request.prefix else None
        if request.prefix and (opening is None or (opening.table and not opening.table[0])):
            raise DataError(
                f"no translation can begin with {request.prefix!r}: the vocabulary has no pieces for it",
                hint="leave the rare characters or words out of the beginning",
            )
        include = tuple(dict.fromkeys(self.phrase(term) for term in request.include))
        sentence = Sentence(ids, opening.ids if opening else (), opening.table if opening else (), include)
        wished = len(sentence.prefix) + len(sentence.spelling) + sum(map(len, include))
        if self._longest is not None and wished + 1 >= self._longest:
            raise DataError(
                f"what the translation shall hold takes {wished} ids, but the model can say {self._longest}",
                hint="translate a shorter text at a time",
            )
        return sentence

    def phrase(self, term: str) -> Phrase:
        """The ids of a term, as they stand inside a text.

        Raises:
            DataError: the vocabulary cannot write it.
        """
        tokenizer = self._task.target_tokenizer
        ids = tokenizer.encode(term)
        if UNK in ids or not ids:
            raise DataError(
                f"the term {term!r} cannot be said: the vocabulary has no pieces for it", hint="leave it out"
            )
        if self._task.target_language.lower().startswith(_UNSPACED):
            for lead in _LEADS:
                before, whole = tokenizer.encode(lead), tokenizer.encode(lead + term)
                if UNK not in before and whole[: len(before)] == before and len(whole) > len(before):
                    return tuple(whole[len(before) :])
        return tuple(ids)

    def decode(self, requests: Sequence[Request], decode: Decode) -> list[Decoded]:
        """The hypotheses of every request, decoded as often as what they avoid makes necessary."""
        sentences = [self.sentence(request) for request in requests]
        found = decode(sentences)
        waiting = [place for place, request in enumerate(requests) if request.avoid]
        for _ in range(_ROUNDS):
            said = {place: self._forbidden(requests[place], found[place]) for place in waiting}
            waiting = [place for place in waiting if said[place]]
            if not waiting:
                break
            for place in waiting:
                exclude = dict.fromkeys((*sentences[place].exclude, *said[place]))
                sentences[place] = replace(sentences[place], exclude=tuple(exclude))
            again = decode([sentences[place] for place in waiting])
            for place, hypotheses in zip(waiting, again, strict=True):
                found[place] = hypotheses
        self._tell(requests, found)
        return [Decoded(len(one.ids) - 1, said) for one, said in zip(sentences, found, strict=True)]

    def fits(self, request: Request) -> bool:
        """Whether the model takes the source of ``request``."""
        ids = self._task.source_ids(request.segment, tag=request.tag)
        return self._longest is None or len(ids) <= self._longest

    def rarity(self, word: str) -> int:
        """Pieces that ``word`` is written with in the source language; unknown ones are rarest."""
        ids = self._task.source_tokenizer.encode(word)
        return len(ids) + len(word) * ids.count(UNK)

    def text(self, hypothesis: Hypothesis) -> str:
        """What a hypothesis says."""
        return self._task.output([*hypothesis.ids, EOS])

    def links(self, request: Request, text: str, hypothesis: Hypothesis) -> list[Link]:
        """Words of the request and of ``text``, which is what ``hypothesis`` says."""
        return links_of_segment(self._task, request.segment, request.tag, text, hypothesis)

    def _forbidden(self, request: Request, hypotheses: Sequence[Hypothesis]) -> list[Phrase]:
        """The pieces that spelt what must not be said, after what was typed."""
        forbidden: list[Phrase] = []
        for one in hypotheses:
            text = self.text(one)
            places = [place for phrase in request.avoid for place in find_words(text, phrase)]
            if not places:
                continue
            pieces = spans(self._task.target_tokenizer, one.ids, text)
            for start, end in places:
                if end <= len(request.prefix):
                    continue
                inside = [at for at, (first, last) in enumerate(pieces) if first < end and last > start]
                if inside:
                    forbidden.append(tuple(one.ids[inside[0] : inside[-1] + 1]))
        return forbidden

    def _tell(self, requests: Sequence[Request], found: Sequence[Sequence[Hypothesis]]) -> None:
        """Say which wishes were not fulfilled, as far as that can happen."""
        for request, hypotheses in zip(requests, found, strict=True):
            if request.avoid and self._forbidden(request, hypotheses):
                warn(f"a phrase to avoid could not be avoided in the translation of {request.segment[:60]!r}")
