"""Parts of the verbs back-translate and self-train: from text in one language to a model that has learnt from it."""
