"""``dragoman keys``: who may use the service."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dragoman.server.store.keys import KeyTable

app = typer.Typer(no_args_is_help=True, help="Create, list and revoke the keys of the service; look at their use.")

Store = Annotated[
    str,
    typer.Option(
        metavar="FILE|URL",
        envvar="DRAGOMAN_STORE",
        help="The store: an SQLite file, or postgresql://user@host/name.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is; others see it in lists.")],
    *,
    store: Store,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="What it allows: translate, glossaries, suggest, metrics, admin (all). May be repeated. "
            "(default: translate, glossaries)",
            show_default=False,
        ),
    ] = None,
    valid_days: Annotated[float | None, typer.Option(min=0, help="Expires after so many days.")] = None,
    per_day: Annotated[int | None, typer.Option(min=0, help="Characters in a day (UTC).")] = None,
    per_month: Annotated[int | None, typer.Option(min=0, help="Characters in a calendar month (UTC).")] = None,
    per_minute: Annotated[int | None, typer.Option(min=1, help="Requests in a minute.")] = None,
) -> None:
    """Create a key. It is shown now, alone on stdout, and never again: the store holds its hash."""
    import time

    from dragoman.base.log import say
    from dragoman.server.security.keys import Grant, make_key

    grant = Grant(
        name=name,
        scopes=frozenset(scope) if scope else Grant(name=name).scopes,
        valid_days=valid_days,
        characters_per_day=per_day,
        characters_per_month=per_month,
        requests_per_minute=per_minute,
    )
    secret, key = make_key(grant, now=time.time())
    _table(store, may_make=True).add(key)
    say(f"{key.identity} for {key.name}: write the key down, it is shown only this once")
    typer.echo(secret)


@app.command("list")
def list_all(*, store: Store, json: AsJson = False) -> None:
    """List the keys by their public names, with what was used today and this month."""
    import time

    now = time.time()
    from dragoman.server.store.keys import Usage, day_of

    keys, used = _table(store).state(day_of(now))
    rows = [
        {
            "identity": key.identity,
            "name": key.name,
            "state": key.state(now),
            "scopes": sorted(key.scopes),
            "characters_today": used.get(key.identity, Usage()).day_characters,
            "characters_this_month": used.get(key.identity, Usage()).month_characters,
            "characters_per_day": key.characters_per_day,
            "characters_per_month": key.characters_per_month,
            "requests_per_minute": key.requests_per_minute,
            "expires": None if key.expires_seconds is None else day_of(key.expires_seconds),
        }
        for key in keys
    ]
    if json:
        import json as writer

        typer.echo(writer.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(
            f"{row['identity']}  {row['state']:<8} {','.join(row['scopes']):<22} "  # type: ignore[arg-type]
            f"{row['characters_today']:>12,} today {row['characters_this_month']:>14,} this month  {row['name']}"
        )


@app.command()
def revoke(
    identity: Annotated[str, typer.Argument(help="The public name, as 'key-…'.")],
    *,
    store: Store,
) -> None:
    """Revoke a key; a service that runs lets it in no more within seconds."""
    import time

    from dragoman.base.errors import UnknownNameError
    from dragoman.base.log import say

    if not _table(store).revoke(identity, now=time.time()):
        raise UnknownNameError(f"there is no key {identity!r} in use", hint="dragoman keys list --store … names them")
    say(f"{identity} is revoked")


@app.command()
def audit(
    *,
    store: Store,
    newest: Annotated[int, typer.Option(min=1, help="So many lines.")] = 100,
) -> None:
    """Show what was done with the keys, newest first: time, key, action, outcome, characters; never a text."""
    from datetime import UTC, datetime

    for event in _table(store).events(newest=newest):
        moment = datetime.fromtimestamp(event.at_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        typer.echo(f"{moment}\t{event.key_identity}\t{event.action}\t{event.outcome}\t{event.characters}")


def _table(store: str, *, may_make: bool = False) -> "KeyTable":
    from dragoman.server.store.keys import KeyTable
    from dragoman.server.store.migrations import open_store

    return KeyTable(open_store(store, must_exist=not may_make))
