"""Texts → score with its signature. Knows neither models nor files."""
