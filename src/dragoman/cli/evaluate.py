"""``dragoman evaluate``: measure models on a test set, side by side."""

from pathlib import Path
from typing import Annotated

import typer

Protect = Annotated[bool, typer.Option(help="See to addresses, numbers, capitals, loops as 'dragoman translate' does.")]


def evaluate(
    *,
    models: Annotated[
        list[Path] | None,
        typer.Argument(metavar="MODEL", help="Model directories; the first is the baseline.", show_default=False),
    ] = None,
    test: Annotated[
        str,
        typer.Option("--test", "-t", metavar="LOCATION", help="Test set: a stem, a file, or phrasebook:test."),
    ],
    hypotheses: Annotated[
        list[Path] | None,
        typer.Option(help="Score this file of translations too, one on each line; may be repeated."),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Source language, where no model tells it.")] = None,
    target: Annotated[str | None, typer.Option(help="Target language, where no model tells it.")] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="bleu, chrf or ter; may be repeated. Default: all three.", show_default=False),
    ] = None,
    lowercase: Annotated[bool, typer.Option("--lowercase", help="Ignore case in every metric.")] = False,
    beam: Annotated[
        int | None, typer.Option(help="Hypotheses the search keeps; 1 is greedy. Default: as the model's recipe says.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="What runs the models, of those they hold; auto takes each one's quickest.")
    ] = "auto",
    tag: Annotated[
        str, typer.Option(help="What every model is told of the text, if it was trained with tags (corpus.tags).")
    ] = "",
    protect: Protect = True,
    limit: Annotated[int | None, typer.Option(help="Use only so many pairs, from the beginning.")] = None,
    draws: Annotated[int, typer.Option(help="Bootstrap draws for intervals and p-values.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write everything as JSON; - for standard output, no table.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report to read in a browser.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over files that are already there.")] = False,
) -> None:
    """Measure models on a test set: BLEU, chrF, TER, perplexity, by length, with significance."""
    from dragoman.jobs.evaluate import EvaluationOptions, Output
    from dragoman.jobs.evaluate import evaluate as run

    output = Output(json=json, html=html, force=force)
    output.check()  # before the work, not after it
    options = EvaluationOptions(
        lowercase=lowercase,
        beam=beam,
        engine=engine,
        tag=tag,
        protect=protect,
        limit=limit,
        draws=draws,
        seed=seed,
    )
    if metric:
        options = options.with_metrics(metric)
    output.write(run(models or [], test, hypotheses=hypotheses or [], languages=(source, target), options=options))
