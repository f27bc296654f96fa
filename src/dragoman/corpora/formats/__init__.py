"""The corpus formats: each turns files into records and records into files. None knows where files lie."""

from dragoman.base.catalog import Catalog

FORMATS = Catalog(
    "format",
    {
        "plain": "dragoman.corpora.formats.plain:PlainFormat",
        "tsv": "dragoman.corpora.formats.tsv:TsvFormat",
        "tsv-header": "dragoman.corpora.formats.tsv:TsvHeaderFormat",
        "jsonl": "dragoman.corpora.formats.jsonl:JsonlFormat",
        "tmx": "dragoman.corpora.formats.tmx:TmxFormat",
    },
)
