"""Texts → score with its signature. Knows neither models nor files."""

from dragoman.base.catalog import Catalog

METRICS = Catalog(
    "metric",
    {
        "bleu": "dragoman.metrics.bleu:Bleu",
        "chrf": "dragoman.metrics.chrf:Chrf",
        "ter": "dragoman.metrics.ter:Ter",
    },
)
