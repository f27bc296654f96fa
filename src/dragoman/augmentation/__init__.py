"""More text than there is: pairs made by a model from text in one language. Knows functions over texts, no models."""
