"""``dragoman back-translate`` and ``dragoman self-train``: learn from text in one language."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman.base.errors import INTERRUPTED

if TYPE_CHECKING:
    from dragoman.jobs.synthesis.options import Arrow

Recipe = Annotated[Path | None, typer.Argument(help="The recipe (.toml) of the model to train.")]
Texts = Annotated[list[Path], typer.Option("--text", help="A file of lines (plain, .gz, .zst). May be repeated.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Directory of the whole job.")]
Method = Annotated[str, typer.Option(help="beam, sampling, top-k or noised-beam.")]
Beam = Annotated[int | None, typer.Option(help="Width of the beam search; 1 is quickest.")]
Temperature = Annotated[float | None, typer.Option(help="Sampling: below 1 tamer, above 1 wilder.")]
TopK = Annotated[int | None, typer.Option(help="Method top-k: pieces to draw among.")]
TopP = Annotated[float | None, typer.Option(help="Sampling: draw among the likeliest pieces with this share.")]
Seed = Annotated[int | None, typer.Option(help="Of sampling and noise.")]
MaxLines = Annotated[int | None, typer.Option(help="Take so many lines of the text.")]
Tag = Annotated[bool, typer.Option("--tag", help="Put a tag before the source of each synthetic pair.")]
Ratio = Annotated[str | None, typer.Option(help="REAL:SYNTHETIC in an epoch, such as 1:2; by size when left out.")]
Rounds = Annotated[int, typer.Option(min=1, help="Do it so many times, each with the better models of the last.")]
GenerateOnly = Annotated[bool, typer.Option("--generate-only", help="Stop when the synthetic corpus is there.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="Change the recipe: section.key=value.")]
GenerationSettings = Annotated[
    list[str] | None,
    typer.Option("--set-generation", help="Change how pairs are made, such as selection.max_ratio=4, noise.drop=0.2."),
]
Device = Annotated[str, typer.Option(help="Where the text is translated: auto, cpu, cuda or mps.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Processor threads for it.")]


def back_translate(
    text: Texts,
    output: Output,
    recipe: Recipe = None,
    reverse: Annotated[Path | None, typer.Option(help="A model target → source; one is trained when left out.")] = None,
    source_text: Annotated[
        list[Path] | None, typer.Option(help="Text in the source language, for the reverse models of later rounds.")
    ] = None,
    method: Method = "beam",
    beam: Beam = None,
    temperature: Temperature = None,
    top_k: TopK = None,
    top_p: TopP = None,
    seed: Seed = None,
    max_lines: MaxLines = None,
    tag: Tag = False,
    ratio: Ratio = None,
    rounds: Rounds = 1,
    generate_only: GenerateOnly = False,
    settings: Settings = None,
    reverse_settings: Annotated[
        list[str] | None, typer.Option("--set-reverse", help="Change the recipe of the reverse model only.")
    ] = None,
    generation_settings: GenerationSettings = None,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Learn from text in the target language: a reverse model makes its source side. The same command goes on."""
    _run("back", locals())


def self_train(
    text: Texts,
    output: Output,
    recipe: Recipe = None,
    model: Annotated[Path | None, typer.Option(help="A model source → target; one is trained when left out.")] = None,
    method: Method = "beam",
    beam: Beam = None,
    temperature: Temperature = None,
    top_k: TopK = None,
    top_p: TopP = None,
    seed: Seed = None,
    max_lines: MaxLines = None,
    tag: Tag = False,
    ratio: Ratio = None,
    rounds: Rounds = 1,
    generate_only: GenerateOnly = False,
    settings: Settings = None,
    generation_settings: GenerationSettings = None,
    device: Device = "auto",
    threads: Threads = None,
) -> None:
    """Learn from text in the source language: a model makes its target side. The same command goes on."""
    _run("forward", locals())


_GENERATION = ("method", "beam", "temperature", "top_k", "top_p", "seed", "max_lines")


def _run(arrow: "Arrow", options: dict[str, Any]) -> None:
    """Do what was asked for by the ``options`` of one of the two commands, by their names."""
    from dragoman.base.config import apply_settings, parse
    from dragoman.base.log import say
    from dragoman.jobs.back_translate import synthesize
    from dragoman.jobs.recipe import read_recipe
    from dragoman.jobs.synthesis.options import GenerationConfig, MixingConfig, Request

    given = {name: options[name] for name in _GENERATION if options[name] is not None}
    given = apply_settings(given, options["generation_settings"] or [])
    mixing = {name: options[name] for name in ("tag", "ratio")}
    recipe = options["recipe"]
    result = synthesize(
        Request(
            output=options["output"],
            texts=tuple(options["text"]),
            arrow=arrow,
            recipe=None if recipe is None else read_recipe(recipe, options["settings"] or []),
            teacher=options["reverse" if arrow == "back" else "model"],
            teacher_settings=tuple(options.get("reverse_settings") or ()),
            other_texts=tuple(options.get("source_text") or ()),
            generation=parse(GenerationConfig, given, place="the options of the command"),
            mixing=parse(MixingConfig, mixing, place="the options of the command"),
            **{name: options[name] for name in ("rounds", "generate_only", "device", "threads")},
        )
    )
    if not result.finished:
        raise typer.Exit(INTERRUPTED)
    say(f"the synthetic corpus is {result.corpus}.*" if result.model is None else f"the model is in {result.model}")
