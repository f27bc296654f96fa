"""Requests in, outcomes out, by one engine: what is wished for is fulfilled, what is not is made sound.

Terms go in the place of what the model said for them, where it tells which words those are
(:mod:`dragoman.translator.placing`). Only where there are none is the term searched for, by an engine that can: a
search that must say a word it finds unlikely says it anywhere, beside its own.

It brings together the engine, the wording of wishes, minimum Bayes risk and the rescue of what went wrong; none of them
knows another. Knows neither documents nor bundles.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from dragoman.base.errors import ConfigError, DataError
from dragoman.decoding.config import DecodingConfig
from dragoman.metrics import METRICS
from dragoman.translator.engines.protocol import Engine
from dragoman.translator.placing import place_terms
from dragoman.translator.risk import expected_utilities
from dragoman.translator.robust.rescue import UNTRANSLATED, Outcome, Rescue
from dragoman.translator.robust.rounds import Draft, go
from dragoman.translator.tokens import Tokens
from dragoman.translator.wording import Decoded, Request, Wording

UNSAID = "unsaid"
"""The note of a translation that does not say a term."""
_GUARD = 3
"""Ids that must not be said twice in a row when a translation that looped is made again."""


class Responder:
    """Answers requests with one engine.

    Args:
        engine: decodes.
        wording: requests as sentences, hypotheses as texts.
        rescue: the ways of requests without wishes.
        target_language: BCP-47 code, for metrics that cut words.
    """

    def __init__(self, engine: Engine, wording: Wording, rescue: Rescue, *, target_language: str) -> None:
        self._engine = engine
        self._wording = wording
        self._rescue = rescue
        self._target_language = target_language

    def outcomes(
        self, requests: Sequence[Request], decoding: DecodingConfig, done: Callable[[int], None]
    ) -> dict[Request, Outcome]:
        """What becomes of each request: with wishes, what the model says; without, what is sound."""
        aligned = self._aligned(decoding) if any(request.terms for request in requests) else decoding
        if aligned is None:
            return self._searched(requests, decoding, done)
        bare = {request: replace(request, terms=()) for request in requests}
        found = self._outcomes(list(dict.fromkeys(bare.values())), aligned, done)
        outcomes = {request: self._with_terms(request, found[bare[request]]) for request in requests}
        unsaid = [request for request, outcome in outcomes.items() if UNSAID in outcome.notes]
        return outcomes | self._tried(unsaid, decoding)

    def _aligned(self, decoding: DecodingConfig) -> DecodingConfig | None:
        """The same, with alignments; None where the engine cannot tell them."""
        aligned = decoding.model_copy(update={"alignments": True})
        try:
            self._engine.check(aligned)
        except ConfigError:
            return None
        return aligned

    def _with_terms(self, request: Request, outcome: Outcome) -> Outcome:
        """The terms of ``request`` in every draft of it; noted where the best one does not say them all."""
        if not request.terms:
            return outcome
        placed = [
            place_terms(
                draft.text,
                () if UNTRANSLATED & set(outcome.notes) else draft.links,
                request.terms,
                typed=request.prefix,
            )
            for draft in outcome.drafts
        ]
        drafts = [
            replace(draft, text=one.text, links=one.links or draft.links)
            for draft, one in zip(outcome.drafts, placed, strict=True)
        ]
        return Outcome(drafts, (*outcome.notes, UNSAID) if placed[0].missing else outcome.notes)

    def _tried(self, requests: Sequence[Request], decoding: DecodingConfig) -> dict[Request, Outcome]:
        """Those of ``requests`` whose terms a search could make the model say, and that nothing else got lost of."""
        found = {}
        for request in requests:
            try:
                outcome = self._searched([request], decoding, lambda count: None)[request]
            except (ConfigError, DataError):  # no such search, or no pieces for it
                continue
            if UNSAID not in outcome.notes and self._rescue.holds(request.segment, outcome.drafts[0]):
                found[request] = outcome
        return found

    def _searched(
        self, requests: Sequence[Request], decoding: DecodingConfig, done: Callable[[int], None]
    ) -> dict[Request, Outcome]:
        """The outcomes, terms being searched for: the likeliest translations that hold them."""
        asked = {
            request: replace(request, terms=(), include=tuple(dict.fromkeys(term.target for term in request.terms)))
            for request in requests
        }
        found = self._outcomes(list(dict.fromkeys(asked.values())), decoding, done)
        return {request: _told(request, found[asked[request]]) for request in requests}

    def _outcomes(
        self, requests: Sequence[Request], decoding: DecodingConfig, done: Callable[[int], None]
    ) -> dict[Request, Outcome]:
        wished = [request for request in requests if request.has_wishes]
        plain = [request for request in requests if not request.has_wishes]
        tag = plain[0].tag if plain else ""
        ways = [self._rescue.way(request.segment) for request in plain]
        outcomes = go(ways, partial(self._drafts, tag=tag, decoding=decoding, done=done))
        said = self._decode(wished, decoding, done) if wished else []
        fulfilled = (Outcome(self._as_drafts(*one)) for one in zip(wished, said, strict=True))
        return dict(zip((*plain, *wished), (*outcomes, *fulfilled), strict=True))

    def _drafts(
        self, texts: Sequence[str], guarded: bool, *, tag: str, decoding: DecodingConfig, done: Callable[[int], None]
    ) -> list[list[Draft]]:
        """Drafts of each text; none of one that is too long for the engine."""
        requests = [Request(text, tag) for text in texts]
        fitting = [request for request in requests if self._wording.fits(request)]
        decoded = self._decode(fitting, _with_guard(decoding) if guarded else decoding, done)
        found = dict(zip(fitting, decoded, strict=True))
        return [self._as_drafts(request, found[request]) if request in found else [] for request in requests]

    def _as_drafts(self, request: Request, decoded: Decoded) -> list[Draft]:
        drafts = []
        for one in decoded.hypotheses:
            text = self._wording.text(one)
            links = tuple(self._wording.links(request, text, one)) if one.alignment else ()
            tokens = Tokens(decoded.source_tokens, len(one.ids))
            drafts.append(Draft(text, one.score, one.ended, links, tokens))
        return drafts

    def _decode(
        self, requests: Sequence[Request], decoding: DecodingConfig, done: Callable[[int], None]
    ) -> list[Decoded]:
        """The hypotheses of each request; by minimum Bayes risk if that is wished."""
        if decoding.minimum_bayes_risk == "none":
            return self._wording.decode(requests, lambda some: self._engine.decode(some, decoding, done=done))
        count = max(decoding.candidates, decoding.n_best)
        many = decoding.model_copy(update={"n_best": count, "beam": count, "diverse_groups": 1})
        found = self._wording.decode(requests, lambda some: self._engine.decode(some, many, done=done))
        metric = METRICS.load(decoding.minimum_bayes_risk)(target_language=self._target_language)
        for place, one in enumerate(found):
            texts = [self._wording.text(hypothesis) for hypothesis in one.hypotheses]
            utilities = expected_utilities(texts, metric.sentence_scores)
            scored = [replace(said, score=value) for said, value in zip(one.hypotheses, utilities, strict=True)]
            best = sorted(scored, key=lambda said: -said.score)[: decoding.n_best]
            found[place] = replace(one, hypotheses=best)
        return found


def _told(request: Request, outcome: Outcome) -> Outcome:
    """The outcome; noted where its best draft does not say every term."""
    is_said = all(term.target in outcome.drafts[0].text for term in request.terms)
    return outcome if is_said else replace(outcome, notes=(*outcome.notes, UNSAID))


def _with_guard(decoding: DecodingConfig) -> DecodingConfig:
    """Another try at what looped: no three ids said twice, and all of the beam to choose from."""
    n_best = decoding.beam if decoding.method == "beam" else decoding.n_best
    return decoding.model_copy(update={"no_repeated_ngram": decoding.no_repeated_ngram or _GUARD, "n_best": n_best})
