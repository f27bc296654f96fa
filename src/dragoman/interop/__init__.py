"""A bundle in another system's form, and back. Knows what those systems read, nothing of the command line."""

from dragoman.base.catalog import Catalog

EXPORTS = Catalog(
    "export",
    {
        "safetensors": "dragoman.interop.plain:PlainExport",
    },
)
