"""Learning from text alone, and beginning with what was learnt."""
