"""``dragoman augment``: more, or rougher, parallel text from what there is."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman.cli.corpus import Force, Format, Location, Output, OutputFormat, Source, Target

if TYPE_CHECKING:
    from dragoman.augmentation.noise import NoiseConfig, NoiseReport
    from dragoman.corpora.records import Record

app = typer.Typer(no_args_is_help=True, help="Make more, or rougher, parallel text from what there is.")

Kinds = Annotated[
    str | None,
    typer.Option(
        metavar="KIND,KIND…",
        help="Groups (casing, punctuation, spelling, spacing, insertion, capitals, context, shouting) or single kinds "
        "of the guide's table, with commas. (default: all but shouting; of a robustness set not context either)",
        show_default=False,
    ),
]
Strength = Annotated[
    float | None, typer.Option(help="Share of a line's words that a slip hits, at least one. (default: 0.15)")
]
Seed = Annotated[int, typer.Option(help="Another seed, another draw.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]


@app.command()
def noise(
    location: Location,
    *,
    source: Source,
    target: Target,
    output: Output,
    kinds: Kinds = None,
    share: Annotated[
        float | None, typer.Option(help="Share of the pairs that get noise, in each copy. (default: 0.3)")
    ] = None,
    copies: Annotated[
        int | None,
        typer.Option(help="Noised copies beside the clean pairs; 0 puts noise in their place. (default: 1)"),
    ] = None,
    strength: Strength = None,
    seed: Seed = 1,
    format: Format = None,  # noqa: A002
    output_format: OutputFormat = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Add pairs as people really type them: slips in the source, and shapes that both sides share."""
    from dragoman.corpora.sources import open_corpus
    from dragoman.jobs import augment as jobs

    config = _noise_config(kinds, share=share, copies=copies, strength=strength, seed=seed)
    corpus = open_corpus(location, source=source, target=target, format=format)
    place = jobs.Place(location=output, format=output_format, force=force)
    report = jobs.add_noise(corpus, place, config=config)
    talk = output == "-"
    if json:
        _print_json(_noise_values(report), talk=talk)
        return
    _print_noise(report, talk=talk)


@app.command("robustness-set")
def robustness_set(
    location: Location,
    *,
    source: Source,
    target: Target,
    output: Output,
    kinds: Kinds = None,
    strength: Strength = None,
    each: Annotated[
        bool, typer.Option("--each", help="Also write the whole set once for each kind alone (OUTPUT.spelling …).")
    ] = False,
    seed: Seed = 1,
    format: Format = None,  # noqa: A002
    output_format: OutputFormat = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Noise every source of a test set, one kind for each line; which, stands in OUTPUT.kinds."""
    from dragoman.corpora.sources import open_corpus
    from dragoman.jobs import augment as jobs

    config = _noise_config(kinds or ",".join(jobs.SET_GROUPS), strength=strength, seed=seed)
    corpus = open_corpus(location, source=source, target=target, format=format)
    place = jobs.Place(location=output, format=output_format, force=force)
    reports = jobs.make_robustness_set(corpus, place, config=config, each=each)
    if json:
        _print_json({name: _noise_values(report) for name, report in reports.items()})
        return
    _print_noise(reports["mixed"], talk=False)
    typer.echo(f"written: {output}, {jobs.kinds_file(output)}")
    for name in reports:
        if name != "mixed":
            typer.echo(f"written: {output} with {name} alone; {reports[name].unchanged:,} pairs it could not change")


def _noise_config(kinds: str | None, **options: Any) -> "NoiseConfig":
    from dragoman.augmentation.noise import NoiseConfig
    from dragoman.base.config import parse

    values = {name: value for name, value in options.items() if value is not None}
    if kinds is not None:
        values["kinds"] = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    return parse(NoiseConfig, values, place="the options")


def _noise_values(report: "NoiseReport") -> dict[str, Any]:
    return {
        "read": report.read,
        "written": report.written,
        "changed": dict(report.changed),
        "unchanged": report.unchanged,
    }


def _print_noise(report: "NoiseReport", *, talk: bool) -> None:
    changed = sum(report.changed.values())
    lines = [f"{report.read:,} pairs read, {report.written:,} written, {changed:,} of them with noise"]
    lines += [f"  {kind:<24} {count:>12,}" for kind, count in report.changed.most_common()]
    if report.unchanged:
        lines.append(f"  {report.unchanged:,} pairs were drawn, but had nothing that these kinds could change")
    for kind, pairs in report.examples.items():
        lines += ["", f"{kind}, for example:", *(_example(before, after) for before, after in pairs)]
    for line in lines:
        typer.echo(line, err=talk)


def _example(before: "Record", after: "Record") -> str:
    target = f"  |||  {after.target}" if after.target != before.target else ""
    return f"  line {before.line}: {before.source}  →  {after.source}{target}"


def _print_json(values: dict[str, Any], *, talk: bool = False) -> None:
    import json

    typer.echo(json.dumps(values, ensure_ascii=False, indent=2), err=talk)
