"""Models from other software and for it: the verbs export and import-model."""
