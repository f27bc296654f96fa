"""The door: ``dragoman COMMAND``. It turns errors into one clear message and an exit code; it does no work itself."""

import contextlib
import os
import re
import sys
import time
from typing import Annotated

import typer

from dragoman.base.errors import DragomanError
from dragoman.base.log import process_number
from dragoman.base.version import __version__
from dragoman.cli.augment import app as augment
from dragoman.cli.back_translate import back_translate, self_train
from dragoman.cli.compression.compress import compress
from dragoman.cli.compression.distill import distill
from dragoman.cli.compression.surgery import prune, quantize, trim_vocabulary
from dragoman.cli.corpus import app as corpus
from dragoman.cli.demo import demo
from dragoman.cli.evaluate import evaluate
from dragoman.cli.exchange import export, import_model
from dragoman.cli.pretrain import pretrain
from dragoman.cli.runs import app as runs
from dragoman.cli.serving.keys import app as keys
from dragoman.cli.serving.serve import serve
from dragoman.cli.serving.store import app as store
from dragoman.cli.train import train
from dragoman.cli.translate import translate
from dragoman.cli.tune import tune

_READER_LEFT = 141
"""What the shell reports of a program that a closed pipe ended: 128 + SIGPIPE."""
_OUT_OF_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory")
"""PyTorch's words for it, on a GPU and on a CPU, in an error of no kind of its own."""

_EXTRAS = {"torch": "train", "matplotlib": "train", "jaxtyping": "train"} | dict.fromkeys(
    ("fastapi", "uvicorn", "starlette", "babel", "multipart", "sqlalchemy", "prometheus_client"), "serve"
)
"""Which extra brings a package that is missing."""

_FIRST_SPEAKS_SECONDS = 2.0

app = typer.Typer(
    name="dragoman",
    help="From parallel text to a translation system of your own.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"dragoman {__version__}")
        raise typer.Exit


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """From parallel text to a translation system of your own."""


app.command()(demo)
app.command()(train)
app.command()(pretrain)
app.command()(tune)
app.command()(back_translate)
app.command()(self_train)
app.command()(distill)
app.command()(compress)
app.command()(prune)
app.command()(quantize)
app.command()(trim_vocabulary)
app.command()(translate)
app.command()(evaluate)
app.command()(export)
app.command()(import_model)
app.command()(serve)
app.add_typer(corpus, name="corpus")
app.add_typer(augment, name="augment")
app.add_typer(runs, name="runs")
app.add_typer(keys, name="keys")
app.add_typer(store, name="store")


def main() -> None:
    """Run the command line; never shows a traceback unless ``--debug`` is given."""
    debug = "--debug" in sys.argv[1:]
    if debug:  # allowed anywhere, not only before the command
        sys.argv = [sys.argv[0], "--debug", *(word for word in sys.argv[1:] if word != "--debug")]
    try:
        try:
            app(prog_name="dragoman")
        finally:
            sys.stdout.flush()  # so that a full disk or a closed pipe is met here, not while Python leaves
    except BrokenPipeError:
        _abandon_output()
        sys.exit(_READER_LEFT)
    except Exception as error:
        if debug:
            raise
        _let_the_first_speak()
        code = _explain(error)
        _abandon_output()
        sys.exit(code)


def _let_the_first_speak() -> None:
    """Before a process that is not the first of its run explains an error: say which one it is.

    If all meet the same error the first one tells of it, and its launcher ends the others while they wait here.
    """
    if number := process_number():
        time.sleep(_FIRST_SPEAKS_SECONDS)
        print(f"process {number}: ", end="", file=sys.stderr)


def _abandon_output() -> None:
    """Let go what standard output still holds, if it cannot be written: Python would complain of it on leaving."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _explain(error: Exception) -> int:
    """Print an error for a person; its exit code."""
    if isinstance(error, DragomanError):
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if isinstance(error, OSError) and error.errno:  # where no file of ours was concerned: standard output, mostly
        print(f"error: {error.strerror}{f': {error.filename}' if error.filename else ''}", file=sys.stderr)
        print("hint: see that the disk is not full and that you may write there", file=sys.stderr)
        return 1
    if isinstance(error, MemoryError) or _OUT_OF_MEMORY.search(str(error)):
        print("error: out of memory\nhint: lower batching.max_tokens or the size of the model", file=sys.stderr)
        return 1
    if isinstance(error, ModuleNotFoundError) and error.name:
        extra = _EXTRAS.get(error.name.partition(".")[0])
        if extra:
            print(f"error: this needs {error.name}\nhint: pip install 'dragoman[{extra}]'", file=sys.stderr)
            return 1
    print(f"error: {type(error).__name__}: {error}", file=sys.stderr)
    print("hint: this should not happen; run it again with --debug and report what it shows", file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
