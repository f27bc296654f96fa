"""Which word translates which: learnt from pairs of word sequences, without torch. Knows no files of corpora."""
