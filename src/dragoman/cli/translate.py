"""``dragoman translate``: text in, translation out, line by line."""

from pathlib import Path
from typing import Annotated, Any

import typer

DocumentFile = Annotated[
    Path | None,
    typer.Option(help="Translate this file with its layout (docx, html, md, srt, vtt, txt) into --output."),
]


def translate(
    model: Annotated[Path, typer.Argument(help="Directory of the model.")],
    text: Annotated[str, typer.Argument(help="A text file, or - for standard input.")] = "-",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write here, not to standard output.")] = None,
    beam: Annotated[int | None, typer.Option(min=1, help="Width of the search; 1 is greedy and quickest.")] = None,
    n_best: Annotated[int, typer.Option(min=1, help="Write so many translations of each line, with scores.")] = 1,
    method: Annotated[
        str | None, typer.Option(help="beam: the likeliest translation; sampling: one drawn by the model.")
    ] = None,
    temperature: Annotated[float | None, typer.Option(help="Sampling: below 1 tamer, above 1 wilder.")] = None,
    top_k: Annotated[int | None, typer.Option(help="Sampling: draw among the so many likeliest pieces.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Sampling: draw among the likeliest with this share.")] = None,
    seed: Annotated[int | None, typer.Option(help="Sampling: another seed, another draw.")] = None,
    no_repeated_ngram: Annotated[int, typer.Option(min=0, help="Never say so many pieces in a row twice.")] = 0,
    prefix_file: Annotated[
        Path | None, typer.Option(help="How each translation begins, one line for each line; may end inside a word.")
    ] = None,
    terms: Annotated[
        Path | None, typer.Option(help="Terms, tab, their translations: said where the source has the term.")
    ] = None,
    avoid: Annotated[Path | None, typer.Option(help="Words and phrases never said, one on each line.")] = None,
    alignments: Annotated[
        Path | None, typer.Option(help="Write which words say the same: numbers, or JSON lines if it ends in .jsonl.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change any value of [decoding]: key=value. May be repeated.")
    ] = None,
    batch_lines: Annotated[int, typer.Option(min=1, help="Lines translated together.")] = 256,
    engine: Annotated[str, typer.Option(help="What runs the model, of those in it; auto takes the quickest.")] = "auto",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="Processor threads.")] = None,
    tag: Annotated[
        str, typer.Option(help="What the model is told of the text, if it was trained with tags (corpus.tags).")
    ] = "",
    protect: Annotated[bool, typer.Option(help="See to addresses, numbers, capitals, loops, empty lines.")] = True,
    document: DocumentFile = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file in --output.")] = False,
) -> None:
    """Translate a file or standard input: one line in, one line out; or a document with its layout."""
    from dragoman.base.errors import ConfigError
    from dragoman.jobs.translate import Options, translate_lines

    place: dict[str, Any] = {"engine": engine, "device": device, "threads": threads, "tag": tag}
    draw: dict[str, Any] = {"method": method, "temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
    wishes: dict[str, Any] = {"prefix_file": prefix_file, "terms": terms, "avoid": avoid, "alignments": alignments}
    search: dict[str, Any] = {"beam": beam, "n_best": n_best, "no_repeated_ngram": no_repeated_ngram}
    rest: dict[str, Any] = {"batch_lines": batch_lines, "protect": protect, "settings": tuple(settings or ())}
    options = Options(**search, **place, **draw, **wishes, **rest)
    if document is not None:
        from dragoman.jobs.translation.document import translate_document

        if output is None or text != "-":
            raise ConfigError("--document needs --output and no other text", hint="--document a.docx --output b.docx")
        translate_document(model, document, output, options, force=force)
        return
    translate_lines(model, text, output=output, options=options, force=force)
