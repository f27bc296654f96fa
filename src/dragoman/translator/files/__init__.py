"""Files with layout: bytes in, units to translate out, and bytes again. Knows no model and no server.

Whoever translates (a command, a server) opens a file, has its units translated and renders it; nothing else of the file
changes, and where every translation is its source the bytes are the same.
"""

from dragoman.base.catalog import Catalog

FILE_FORMATS = Catalog(
    "file_format",
    {
        "docx": "dragoman.translator.files.word.document:WordFormat",
        "html": "dragoman.translator.files.marked:HtmlFormat",
        "markdown": "dragoman.translator.files.marked:MarkdownFormat",
        "srt": "dragoman.translator.files.subtitles:SrtFormat",
        "text": "dragoman.translator.files.plain:TextFormat",
        "vtt": "dragoman.translator.files.subtitles:VttFormat",
    },
)
