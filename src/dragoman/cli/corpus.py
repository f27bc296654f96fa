"""``dragoman corpus``: fetch parallel text, look at it, clean it, split it, convert it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman.cli.fetch import fetch

if TYPE_CHECKING:
    from dragoman.corpora.cleaning import CleaningReport
    from dragoman.corpora.records import Record
    from dragoman.corpora.sources import Corpus
    from dragoman.corpora.statistics import CorpusStatistics, SideStatistics

app = typer.Typer(no_args_is_help=True, help="Fetch parallel text, look at it, clean it, split it, convert it.")
app.command()(fetch)

Location = Annotated[
    str,
    typer.Argument(
        metavar="LOCATION",
        help="A stem (data/train for data/train.en + data/train.de), a .tsv, .jsonl or .tmx file, "
        "any of them .gz or .zst, '-' for standard input, or phrasebook:train.",
        show_default=False,
    ),
]
Source = Annotated[str, typer.Option("--source", "-s", help="Source language, as in 'en'.", show_default=False)]
Target = Annotated[str, typer.Option("--target", "-t", help="Target language, as in 'de'.", show_default=False)]
Output = Annotated[
    str, typer.Option("--output", "-o", metavar="LOCATION", help="Where the pairs go.", show_default=False)
]
Format = Annotated[
    str | None,
    typer.Option(
        help="Format of the input: plain, tsv, tsv-header, jsonl, tmx. (default: by the suffix)", show_default=False
    ),
]
OutputFormat = Annotated[
    str | None, typer.Option(help="Format of the output. (default: by the suffix)", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="Write over files that are already there.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")]

MaxWords = Annotated[int | None, typer.Option(help="Drop longer texts; 0 keeps them. (default: 200)")]
MaxRatio = Annotated[
    float | None, typer.Option(help="Drop pairs with a more unequal length; 0 keeps them. (default: 3)")
]
MinScriptShare = Annotated[
    float | None,
    typer.Option(help="Drop texts with fewer of their letters in the right script; 0 keeps them. (default: 0.4)"),
]
KeepDuplicates = Annotated[bool, typer.Option("--keep-duplicates", help="Let repeated pairs through.")]
Thorough = Annotated[
    bool, typer.Option("--thorough", help="Look at languages, numbers, links, placeholders, near duplicates too.")
]
Without = Annotated[
    list[str] | None, typer.Option(metavar="REASON", help="Do not drop for this reason, such as 'length ratio'.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any other setting of the guide's table, as in unicode_form=NFKC."),
]
Score = Annotated[
    bool, typer.Option("--score", help="Drop pairs whose texts do not go together, by what the corpus teaches.")
]
Reference = Annotated[str | None, typer.Option(metavar="LOCATION", help="Score by what this clean corpus teaches.")]
ScoreWith = Annotated[
    list[Path] | None, typer.Option(metavar="BUNDLE", help="Score by this model; give one of each direction.")
]
MinScore = Annotated[float | None, typer.Option(help="Drop pairs with a lower score. (default: found from the scores)")]
Window = Annotated[
    int, typer.Option(min=1, help="Score each pair by the mean of so many neighbours: bad ones come in blocks.")
]
Dropped = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the dropped pairs here, each with its reason (JSONL).")
]
DroppedDirectory = Annotated[
    Path | None, typer.Option("--dropped-dir", metavar="DIRECTORY", help="Write them here, a file for each reason.")
]
Page = Annotated[Path | None, typer.Option(metavar="FILE", help="Write an HTML page about it all.")]


@app.command()
def stats(
    location: Location,
    *,
    source: Source,
    target: Target,
    format: Format = None,  # noqa: A002
    json: AsJson = False,
) -> None:
    """Count pairs, words and characters; show lengths, scripts and duplicates."""
    from dragoman.jobs import corpus as jobs

    result = jobs.stats(_open(location, source, target, format))
    if json:
        _print_json(result.to_dict())
        return
    _print_statistics(result)


@app.command()
def clean(
    location: Location,
    *,
    source: Source,
    target: Target,
    output: Output,
    format: Format = None,  # noqa: A002
    output_format: OutputFormat = None,
    max_words: MaxWords = None,
    max_ratio: MaxRatio = None,
    min_script_share: MinScriptShare = None,
    keep_duplicates: KeepDuplicates = False,
    thorough: Thorough = False,
    without: Without = None,
    settings: Settings = None,
    score: Score = False,
    reference: Reference = None,
    score_with: ScoreWith = None,
    min_score: MinScore = None,
    window: Window = 1,
    dropped: Dropped = None,
    dropped_dir: DroppedDirectory = None,
    report: Page = None,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Repair what can be repaired, drop what cannot be used; say what went and why."""
    from dragoman.base.config import apply_settings, parse
    from dragoman.corpora.cleaning.config import THOROUGH, CleaningConfig
    from dragoman.corpora.cleaning.filters import switched_off
    from dragoman.jobs.cleaning.job import Outputs
    from dragoman.jobs.cleaning.job import clean as run
    from dragoman.jobs.cleaning.scoring import Scoring

    options = {"max_words": max_words, "max_ratio": max_ratio, "min_script_share": min_script_share}
    values: dict[str, Any] = THOROUGH.copy() if thorough else {}
    values |= {name: value for name, value in options.items() if value is not None}
    if keep_duplicates:
        values["drop_duplicates"] = False
    values |= switched_off(without or [])
    config = parse(CleaningConfig, apply_settings(values, settings or []), place="the cleaning options")
    clean_corpus = _open(reference, source, target, None) if reference else None
    scoring = Scoring(clean_corpus, tuple(score_with or ()), min_score, window)
    corpus = _open(location, source, target, format)
    outputs = Outputs(output, output_format, dropped, dropped_dir, report, force)
    wanted = score or scoring != Scoring()
    result = run(corpus, outputs, config=config, scoring=scoring if wanted else None)
    if json:
        _print_json(_cleaning_values(result, corpus), talk=output == "-")
        return
    _print_cleaning(result, corpus, talk=output == "-")


@app.command()
def split(
    location: Location,
    *,
    source: Source,
    target: Target,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="DIRECTORY", help="Gets train, validation and test.", show_default=False
        ),
    ],
    format: Format = None,  # noqa: A002
    output_format: Annotated[str, typer.Option(help="Format of the output.")] = "plain",
    validation: Annotated[float, typer.Option(help="Pairs for validation, or a share below 1.")] = 1000,
    test: Annotated[float, typer.Option(help="Pairs for the test, or a share below 1; 0 for none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed, another draw.")] = 1,
    whole_groups: Annotated[
        bool, typer.Option("--whole-groups", help="Hold out whole groups of pairs that share a text, not one of each.")
    ] = False,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Split into train, validation and test; pairs that share a text stay on one side."""
    from dragoman.jobs import corpus as jobs

    config = jobs.SplitConfig(validation=validation, test=test, seed=seed, one_per_group=not whole_groups)
    corpus = _open(location, source, target, format)
    plan = jobs.split(corpus, output, config=config, format=output_format, force=force)
    values = {"parts": plan.counts, "groups": plan.groups, "largest_group": plan.largest_group, **_reading(corpus)}
    if json:
        _print_json(values)
        return
    _print_counts("part", plan.counts.items(), sum(plan.counts.values()))
    _print_lines(f"{plan.groups:,} groups of pairs that share no text; the largest has {plan.largest_group:,} pairs")
    _print_reading(corpus)


@app.command()
def convert(
    location: Location,
    *,
    source: Source,
    target: Target,
    output: Output,
    format: Format = None,  # noqa: A002
    output_format: OutputFormat = None,
    join_lines: Annotated[
        bool, typer.Option("--join-lines", help="Turn line breaks and tabs inside a text into spaces.")
    ] = False,
    force: Force = False,
    json: AsJson = False,
) -> None:
    """Write the same pairs in another format."""
    from dragoman.jobs import corpus as jobs

    corpus = _open(location, source, target, format)
    report = jobs.convert(corpus, output, format=output_format, join_lines=join_lines, force=force)
    talk = output == "-"
    if json:
        _print_json({"written": report.written, "joined": report.joined, **_reading(corpus)}, talk=talk)
        return
    joined = f"; line breaks or tabs became spaces in {report.joined:,}" if report.joined else ""
    _print_lines(f"{report.written:,} pairs written to {output}{joined}", talk=talk)
    _print_reading(corpus, talk=talk)


def _open(location: str, source: str, target: str, format_name: str | None) -> "Corpus":
    from dragoman.corpora.sources import open_corpus

    return open_corpus(location, source=source, target=target, format=format_name)


def _reading(corpus: "Corpus") -> dict[str, Any]:
    return {"skipped": dict(corpus.skipped), "remarks": dict(corpus.remarks)}


def _print_json(values: dict[str, Any], *, talk: bool = False) -> None:
    import json

    typer.echo(json.dumps(values, ensure_ascii=False, indent=2), err=talk)


def _print_lines(*lines: str, talk: bool = False) -> None:
    for line in lines:
        typer.echo(line, err=talk)


def _print_reading(corpus: "Corpus", *, talk: bool = False) -> None:
    """What the reader skipped and left out."""
    for reason, count in corpus.skipped.most_common():
        _print_lines(f"skipped while reading: {count:,} × {reason}", talk=talk)
    for remark, count in corpus.remarks.most_common():
        _print_lines(f"noted while reading: {count:,} {remark}", talk=talk)


def _print_counts(title: str, counts: Iterable[tuple[str, int]], total: int, *, talk: bool = False) -> None:
    for name, count in counts:
        _print_lines(f"  {title} {name:<24} {count:>12,}  {count / (total or 1):>7.2%}", talk=talk)


def _print_statistics(result: "CorpusStatistics") -> None:
    about = "" if result.duplicates_are_exact else "about "
    _print_lines(
        f"{result.pairs:,} pairs; {about}{result.duplicates:,} of them repeat an earlier one, "
        f"{result.identical:,} have the same text on both sides",
        f"{result.character_ratio:.2f} target characters per source character",
    )
    for side in (result.source, result.target):
        _print_side(side)
    for reason, count in result.skipped.items():
        _print_lines(f"skipped while reading: {count:,} × {reason}")
    for remark, count in result.remarks.items():
        _print_lines(f"noted while reading: {count:,} {remark}")


def _print_side(side: "SideStatistics") -> None:
    about = "" if side.distinct_is_exact else "about "
    scripts = ", ".join(f"{script} {share:.1%}" for script, share in list(side.scripts.items())[:5])
    header = "  ".join(f"{'max' if percent == 100 else f'{percent}%':>6}" for percent in side.word_percentiles)
    _print_lines(
        "",
        f"{side.language}: {side.words:,} words, {side.characters:,} characters "
        f"({side.distinct_characters:,} different)",
        f"    {about}{side.distinct:,} different texts, {side.empty:,} empty; letters: {scripts or 'none'}",
        f"    percentile  {header}",
        f"    words       {'  '.join(f'{length:>6,}' for length in side.word_percentiles.values())}",
        f"    characters  {'  '.join(f'{length:>6,}' for length in side.character_percentiles.values())}",
    )


def _cleaning_values(report: "CleaningReport", corpus: "Corpus") -> dict[str, Any]:
    return {
        "read": report.read,
        "kept": report.kept,
        "dropped": dict(report.dropped),
        "repaired": dict(report.repaired),
        "examples": {
            reason: [{"line": record.line, "source": record.source, "target": record.target} for record in records]
            for reason, records in report.dropped_examples.items()
        },
        **_reading(corpus),
    }


def _print_cleaning(report: "CleaningReport", corpus: "Corpus", *, talk: bool) -> None:
    """The table of counts, then examples of each reason; as talk when the pairs themselves go to stdout."""
    dropped = report.read - report.kept
    _print_lines(f"{report.read:,} pairs read, {report.kept:,} kept, {dropped:,} dropped", talk=talk)
    _print_counts("dropped:", report.dropped.most_common(), report.read, talk=talk)
    _print_counts("repaired:", report.repaired.most_common(), report.read, talk=talk)
    _print_reading(corpus, talk=talk)
    for reason, records in report.dropped_examples.items():
        _print_lines("", f"dropped for {reason}, for example:", talk=talk)
        for record in records:
            _print_lines(f"  {_shown(record)}", talk=talk)
    for repair, pairs in report.repaired_examples.items():
        _print_lines("", f"repaired {repair}, for example:", talk=talk)
        for before, after in pairs:
            _print_lines(f"  line {before.line}: {_change(before, after)}", talk=talk)


def _shown(record: "Record") -> str:
    return f"line {record.line}: {_excerpt(record.source)}  |||  {_excerpt(record.target)}"


def _change(before: "Record", after: "Record") -> str:
    """The side that changed, before and after, from shortly before the first difference."""
    sides = ((before.source, after.source), (before.target, after.target))
    old, new = next(side for side in sides if side[0] != side[1])
    same = next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, same - 15)
    return f"{_excerpt(old, start)}  →  {_excerpt(new, start)}"


def _excerpt(text: str, start: int = 0, width: int = 70) -> str:
    """A piece of ``text`` on one line, invisible characters made visible."""
    piece = repr(text[start : start + width])[1:-1]
    return f"{'…' if start else ''}{piece}{'…' if len(text) > start + width else ''}"
