"""Text ↔ ids. Knows neither records nor tensors."""

from dragoman.base.catalog import Catalog

TOKENIZERS = Catalog(
    "tokenizer",
    {
        "sentencepiece": "dragoman.tokenizers.sentencepiece:SentencePieceTokenizer",
        "words": "dragoman.tokenizers.words:WordTokenizer",
        "characters": "dragoman.tokenizers.characters:CharacterTokenizer",
        "bytes": "dragoman.tokenizers.bytes:ByteTokenizer",
        "marian": "dragoman.tokenizers.marian:MarianTokenizer",
    },
)
