"""How numbers and texts of a report are written, alike on the terminal and on the page. Knows no layout."""

import math

from dragoman.evaluation.comparison import Comparison, verdict
from dragoman.evaluation.report import Report
from dragoman.metrics.significance import Estimate

MISSING = "–"
"""Stands where there is nothing to say."""


def with_interval(estimate: Estimate) -> str:
    """A score with half its 95 % interval: "37.86 ± 1.02"."""
    return f"{estimate.score.value:.2f} ± {(estimate.high - estimate.low) / 2:.2f}"


def heading(comparison: Comparison) -> str:
    """What was measured on what."""
    source, target = comparison.languages
    return f"{source} → {target}, {comparison.segments:,} segments of {comparison.test}"


def report_cells(report: Report) -> dict[str, str]:
    """What there is to say of one system beside its scores, by column."""
    likelihood = report.likelihood
    return {
        "perplexity": number(likelihood.perplexity if likelihood else None),
        "token accuracy": number(100 * likelihood.token_accuracy if likelihood else None, "{:.1f} %"),
        "length ratio": number(report.length_ratio, "{:.3f}"),
        "empty": f"{report.empty_hypotheses:,}",
        "seconds": number(report.seconds, "{:.1f}"),
    }


def number(value: float | None, pattern: str = "{:.2f}") -> str:
    """``value`` under ``pattern``, or a dash where there is none."""
    return MISSING if value is None or math.isnan(value) else pattern.format(value)


def difference_cells(estimate: Estimate, baseline: Estimate) -> tuple[str, str, str]:
    """Difference from the baseline, p-value and verdict of a system that is not the baseline."""
    p_value = estimate.p_value if estimate.p_value is not None else 1.0
    return f"{estimate.score.value - baseline.score.value:+.2f}", f"{p_value:.4f}", verdict(estimate, baseline)


def footnotes(comparison: Comparison) -> list[str]:
    """Signatures, notes and what the columns mean, one line each."""
    first = comparison.reports[0]
    signatures = [f"{score.label}: {score.signature}" for score in first.scores.values()]
    lower = [score.label for score in first.scores.values() if not score.higher_is_better]
    draws = next(iter(comparison.estimates.values()))[0].draws
    lines = [*signatures, *first.notes]
    if lower:
        lines.append(f"{', '.join(lower)}: less is better.")
    lines.append(f"± is half the 95 % interval of {draws:,} bootstrap draws (seed {comparison.seed}).")
    if len(comparison.reports) > 1:
        lines.append(f"p is two-sided, by paired bootstrap against {first.system}; not corrected for many comparisons.")
    if any(report.likelihood for report in comparison.reports):
        lines.append("Perplexity and accuracy count each model's own tokens: compare them only under one tokenizer.")
    for report in comparison.reports:
        if report.likelihood and report.likelihood.left_out:
            lines.append(
                f"{report.system}: {report.likelihood.left_out:,} pairs are too long for the model to judge; "
                "its perplexity and accuracy are without them."
            )
    return lines


def visible(text: str) -> str:
    """``text`` on one line, with its control characters made visible and harmless to a terminal."""
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == "\n":
        return "⏎"
    if character == "\t":
        return " "
    code = ord(character)
    if code < 32 or 127 <= code < 160 or character in "\u2028\u2029" or 0xD800 <= code < 0xE000:
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    return character
