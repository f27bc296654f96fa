"""More text than there is: made by a model from one language, by noise, by synonyms. Knows texts, no files."""
