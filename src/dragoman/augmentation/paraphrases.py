"""Synonyms from the corpus itself: words that become the same word in the other language mean the same.

If "man" and "guy" both become "Mann", one may stand for the other where "Mann" stands (Bannard and Callison-Burch 2005,
here with single words). Being linked says nothing of grammar ("walks" and "walking" both become "geht"), so a word is
taken only where its neighbours have been seen beside it, and only in place of a word that is used alike.

The same knowledge gives pairs of words that fit into both sides at once: they say another thing, but the same thing
twice (Fadaee, Bisazza and Monz 2017). It knows words, no files.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from dragoman.alignment.aligner import Lexicon
from dragoman.augmentation.synonyms import Candidate, Site
from dragoman.base.randomness import generator
from dragoman.text.words import is_word

LEAST_TO_TARGET = 0.2
"""How likely a replacement must become the word that stands in the target."""
LEAST_FROM_TARGET = 0.02
"""How likely the target's word must come from the replacement."""
LEAST_OWN = 0.01
"""How likely the word that is to be replaced must become it."""
LEAST_LIKENESS = 0.55
"""How alike two words must be used. "child" and "kid" have 0.9, "bike" and "bicycle" 0.9, "girl" and "girls" 0.4,
"stands" and "standing" 0.2, "boy" and "young" 0.0 (English captions)."""
_LEAST_BOTH = 0.3
_PAIRS_TO_CHOOSE_FROM = 5
_OFTEN = 20
_BINDING, _LEAST_BINDING = 0.3, 4.0
_NONE: Counter[str] = Counter()


class Contexts:
    """Which words were seen beside which, in lower case, and how often.

    Args:
        sentences: gone through once; memory grows with the number of different neighbours.
    """

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        self._after: dict[str, Counter[str]] = defaultdict(Counter)
        self._before: dict[str, Counter[str]] = defaultdict(Counter)
        for words in sentences:
            for left, right in pairwise(["", *(word.casefold() for word in words), ""]):
                self._after[left][right] += 1
                self._before[right][left] += 1
        self.likeness = lru_cache(maxsize=1 << 18)(self._likeness)
        usual = (word for word, count in self._before.items() if count.total() >= _OFTEN)
        most = max(map(self._variety, usual), default=0.0)
        self._much_variety = max(_LEAST_BINDING, _BINDING * most)

    def binds(self, word: str) -> bool:
        """Whether ``word`` stands between all sorts of words, as "with", "while" and "wearing" do.

        Such words are held by grammar: what they are translated by says little of what they mean.
        """
        return self._variety(word.casefold()) > self._much_variety

    def _variety(self, word: str) -> float:
        """How many different neighbours a word has, on the side with fewer, for how often it was seen."""
        before, after = self._before.get(word, _NONE), self._after.get(word, _NONE)
        return min(len(before), len(after)) / math.sqrt(max(before.total(), 1))

    def fits(self, word: str, words: Sequence[str], place: int) -> bool:
        """Whether ``word`` may stand at ``place``: beside these neighbours, and used as the word there is used."""
        left, right = _neighbours(words, place)
        return (
            word in self._after.get(left, ())
            and word in self._before.get(right, ())
            and self.used_alike(word, words[place])
        )

    def used_alike(self, word: str, other: str) -> bool:
        """Whether two words stand among like neighbours, and neither of them between all sorts of words."""
        one, two = sorted((word.casefold(), other.casefold()))
        return not self.binds(one) and not self.binds(two) and self.likeness(one, two) >= LEAST_LIKENESS

    def fitting(self, words: Sequence[str], place: int) -> list[str]:
        """All words that were seen beside the neighbours at ``place``."""
        left, right = _neighbours(words, place)
        return sorted(self._after.get(left, _NONE).keys() & self._before.get(right, _NONE).keys())

    def _likeness(self, one: str, other: str) -> float:
        """How alike two words are used: the cosine of their neighbours, on the side where they are less alike."""
        before = _cosine(self._before.get(one, _NONE), self._before.get(other, _NONE))
        if before < LEAST_LIKENESS:
            return before
        return min(before, _cosine(self._after.get(one, _NONE), self._after.get(other, _NONE)))


class Meanings:
    """What words become and where they come from, remembered.

    Args:
        lexicon: of the aligner.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.translations = lru_cache(maxsize=1 << 16)(lexicon.translations)
        self.origins = lru_cache(maxsize=1 << 16)(lexicon.origins)

    def sharing(self, site: Site) -> dict[str, float]:
        """Other words that become what ``site`` became, with p(word | target) · p(target | word).

        None where the word at ``site`` hardly ever becomes that: a wrong link, or a target that says something else.
        """
        target, own = site.target_word.casefold(), site.word.casefold()
        if self.translations(own).get(target, 0.0) < LEAST_OWN:
            return {}
        found = {}
        for word, there in self.origins(target).items():
            if word == own or there < LEAST_FROM_TARGET or not is_word(word):
                continue
            back = self.translations(word).get(target, 0.0)
            if back >= LEAST_TO_TARGET:
                found[word] = there * back
        return found


class Paraphrases:
    """Suggests words that share a translation with the one that stands there, and fit between its neighbours.

    Args:
        meanings: of words.
        contexts: of the source language.
    """

    def __init__(self, meanings: Meanings, contexts: Contexts) -> None:
        self._meanings = meanings
        self._contexts = contexts

    def __call__(self, sites: Sequence[Site]) -> list[Mapping[Candidate, float]]:
        """For each site the words, and how likely each is."""
        return [
            {
                Candidate(word): weight
                for word, weight in self._meanings.sharing(site).items()
                if self._contexts.fits(word, site.words, site.place)
            }
            for site in sites
        ]


class WordPairs:
    """Suggests pairs of words for both sides: translations of each other that fit between the neighbours of both.

    Args:
        meanings: of words.
        source: contexts of the source language.
        target: contexts of the target language.
    """

    def __init__(self, meanings: Meanings, source: Contexts, target: Contexts) -> None:
        self._meanings = meanings
        self._source = source
        self._target = target
        self._partner = lru_cache(maxsize=1 << 16)(self._find_partner)

    def __call__(self, sites: Sequence[Site]) -> list[Mapping[Candidate, float]]:
        """For each site the pairs, all equally likely: rare words are to come as often as frequent ones."""
        return [self._pairs(site) for site in sites]

    def _pairs(self, site: Site) -> dict[Candidate, float]:
        found: dict[Candidate, float] = {}
        words = self._source.fitting(site.words, site.place)
        generator("word pairs", site.text, site.place).shuffle(words)
        for word in words:
            target = self._partner(word)
            if target is None or word == site.word.casefold() or target == site.target_word.casefold():
                continue
            if self._target.fits(target, site.target_words, site.target_place) and self._source.fits(
                word, site.words, site.place
            ):
                found[Candidate(word, target)] = 1.0
            if len(found) == _PAIRS_TO_CHOOSE_FROM:
                break
        return found

    def _find_partner(self, word: str) -> str | None:
        """The one word that ``word`` becomes and that comes from it, if both are likely."""
        target, there = next(iter(self._meanings.translations(word).items()), ("", 0.0))
        if there < _LEAST_BOTH or target == word or not (is_word(target) and is_word(word)):
            return None
        return target if self._meanings.origins(target).get(word, 0.0) >= _LEAST_BOTH else None


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    if len(other) < len(one):
        one, other = other, one
    product = sum(count * other[word] for word, count in one.items() if word in other)
    size = math.sqrt(sum(count**2 for count in one.values()) * sum(count**2 for count in other.values()))
    return product / size if size else 0.0


def _neighbours(words: Sequence[str], place: int) -> tuple[str, str]:
    left = words[place - 1].casefold() if place else ""
    return left, words[place + 1].casefold() if place + 1 < len(words) else ""
