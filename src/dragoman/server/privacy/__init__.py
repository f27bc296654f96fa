"""What of a text no model is shown. The values are found in :mod:`dragoman.safeguards`."""
