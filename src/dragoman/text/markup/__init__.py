"""Marked-up text as strings: HTML, XML and Markdown into units to translate, and back. No models, no web."""
