"""A bundle in another system's form, and back. Knows what those systems read, nothing of the command line."""

from dragoman.base.catalog import Catalog

EXPORTS = Catalog(
    "export",
    {
        "huggingface": "dragoman.interop.huggingface.exporter:HuggingFaceExport",
        "safetensors": "dragoman.interop.plain:PlainExport",
    },
)
