"""Telling the operator when something is wrong, and when it is right again."""
