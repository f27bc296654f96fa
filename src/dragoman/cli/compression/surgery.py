"""``dragoman prune`` and its kin: a smaller model from a model."""

from pathlib import Path
from typing import Annotated

import typer

from dragoman.base.errors import INTERRUPTED

Model = Annotated[Path, typer.Argument(help="Directory of the model.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Directory of the model to make.")]
Dev = Annotated[
    str | None, typer.Option(metavar="LOCATION", help="Pairs to measure loss, BLEU and chrF on, before and after.")
]


def prune(
    model: Model,
    output: Output,
    heads: Annotated[float, typer.Option(help="Share of the attention heads to cut, such as 0.25.")] = 0.0,
    units: Annotated[float, typer.Option(help="Share of the feed-forward units to cut.")] = 0.0,
    encoder_layers: Annotated[int | None, typer.Option(help="Encoder layers to keep.")] = None,
    decoder_layers: Annotated[int | None, typer.Option(help="Decoder layers to keep.")] = None,
    weights: Annotated[
        float, typer.Option(help="Share of the single weights to set to zero: the file gets smaller, not the work.")
    ] = 0.0,
    scope: Annotated[str, typer.Option(help="Who loses that share: each matrix, or the model.")] = "matrix",
    by: Annotated[str, typer.Option(help="How heads and units are judged: gradient (on --data) or magnitude.")] = (
        "gradient"
    ),
    data: Annotated[
        str | None, typer.Option(metavar="LOCATION", help="Pairs that tell what may go, and to recover on.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="So many of them, from the beginning, tell what may go.")] = 1000,
    recover_steps: Annotated[
        int, typer.Option(min=0, help="Updates of training on --data after the cut; 0 for the cut alone.")
    ] = 0,
    dev: Dev = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change the recipe of the recovery: section.key=value.")
    ] = None,
) -> None:
    """Cut heads, units, layers or single weights out of a model; with --recover-steps it learns to do without."""
    from dragoman.base.config import parse
    from dragoman.base.log import say
    from dragoman.jobs.surgery.prune import PruneOptions, prune_model
    from dragoman.jobs.surgery.pruning import Cut

    asked = {"heads": heads, "units": units, "weights": weights, "scope": scope, "by": by}
    asked |= {"encoder_layers": encoder_layers, "decoder_layers": decoder_layers}
    options = PruneOptions(data=data, pairs=pairs, dev=dev, recover_steps=recover_steps, settings=settings or ())
    outcome = prune_model(model, output, parse(Cut, asked, place="the options of prune"), options)
    if not outcome.finished:
        raise typer.Exit(INTERRUPTED)
    say(f"the model is in {output}")


def quantize(
    model: Model,
    output: Output,
    to: Annotated[str, typer.Option("--to", help="Kind of numbers: int8, fp16 or bf16.")] = "int8",
    data: Annotated[
        str | None, typer.Option(metavar="LOCATION", help="Pairs to choose int8 ranges with the least error on.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=1, help="So many of them, from the beginning.")] = 500,
    dev: Dev = None,
) -> None:
    """Store a model in fewer bits; tells what the rounding changed. int8 also multiplies quicker on a processor."""
    from dragoman.base.log import say
    from dragoman.jobs.surgery.quantize import quantize_model

    quantize_model(model, output, to=to, data=data, pairs=pairs, dev=dev)
    say(f"the model is in {output}")


def trim_vocabulary(
    model: Model,
    output: Output,
    data: Annotated[
        list[str], typer.Option("--data", metavar="LOCATION", help="Pairs of the domain, all read. May be repeated.")
    ],
    dev: Dev = None,
) -> None:
    """Keep only the pieces that a domain uses, and single characters and bytes; other text survives in smaller ones."""
    from dragoman.base.log import say
    from dragoman.jobs.surgery.trim_vocabulary import trim_model

    trim_model(model, output, data=data, dev=dev)
    say(f"the model is in {output}")
