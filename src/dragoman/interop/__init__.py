"""A bundle in another system's form, and back. Knows what those systems read, nothing of the command line."""

from dragoman.base.catalog import Catalog

EXPORTS = Catalog(
    "export",
    {
        "ctranslate2": "dragoman.interop.ctranslate2.exporter:CTranslate2Export",
        "huggingface": "dragoman.interop.huggingface.exporter:HuggingFaceExport",
        "onnx": "dragoman.interop.onnx.exporter:OnnxExport",
        "safetensors": "dragoman.interop.plain:PlainExport",
    },
)
