"""The dialects of the service: each parses requests into an Ask and renders an Answer, or the refusal of one.

A dialect is a web application of its own under a prefix, so that it can say its errors in its own way.
"""

from dragoman.base.catalog import Catalog

DIALECTS = Catalog(
    "dialect",
    {
        "deepl": "dragoman.server.dialects.deepl.dialect:DeepLDialect",
        "deepl-glossaries": "dragoman.server.dialects.deepl.dialect:DeepLGlossariesDialect",
        "native": "dragoman.server.dialects.native:NativeDialect",
        "libretranslate": "dragoman.server.dialects.libretranslate:LibreTranslateDialect",
        "openai": "dragoman.server.dialects.openai:OpenAIDialect",
        "opus-cat": "dragoman.server.dialects.opuscat:OpusCatDialect",
    },
)
