"""The four special ids, equal in every vocabulary, so that no room has to ask for them."""

PAD = 0
"""Fills the short rows of a batch; never predicted, never counted."""
UNK = 1
"""Stands for a piece the vocabulary does not hold."""
BOS = 2
"""Starts the decoder's input."""
EOS = 3
"""Ends every source and every target."""

SPECIAL_PIECES = ("<pad>", "<unk>", "<s>", "</s>")
"""The pieces of ids 0 to 3, in order."""
