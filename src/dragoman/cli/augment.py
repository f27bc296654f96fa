"""``dragoman augment``: more, or rougher, parallel text from what there is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman.cli.corpus import Force, Format, Location, Output, OutputFormat, Source, Target

if TYPE_CHECKING:
    from dragoman.augmentation.noise import NoiseConfig, NoiseReport
    from dragoman.corpora.records import Record
    from dragoman.jobs.augment import SynonymResult

_SHOWN = 20

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


@app.command()
def synonyms(
    location: Location,
    *,
    source: Source,
    target: Target,
    output: Output,
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            help="corpus: words with the same translations; masked-model: what a model of the language would "
            "say there; table: your own list.",
        ),
    ] = "corpus",
    table: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rows of a word, a tab, and its synonyms with commas.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="MODEL", help="A model trained with objective.kind = 'masked'.")
    ] = None,
    both_sides: Annotated[
        bool, typer.Option("--both-sides", help="Of the corpus: another word on both sides, not a synonym on one.")
    ] = False,
    share: Annotated[
        float | None, typer.Option(help="Share of a text's words that are replaced, at least one. (default: 0.15)")
    ] = None,
    copies: Annotated[int | None, typer.Option(help="Copies of each pair, each with other words. (default: 1)")] = None,
    seed: Seed = 1,
    device: Annotated[str, typer.Option(help="Where the masked model runs: auto, cpu, cuda or mps.")] = "auto",
    format: Format = None,  # noqa: A002
    output_format: OutputFormat = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Add copies of pairs in which some words of the source are replaced by others that mean the same."""
    from dragoman.augmentation.synonyms import SynonymsConfig
    from dragoman.base.config import parse
    from dragoman.corpora.sources import open_corpus
    from dragoman.jobs import augment as jobs

    options = {"share": share, "copies": copies, "seed": seed}
    values = {name: value for name, value in options.items() if value is not None}
    config = parse(SynonymsConfig, values, place="the options")
    origins = jobs.Origins(origin=origin, table=table, model=model, both_sides=both_sides, device=device)
    corpus = open_corpus(location, source=source, target=target, format=format)
    place = jobs.Place(location=output, format=output_format, force=force)
    result = jobs.add_synonyms(corpus, place, origins=origins, config=config)
    talk = output == "-"
    if json:
        _print_json(_synonym_values(result), talk=talk)
        return
    _print_synonyms(result, talk=talk)


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


def _synonym_values(result: "SynonymResult") -> dict[str, Any]:
    report = result.report
    return {
        "read": report.read,
        "written": report.written,
        "copies": report.copies,
        "replaced": dict(report.replaced.most_common()),
        "skipped": dict(report.skipped),
        "broken_rows": result.broken_rows,
        "words_not_met": result.unmet,
    }


def _print_synonyms(result: "SynonymResult", *, talk: bool) -> None:
    report = result.report
    replaced = sum(report.replaced.values())
    lines = [
        f"{report.read:,} pairs read, {report.written:,} written, {report.copies:,} of them copies "
        f"with {replaced:,} words replaced"
    ]
    lines += [f"  {change:<32} {count:>10,}" for change, count in report.replaced.most_common(_SHOWN)]
    lines += [f"  left: {reason:<26} {count:>10,}" for reason, count in report.skipped.most_common()]
    rows = list(result.broken_rows.items())
    lines += [f"table, line {number}: left out, {reason}" for number, reason in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        lines.append(f"table: {len(rows) - _SHOWN:,} more rows left out (--json lists all)")
    if result.unmet:
        shown = ", ".join(result.unmet[:_SHOWN]) + (" …" if len(result.unmet) > _SHOWN else "")
        lines.append(f"table: {len(result.unmet):,} words were not met where they could be replaced: {shown}")
    lines += ["", "for example:", *(_example(before, after) for before, after in report.examples)] * bool(
        report.examples
    )
    for line in lines:
        typer.echo(line, err=talk)


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
