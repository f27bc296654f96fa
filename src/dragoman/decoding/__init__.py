"""(model, source) → hypotheses: one search for every architecture. Knows no text."""
