"""``dragoman store``: back up, restore and migrate what the service keeps."""

from pathlib import Path
from typing import Annotated

import typer

from dragoman.cli.serving.keys import Store

app = typer.Typer(no_args_is_help=True, help="Back up, restore and migrate the store of the service.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where it goes; it is written whole or not at all.")], *, store: Store
) -> None:
    """Write everything to one file of JSON lines, while the service runs; SQLite and PostgreSQL alike."""
    from dragoman.base.log import say
    from dragoman.server.store.backup import back_up
    from dragoman.server.store.database import Database

    say(f"{back_up(Database(store, must_exist=True), file):,} rows are in {file}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup.")], *, store: Store) -> None:
    """Fill a new store with a backup, also one of the other database or of an older version."""
    from dragoman.base.log import say
    from dragoman.server.store.backup import restore
    from dragoman.server.store.database import Database

    database = Database(store)
    say(f"{restore(database, file):,} rows are in {database.name}")


@app.command()
def migrate(*, store: Store) -> None:
    """Bring the tables of a store to the version of this program; make a backup first."""
    from dragoman.base.log import say
    from dragoman.server.store.database import Database
    from dragoman.server.store.migrations import migrate

    database = Database(store, must_exist=True)
    with database.writing() as connection:
        before, after = migrate(connection)
    say(f"{database.name}: version {before} → {after}")
