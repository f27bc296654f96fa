"""``dragoman compress``: the smallest or quickest form of a model that is still good enough."""

from pathlib import Path
from typing import Annotated

import typer


def compress(
    model: Annotated[Path, typer.Argument(help="Directory of the model.")],
    dev: Annotated[str, typer.Option(help="Pairs that everything is measured on.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Directory of the model to make.")],
    max_size: Annotated[str | None, typer.Option(help="Most bytes of all its files: 10MB, 500kB, 1GiB.")] = None,
    max_bleu_loss: Annotated[float | None, typer.Option(min=0, help="Most BLEU below the model.")] = None,
    prefer: Annotated[str, typer.Option(help="Of those within the limits take the best in: speed or size.")] = "speed",
    data: Annotated[
        list[str] | None, typer.Option(help="Pairs: students and recovery learn from them; repeatable.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Change the recipe of every training: section.key=value.")
    ] = None,
    recover_steps: Annotated[
        int, typer.Option(min=0, help="With --data: updates of training after a cut; 0: none is cut.")
    ] = 1000,
    limit: Annotated[int | None, typer.Option(min=1, help="Measure on the first so many pairs.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of timing, turn by turn with the model.")] = 5,
    threads: Annotated[int, typer.Option(min=1, help="Processor threads.")] = 1,
    folder: Annotated[
        Path | None, typer.Option(help="Directory of everything that is tried. Default: OUTPUT-candidates.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where is trained: auto, cpu, cuda or mps.")] = "auto",
) -> None:
    """Make a model smaller and quicker: try the ways, measure each, keep the best within the limits."""
    from dragoman.base.errors import ConfigError
    from dragoman.jobs.compression.amounts import parse_size
    from dragoman.jobs.compression.choosing import Limits
    from dragoman.jobs.compression.job import Request
    from dragoman.jobs.compression.job import compress as run

    if prefer not in ("speed", "size"):
        raise ConfigError(f"--prefer {prefer} is unknown", hint="give speed or size")
    run(
        Request(
            model=model,
            output=output,
            dev=dev,
            limits=Limits(None if max_size is None else parse_size(max_size), max_bleu_loss),
            prefer="size" if prefer == "size" else "speed",
            data=tuple(data or ()),
            settings=tuple(settings or ()),
            recover_steps=recover_steps,
            limit=limit,
            rounds=rounds,
            threads=threads,
            folder=folder,
            device=device,
        )
    )
