"""Cleaning from location to location: the rules, the scores, what goes where, and the page about it."""
