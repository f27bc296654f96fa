"""Cleaning: what is wrong with a pair, by rules and by scores. Knows nothing of files."""

from dragoman.corpora.cleaning.cleaner import Cleaner, CleaningReport, Verdict, clean
from dragoman.corpora.cleaning.config import CleaningConfig

__all__ = ["Cleaner", "CleaningConfig", "CleaningReport", "Verdict", "clean"]
