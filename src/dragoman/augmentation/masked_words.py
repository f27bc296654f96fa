"""Synonyms from a masked language model: what else could stand here, told from the words around it.

The word is hidden, the model says what it would put there (Kobayashi 2018; Wu et al. 2019, with BERT). A model that
reads one language knows what is plausible, not what is meant: in "a red shirt" it likes "blue" too. So of what it says
only words are kept that share their translation with the word that stands there, and are used like it (a small
model's grammar is not to be trusted). They need not have been seen between these neighbours: that is what the model
is asked for. It knows neither files nor the loop.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from dragoman.augmentation.paraphrases import Contexts, Meanings
from dragoman.augmentation.synonyms import Candidate, Site
from dragoman.base.symbols import EOS, PAD, UNK
from dragoman.tokenizers.protocol import Tokenizer

_BEGINS_WORD = "▁"
_GUESSES = 100
_ROWS = 64


class Encoding(Protocol):
    """What is asked of a model."""

    output: nn.Linear

    def encode(self, source: Int[Tensor, "B S"], source_mask: Bool[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """Features of every source position."""
        ...


@dataclass(frozen=True, slots=True)
class _Masked:
    """One sentence with one word hidden."""

    ids: list[int]
    place: int


class MaskedWords:
    """Suggests what a masked language model would put in a word's place, if it means the same.

    Args:
        model: trained to tell hidden ids, which it sees as UNK; in evaluation mode.
        tokenizer: its own.
        meanings: of words, to see that the target still says the same.
        contexts: of the source language, to see that words are used alike.
        done: told how many sites have been looked at since it was last called.
    """

    def __init__(
        self,
        model: Encoding,
        tokenizer: Tokenizer,
        meanings: Meanings,
        contexts: Contexts,
        *,
        done: Callable[[int], None] = lambda count: None,
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._meanings = meanings
        self._contexts = contexts
        self._done = done
        pieces = tokenizer.pieces(range(len(tokenizer)))
        marked = any(piece.startswith(_BEGINS_WORD) for piece in pieces)
        self._words = {
            number: piece.removeprefix(_BEGINS_WORD).casefold()
            for number, piece in enumerate(pieces)
            if piece.startswith(_BEGINS_WORD) or not marked
        }

    def __call__(self, sites: Sequence[Site]) -> list[Mapping[Candidate, float]]:
        """For each site the words, with the model's probability."""
        masked = {number: row for number, site in enumerate(sites) if (row := self._hidden(site)) is not None}
        found: list[Mapping[Candidate, float]] = [{} for _ in sites]
        order = sorted(masked, key=lambda number: len(masked[number].ids))
        for start in range(0, len(order), _ROWS):
            numbers = order[start : start + _ROWS]
            guesses = self._guesses([masked[number] for number in numbers])
            for number, guessed in zip(numbers, guesses, strict=True):
                found[number] = self._kept(sites[number], guessed)
        self._done(len(sites))
        return found

    def _hidden(self, site: Site) -> _Masked | None:
        """The ids with one UNK in place of the word; None when its pieces do not end where the word does."""
        ids = self._tokenizer.encode(site.text)
        spans = _spans(site.text, self._tokenizer.pieces(ids))
        start, end = site.span
        inside = [place for place, span in enumerate(spans) if span and start <= span[0] < span[1] <= end]
        covered = sum(span[1] - span[0] for span in spans if span and start <= span[0] < span[1] <= end)
        if covered != end - start or inside[-1] - inside[0] + 1 != len(inside):
            return None
        return _Masked([*ids[: inside[0]], UNK, *ids[inside[-1] + 1 :], EOS], inside[0])

    @torch.inference_mode()
    def _guesses(self, rows: Sequence[_Masked]) -> list[list[tuple[str, float]]]:
        """For each row the likeliest whole words, and how likely."""
        longest = max(len(row.ids) for row in rows)
        device = self._model.output.weight.device
        source = torch.tensor([row.ids + [PAD] * (longest - len(row.ids)) for row in rows], device=device)
        features = self._model.encode(source, source != PAD)
        places = torch.tensor([row.place for row in rows], device=device)
        hidden = features[torch.arange(len(rows), device=device), places]
        best = self._model.output(hidden).softmax(-1).topk(min(_GUESSES, len(self._tokenizer)))
        return [
            [
                (self._words[index], chance)
                for index, chance in zip(indices, chances, strict=True)
                if index in self._words
            ]
            for indices, chances in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]

    def _kept(self, site: Site, guesses: Sequence[tuple[str, float]]) -> dict[Candidate, float]:
        """Of the guesses, those that mean the same."""
        sharing = self._meanings.sharing(site)
        return {
            Candidate(word): chance
            for word, chance in guesses
            if word in sharing and self._contexts.used_alike(word, site.word)
        }


def _spans(text: str, pieces: Sequence[str]) -> list[tuple[int, int] | None]:
    """Where each piece stands in ``text``, spaces aside; None for one that is not found, such as a lone byte."""
    spans: list[tuple[int, int] | None] = []
    place = 0
    for piece in pieces:
        shown = piece.replace(_BEGINS_WORD, " ").strip()
        start = text.find(shown, place) if shown else -1
        if start < 0 or text[place:start].strip():  # only spaces may be passed over
            spans.append(None)
            continue
        place = start + len(shown)
        spans.append((start, place))
    return spans
