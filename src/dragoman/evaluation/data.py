"""A comparison as plain data, ready for JSON. The shape is public: other programs read it."""

import math
from collections.abc import Mapping
from typing import Any

from dragoman.base.version import __version__
from dragoman.evaluation.comparison import Comparison, verdict
from dragoman.evaluation.report import Bucket, Report
from dragoman.metrics.score import Score
from dragoman.metrics.significance import Estimate


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """Everything in ``comparison`` as dictionaries, lists, numbers and strings.

    A number that is not finite becomes None, since JSON has no word for it.
    """
    source, target = comparison.languages
    return {
        "dragoman": __version__,
        "test": {
            "location": comparison.test,
            "source_language": source,
            "target_language": target,
            "segments": comparison.segments,
        },
        "bootstrap": {"draws": _draws(comparison), "seed": comparison.seed, "baseline": comparison.reports[0].system},
        "systems": [_report(report, comparison.estimates) for report in comparison.reports],
        "differing_sentences": [
            {
                "line": sentence.line,
                "source": sentence.source,
                "reference": sentence.reference,
                "hypotheses": [
                    {"system": version.system, "text": version.hypothesis, "chrf": version.chrf}
                    for version in sentence.versions
                ],
            }
            for sentence in comparison.differing
        ],
    }


def _draws(comparison: Comparison) -> int:
    return next(iter(comparison.estimates.values()))[0].draws


def _report(report: Report, estimates: Mapping[str, tuple[Estimate, ...]]) -> dict[str, Any]:
    likelihood = report.likelihood
    return {
        "name": report.system,
        "scores": {name: _score(report, score, estimates[name]) for name, score in report.scores.items()},
        "notes": list(report.notes),
        "perplexity": None if likelihood is None else _finite(likelihood.perplexity),
        "token_accuracy": None if likelihood is None else _finite(likelihood.token_accuracy),
        "tokens": None if likelihood is None else likelihood.tokens,
        "pairs_left_out_of_perplexity": None if likelihood is None else likelihood.left_out,
        "length_ratio": report.length_ratio,
        "empty_hypotheses": report.empty_hypotheses,
        "seconds": report.seconds,
        "by_source_length": {
            "unit": report.length_unit,
            "buckets": [_bucket(bucket) for bucket in report.buckets],
        },
        "worst_sentences": [
            {
                "line": sentence.line,
                "source": sentence.source,
                "reference": sentence.reference,
                "hypothesis": sentence.hypothesis,
                "chrf": sentence.chrf,
            }
            for sentence in report.worst
        ],
    }


def _score(report: Report, score: Score, estimates: tuple[Estimate, ...]) -> dict[str, Any]:
    own = next(estimate for estimate in estimates if estimate.system == report.system)
    return {
        "label": score.label,
        "value": score.value,
        "signature": score.signature,
        "higher_is_better": score.higher_is_better,
        "details": dict(score.details),
        "mean": own.mean,
        "interval_95": [own.low, own.high],
        "p_value": own.p_value,
        "verdict": verdict(own, estimates[0]),
    }


def _bucket(bucket: Bucket) -> dict[str, Any]:
    scores = {name: score.value for name, score in bucket.scores.items()}
    return {"length": bucket.label, "segments": bucket.segments, "scores": scores}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
