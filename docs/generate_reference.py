"""Write the pages of ``docs/reference`` from the code; run ``make reference`` after changing a section.

Every page is made of names, types, defaults and docstrings that stand beside the code, so it cannot say
anything else than the code does. A test makes the pages anew and compares.
"""

import importlib
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import annotated_types
import typer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import dragoman
from dragoman.base import errors
from dragoman.base.catalog import Catalog
from dragoman.base.config import Section
from dragoman.cli import main as door
from dragoman.corpora.cleaning.filters import FILTERS
from dragoman.corpora.formats import FORMATS
from dragoman.interop import EXPORTS
from dragoman.jobs.recipe import section_types
from dragoman.metrics import METRICS
from dragoman.models import MODELS
from dragoman.objectives import OBJECTIVES
from dragoman.server.dialects import DIALECTS
from dragoman.tasks import TASKS
from dragoman.tokenizers import TOKENIZERS
from dragoman.tracking import TRACKERS
from dragoman.translator.engines import ENGINES

REFERENCE = Path(__file__).parent / "reference"
CATALOGS = (FORMATS, TASKS, TOKENIZERS, MODELS, OBJECTIVES, METRICS, TRACKERS, EXPORTS, ENGINES, DIALECTS)
_NOTE = "<!-- Made by docs/generate_reference.py from the code; change the code, not this page. -->\n"
_PLAIN_TYPES = {int: "whole number", float: "number", bool: "`true` or `false`", str: "text", Path: "path"}
_BOUNDS = (
    (annotated_types.Ge, "ge", "≥"),
    (annotated_types.Gt, "gt", ">"),
    (annotated_types.Le, "le", "≤"),
    (annotated_types.Lt, "lt", "<"),
)


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """File name → text of every page."""
    makers: dict[str, Callable[[], Iterator[str]]] = {
        "recipe.md": recipe_page,
        "cli.md": cli_page,
        "catalogues.md": catalogues_page,
        "python.md": python_page,
        "errors.md": errors_page,
    }
    return {name: _NOTE + "\n".join(make()).rstrip() + "\n" for name, make in makers.items()}


def recipe_page() -> Iterator[str]:
    """Every section and key of a recipe."""
    yield "# The recipe: every section and key\n"
    yield "A recipe is a TOML file. What it leaves out takes the default given here; `--set section.key=value` on the"
    yield "command line comes last. A key that is not on this page is an error, which names the nearest one that is.\n"
    yield "A model's directory holds the whole recipe it was trained with, defaults included, in `manifest.json`"
    yield "and `training/recipe.toml`.\n"
    for name, kind in section_types().items():
        if not isinstance(kind, Catalog):
            yield from _section(f"## `[{name}]`", kind)
            continue
        yield f"## `[{name}]`\n"
        yield f"The key `kind` chooses one of: {', '.join(f'`{choice}`' for choice in _own_names(kind))}.\n"
        for choice in _own_names(kind):
            yield from _section(f'### `[{name}]` with `kind = "{choice}"`', kind.load(choice).config_type)


def _section(title: str, section: type[Section]) -> Iterator[str]:
    yield f"{title}\n"
    yield f"{_words(section.__doc__)}\n"
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for key, field in section.model_fields.items():
        meaning = _words(field.description) or "The name of this kind."
        yield f"| `{key}` | {_cell(_value(field))} | {_default(field)} | {_cell(meaning)} |"
    yield ""


def _value(field: FieldInfo) -> str:
    signs = [
        f"{sign} {getattr(limit, name)}"
        for limit in field.metadata
        for kind, name, sign in _BOUNDS
        if isinstance(limit, kind)
    ]
    return ", ".join([_type(field.annotation), *signs])


def _type(annotation: Any) -> str:
    if annotation in _PLAIN_TYPES:
        return _PLAIN_TYPES[annotation]
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return ", ".join(f'`"{choice}"`' if isinstance(choice, str) else f"`{choice}`" for choice in inner)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type(one) for one in inner if one is not types.NoneType)
    if origin in (tuple, list):
        return f"list of {_type(inner[0])}s"
    raise TypeError(f"this page has no words for a value of type {annotation!r}")


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "**needed**"
    return _literal(field.default)


def _literal(value: Any) -> str:
    """A value as a recipe would write it."""
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, (tuple, list)):
        return f"`[{', '.join(str(one) for one in value)}]`"
    return f"`{value}`"


def cli_page() -> Iterator[str]:
    """Every command with its arguments and options."""
    yield "# The command line\n"
    yield "Data goes to standard output, talk and progress to standard error. `--help` after any command shows what"
    yield "stands here. Exit codes: 0 done, 1 an error in data or files, 2 a command or recipe that cannot be used,"
    yield f"{errors.INTERRUPTED} stopped. `--debug`, anywhere, shows the traceback of an error.\n"
    yield from _commands(door.app, "dragoman")


def _commands(app: typer.Typer, prefix: str) -> Iterator[str]:
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.replace("_", "-")
        yield from _command(f"{prefix} {name}", command.callback)
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, f"{prefix} {group.name}")


def _command(title: str, function: Callable[..., Any]) -> Iterator[str]:
    yield f"## `{title}`\n"
    yield f"{_words(inspect.getdoc(function))}\n"
    yield "| argument or option | value | default | meaning |"
    yield "|---|---|---|---|"
    hints = typing.get_type_hints(function, include_extras=True)
    rows = [_parameter(name, hints[name], one.default) for name, one in inspect.signature(function).parameters.items()]
    yield from sorted(rows, key=lambda row: row.startswith("| `-"))
    yield ""


def _parameter(name: str, hint: Any, default: Any) -> str:
    annotation, info = typing.get_args(hint)[:2]
    if isinstance(info, typer.models.OptionInfo):
        declared = [one for one in (info.default, *(info.param_decls or ())) if isinstance(one, str)]
        label = ", ".join(f"`{one}`" for one in declared or [f"--{name.replace('_', '-')}"])
        value = f"`{info.metavar}`" if info.metavar else "" if annotation is bool else _type(annotation)
    else:
        label, value = f"`{info.metavar or name.upper()}`", _type(annotation)
    if info.min is not None:
        value += f", ≥ {info.min}"
    told = "**needed**" if default is inspect.Parameter.empty else f"`{default}`"
    told = "" if default is None or default is False else told
    return f"| {label} | {_cell(value)} | {told} | {_cell(info.help or '')} |"


def catalogues_page() -> Iterator[str]:
    """Every catalogue with its entries."""
    yield "# The catalogues: what can be chosen by name\n"
    yield "Each is a literal table of names; an installed package adds to it through the entry-point group given"
    yield "beside it, and its entry is then chosen like any other.\n"
    for catalog in CATALOGS:
        yield f"## {catalog.kind}\n"
        yield f"Entry-point group: `{catalog.group}`.\n"
        yield "| name | what it is | where |"
        yield "|---|---|---|"
        for name in _own_names(catalog):
            entry = catalog.load(name)
            place = f"{entry.__module__}:{entry.__qualname__}"
            yield f"| `{name}` | {_cell(_words(inspect.getdoc(entry), paragraphs=1))} | `{place}` |"
        yield ""
    yield "## Cleaning filters\n"
    yield "The reasons for which `dragoman corpus clean` drops a pair, in the order in which they are asked; the keys"
    yield "that set them are in [the recipe](recipe.md#cleaning).\n"
    yield from (f"{number}. {reason}" for number, reason in enumerate(FILTERS, 1))


def _own_names(catalog: Catalog) -> list[str]:
    """The names that this package brings itself."""
    return [name for name in catalog.names() if catalog.load(name).__module__.startswith("dragoman.")]


def python_page() -> Iterator[str]:
    """The public names of the package."""
    yield "# From Python\n"
    yield "These names are imported from `dragoman` itself. Everything else can be imported from its room, and may move"
    yield "with a minor version.\n"
    for name in dragoman.__all__:
        thing = getattr(dragoman, name)
        if not inspect.isclass(thing):
            continue
        yield f"## `{name}`\n"
        yield _docstring(thing)
        for member in _public_members(thing):
            call = getattr(thing, member)
            yield f"### `{name}.{member}`\n"
            if isinstance(call, property):
                yield _docstring(call.fget)
                continue
            yield f"```python\n{member}{_signature(call)}\n```\n"
            yield _docstring(call)


def _public_members(thing: type) -> list[str]:
    return [
        name
        for name, member in vars(thing).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, (classmethod, property)))
    ]


def _signature(call: Callable[..., Any]) -> str:
    """Names and defaults of a call, its types left to the docstring and the code."""
    signature = inspect.signature(call)
    parameters = [
        one.replace(annotation=inspect.Parameter.empty, default="…" if callable(one.default) else one.default)
        if one.default is not inspect.Parameter.empty
        else one.replace(annotation=inspect.Parameter.empty)
        for name, one in signature.parameters.items()
        if name != "self"
    ]
    text = str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    return text.replace("'…'", "…")


def errors_page() -> Iterator[str]:
    """The tree of errors."""
    yield "# Errors\n"
    yield "Everything that can go wrong in a way a user can mend is one of these. The message says what happened, with"
    yield "the value and the place; after `hint:` stands what to do. On the command line there is no traceback unless"
    yield "`--debug` is given.\n"
    tree = re.search(r"::\n\n(.*?)\n\n\w", importlib.import_module("dragoman.base.errors").__doc__ or "", re.S)
    assert tree is not None
    yield f"```text\n{inspect.cleandoc(tree[1])}\n```\n"
    yield "| error | exit code | when |"
    yield "|---|---|---|"
    for name, error in vars(errors).items():
        if inspect.isclass(error) and issubclass(error, errors.DragomanError):
            yield f"| `{name}` | {error.exit_code} | {_cell(_words(inspect.getdoc(error), paragraphs=1))} |"


def _docstring(thing: Any) -> str:
    """A docstring as Markdown: prose as it is, lists of arguments as code blocks."""
    text = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", inspect.getdoc(thing) or "").replace("``", "`")
    parts = re.split(r"^(?=(?:Args|Attributes|Raises|Returns):$)", text, flags=re.M)
    lists = "".join(f"```text\n{part.strip()}\n```\n\n" for part in parts[1:])
    return f"{parts[0].strip()}\n\n{lists}".rstrip() + "\n"


def _words(text: str | None, *, paragraphs: int | None = None) -> str:
    """A docstring in one line, or its first paragraphs."""
    kept = inspect.cleandoc(text or "").split("\n\n")[:paragraphs]
    return re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", " ".join(" ".join(kept).split())).replace("``", "`")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
