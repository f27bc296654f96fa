"""The parts of a search over recipes: which fields may vary, one trial, several workers, and what is said of it all."""
