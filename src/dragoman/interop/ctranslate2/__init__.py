"""A Transformer for CTranslate2, and a bundle that holds it. Knows no decoding."""
