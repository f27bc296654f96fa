"""``dragoman corpus fetch``: public corpora by name."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def fetch(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Such as tatoeba:en-de, multi30k, wmt19:en-de or opus:Books/v1:de-en; --list shows all.",
            show_default=False,
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIRECTORY", help="Where the files go. (default: data/NAME)", show_default=False
        ),
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Show what there is, with licences.")] = False,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="I have read the licence that is shown, and accept it.")
    ] = False,
    mirror: Annotated[
        str | None,
        typer.Option(
            envvar="DRAGOMAN_MIRROR",
            help="https://, http:// or file:/// address under which the files lie as host/path.",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for a server that sends nothing.")] = 60.0,
    keep_downloads: Annotated[bool, typer.Option("--keep-downloads", help="Keep the downloaded files too.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Fetch again what is there.")] = False,
) -> None:
    """Fetch a public corpus by name: licence shown, download resumable, checksum kept."""
    from dragoman.base.errors import ConfigError
    from dragoman.corpora.public.orders import make_order
    from dragoman.jobs.fetch import FetchOptions
    from dragoman.jobs.fetch import fetch as run

    if list_all:
        _print_all()
        return
    if name is None:
        raise ConfigError("no corpus is named", hint="dragoman corpus fetch tatoeba:en-de; --list shows what there is")
    directory = output or Path("data") / make_order(name).folder
    options = FetchOptions(
        mirror=mirror,
        accept_licence=accept_licence,
        keep_downloads=keep_downloads,
        force=force,
        timeout_seconds=timeout,
    )
    for stem, pairs in run(name, directory, options=options, agree=_agree).items():
        typer.echo(f"{directory / stem}\t{pairs}")


def _agree(licence: str) -> bool:
    """Ask, if there is somebody to ask."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return typer.confirm(f"Do you accept the licence ({licence})?", err=True)


def _print_all() -> None:
    from dragoman.corpora.public.entries import ENTRIES

    for name, entry in ENTRIES.items():
        pairs = " ".join(entry.pairs) if entry.pairs else f"many; for example {entry.example}"
        condition = "" if entry.is_free else " (has to be accepted)"
        typer.echo(f"{name:<10} {entry.about}\n{'':<10} pairs    {pairs}\n{'':<10} licence  {entry.licence}{condition}")
