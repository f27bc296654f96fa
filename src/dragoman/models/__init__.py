"""Tensors → tensors: every architecture behind one protocol. Knows neither text nor search."""

from dragoman.base.catalog import Catalog

MODELS = Catalog(
    "model",
    {
        "transformer": "dragoman.models.transformer:Transformer",
        "recurrent": "dragoman.models.recurrent:Recurrent",
    },
)
