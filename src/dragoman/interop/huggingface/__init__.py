"""Models of Hugging Face's ``transformers``: a bundle as one of them, and one of them as a bundle.

Two of its architectures are the Transformer of this package under other names. ``MarianMTModel`` (Junczys-Dowmunt et
al. 2018, "Marian: Fast Neural Machine Translation in C++"; the models of Tiedemann & Thottingal 2020, "OPUS-MT") is
the post-norm one; ``PegasusForConditionalGeneration`` (Zhang et al. 2020, "PEGASUS") has the same parts in pre-norm
order with a last norm, the same sinusoids from position 0 on, and a bias for every piece.
"""
