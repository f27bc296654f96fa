"""Translator + records + metrics → report and comparison. Knows nothing of how the model came about."""
