"""Requests in, outcomes out, by one engine: what is wished for is fulfilled, what is not is made sound.

It brings together the engine, the wording of wishes, minimum Bayes risk and the rescue of what went wrong; none of them
knows another. Knows neither documents nor bundles.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Hypothesis
from dragoman.metrics import METRICS
from dragoman.translator.engines.protocol import Engine
from dragoman.translator.risk import expected_utilities
from dragoman.translator.robust.rescue import Outcome, Rescue
from dragoman.translator.robust.rounds import Draft, go
from dragoman.translator.wording import Request, Wording

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
        wished = [request for request in requests if request.has_wishes]
        plain = [request for request in requests if not request.has_wishes]
        tag = plain[0].tag if plain else ""
        ways = [self._rescue.way(request.segment) for request in plain]
        outcomes = go(ways, partial(self._drafts, tag=tag, decoding=decoding, done=done))
        said = self._decode(wished, decoding, done) if wished else []
        fulfilled = (Outcome(list(map(self._draft, hypotheses))) for hypotheses in said)
        return dict(zip((*plain, *wished), (*outcomes, *fulfilled), strict=True))

    def _drafts(
        self, texts: Sequence[str], guarded: bool, *, tag: str, decoding: DecodingConfig, done: Callable[[int], None]
    ) -> list[list[Draft]]:
        """Drafts of each text; none of one that is too long for the engine."""
        requests = [Request(text, tag) for text in texts]
        fitting = [request for request in requests if self._wording.fits(request)]
        decoded = self._decode(fitting, _with_guard(decoding) if guarded else decoding, done)
        found = dict(zip(fitting, decoded, strict=True))
        return [list(map(self._draft, found.get(request, []))) for request in requests]

    def _draft(self, hypothesis: Hypothesis) -> Draft:
        return Draft(self._wording.text(hypothesis), hypothesis.score, hypothesis.ended, hypothesis)

    def _decode(
        self, requests: Sequence[Request], decoding: DecodingConfig, done: Callable[[int], None]
    ) -> list[list[Hypothesis]]:
        """The hypotheses of each request; by minimum Bayes risk if that is wished."""
        if decoding.minimum_bayes_risk == "none":
            return self._wording.decode(requests, lambda some: self._engine.decode(some, decoding, done=done))
        count = max(decoding.candidates, decoding.n_best)
        many = decoding.model_copy(update={"n_best": count, "beam": count, "diverse_groups": 1})
        found = self._wording.decode(requests, lambda some: self._engine.decode(some, many, done=done))
        metric = METRICS.load(decoding.minimum_bayes_risk)(target_language=self._target_language)
        for place, hypotheses in enumerate(found):
            utilities = expected_utilities([self._wording.text(one) for one in hypotheses], metric.sentence_scores)
            scored = [replace(one, score=value) for one, value in zip(hypotheses, utilities, strict=True)]
            found[place] = sorted(scored, key=lambda one: -one.score)[: decoding.n_best]
        return found


def _with_guard(decoding: DecodingConfig) -> DecodingConfig:
    """Another try at what looped: no three ids said twice, and all of the beam to choose from."""
    n_best = decoding.beam if decoding.method == "beam" else decoding.n_best
    return decoding.model_copy(update={"no_repeated_ngram": decoding.no_repeated_ngram or _GUARD, "n_best": n_best})
