"""Runs that were made, to be looked at: read, listed, compared, drawn. Trains nothing and changes no run."""
