"""Who scores the pairs: an aligner learnt from the corpus itself, from a clean one, or translation models.

The models' score is the dual conditional cross-entropy (Junczys-Dowmunt 2018): two models, one in each direction,
should find a pair equally likely, and likely. It joins rooms that do not know each other and computes nothing itself.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dragoman.base.errors import ConfigError
from dragoman.base.log import say
from dragoman.corpora.cleaning.evidence import make_evidence
from dragoman.corpora.cleaning.scoring import Margins, Scorer, Texts, choose_threshold, measure_margins
from dragoman.corpora.cleaning.self_training import measure_by_itself
from dragoman.corpora.records import Record
from dragoman.corpora.sources import Corpus

if TYPE_CHECKING:
    from dragoman.translator.translator import Translator

MOST_PAIRS_LEARNT_FROM = 30_000
"""Of larger corpora the aligner learns from so many pairs: more costs time and memory and brings little."""
_WORST_SCORE = -20.0
"""Of a pair too long for a model."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """How pairs are scored, and which are dropped.

    Attributes:
        reference: a clean corpus to learn the aligner from; None learns from the corpus itself.
        models: bundles to score with instead of an aligner, of one direction or of both.
        least: drop what has a smaller margin; None finds the threshold from the margins.
        window: judge each pair by the mean of so many neighbours in the file; 1 by itself alone.
        scorer: of the models, once they are loaded.
    """

    reference: Corpus | None = None
    models: Sequence[Path] = ()
    least: float | None = None
    window: int = 1
    scorer: Scorer | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """What scoring found.

    Attributes:
        margins: of the pairs and of strangers, smoothed where that was asked for.
        threshold: what is below is dropped.
    """

    margins: Margins
    threshold: float


def score_pairs(
    read: Callable[[], Iterator[Texts]], scoring: Scoring, *, count: int, languages: tuple[str, str]
) -> Scores:
    """Score the pairs that ``read`` gives and find the threshold.

    Raises:
        EmptyCorpusError: too few to learn from.
        ConfigError: the models do not speak these languages.
    """
    evidence = make_evidence(*languages)
    if scoring.models:
        scorer = scoring.scorer or models_scorer(scoring.models, languages)
        margins = measure_margins(read(), scorer, evidence)
    elif scoring.reference is not None:
        say(f"learning which words go together from {scoring.reference.name}")
        texts = ((record.source, record.target) for record in scoring.reference.require())
        margins = measure_margins(read(), learn_scorer(texts), evidence)
    else:
        say("learning which words go together from the corpus itself, twice")
        margins = measure_by_itself(read, learn_scorer, count=count, evidence=evidence)
    margins = margins.smoothed(scoring.window)
    return Scores(margins, choose_threshold(margins) if scoring.least is None else scoring.least)


def learn_scorer(pairs: Iterable[Texts]) -> Scorer:
    """A scorer by the word alignment learnt from ``pairs``."""
    from dragoman.alignment.aligner import learn
    from dragoman.text.words import split_words

    aligner = learn(
        ((split_words(source), split_words(target)) for source, target in pairs), most_pairs=MOST_PAIRS_LEARNT_FROM
    )

    def score(texts: Sequence[Texts]) -> list[float]:
        return list(aligner.scores((split_words(source), split_words(target)) for source, target in texts))

    return score


def models_scorer(bundles: Sequence[Path], languages: tuple[str, str]) -> Scorer:
    """A scorer by translation models: less the mean of their cross-entropies, less how much these differ.

    Raises:
        ConfigError: a bundle translates between other languages, or two go the same way.
    """
    from dragoman.translator.translator import Translator

    source, target = languages
    forward: list[Translator] = []
    backward: list[Translator] = []
    for bundle in bundles:
        translator = Translator.load(bundle)
        way = (translator.source_language, translator.target_language)
        if way not in ((source, target), (target, source)):
            raise ConfigError(
                f"{bundle} translates {way[0]} → {way[1]}, and the corpus is {source} → {target}",
                hint="give a model of these languages, in either direction",
            )
        (forward if way == (source, target) else backward).append(translator)
    if max(len(forward), len(backward)) > 1:
        raise ConfigError(
            "--score-with was given two models of one direction", hint="give one of each direction, or a single one"
        )

    def score(texts: Sequence[Texts]) -> list[float]:
        ways = [_mean_logs(one, [Record(*pair) for pair in texts]) for one in forward] + [
            _mean_logs(one, [Record(there, here) for here, there in texts]) for one in backward
        ]
        if len(ways) == 1:
            return ways[0]
        return [(one + other) / 2 - abs(one - other) for one, other in zip(*ways, strict=True)]

    return score


def _mean_logs(translator: "Translator", records: Sequence[Record]) -> list[float]:
    """The mean log-probability of a target id, for each record."""
    return [
        score.log_probability / score.tokens if score.tokens else _WORST_SCORE for score in translator.score(records)
    ]
