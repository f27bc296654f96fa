"""Configuration: sections declared beside their classes, one TOML file, ``--set`` on top.

Order: defaults < file < ``--set``. There is no other way in. Every mistake gets a located
message with the nearest valid name.
"""

import copy
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from dragoman.base.catalog import nearest
from dragoman.base.errors import ConfigError
from dragoman.base.files import explained


class Section(BaseModel):
    """A section of a recipe: frozen, strict about names, documented by the strings under its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


AnySection = TypeVar("AnySection", bound=Section)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        FileAccessError: it cannot be opened.
        ConfigError: it is not TOML; the message gives line and column.
    """
    with explained("read", path):
        raw = path.read_bytes()
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", hint="see https://toml.io for the syntax") from error


def apply_settings(values: dict[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """``values`` with each ``section.key=value`` of ``settings`` laid over it; the input is not changed.

    A value is read as TOML (numbers, true/false, lists, quoted strings); anything else is a string.
    """
    result = copy.deepcopy(values)
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise ConfigError(f"--set {setting!r} has no '='", hint="write it as --set section.key=value")
        *sections, last = name.strip().split(".")
        place = result
        for section in sections:
            place = place.setdefault(section, {})
            if not isinstance(place, dict):
                raise ConfigError(
                    f"--set {setting!r}: {section!r} is a value, not a section",
                    hint="write it as --set section.key=value",
                )
        place[last] = _value(text.strip())
    return result


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def parse(section: type[AnySection], values: dict[str, Any], *, place: str) -> AnySection:
    """Build ``section`` from plain ``values``.

    Args:
        place: where the values come from, for messages (a file name).

    Raises:
        ConfigError: unknown keys, missing keys or bad values, all of them in one message.
    """
    try:
        return section.model_validate(values)
    except ValidationError as error:
        problems = [_problem(section, values, detail) for detail in error.errors()]
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise ConfigError(
            f"{place} cannot be used:\n{lines}", hint="docs/reference/recipe.md lists every key"
        ) from error


def _problem(section: type[Section], values: dict[str, Any], detail: Any) -> str:
    """One line for one validation error: dotted place, what is wrong, the nearest valid name."""
    path = [str(part) for part in detail["loc"]]
    if detail["type"] == "extra_forbidden":
        known = _siblings(section, values, path)
        guess = nearest(path[-1], known)
        advice = f"did you mean {guess!r}?" if guess else f"known keys: {', '.join(sorted(known))}"
        return f"{'.'.join(path)}: unknown key; {advice}"
    if detail["type"] == "union_tag_invalid":
        expected = str(detail["ctx"]["expected_tags"])
        guess = nearest(str(detail["ctx"]["tag"]), [tag.strip(" '") for tag in expected.split(",")])
        advice = f"did you mean {guess!r}? " if guess else ""
        return f"{'.'.join(path)}.kind: unknown kind {detail['ctx']['tag']!r}; {advice}known: {expected}"
    given = "" if detail["type"] == "missing" else f" (given: {detail['input']!r})"
    return f"{'.'.join(path) or 'recipe'}: {detail['msg'].lower()}{given}"


def _siblings(section: type[Section], values: dict[str, Any], path: list[str]) -> set[str]:
    """The keys that could stand where the unknown key at ``path`` stands."""
    holders: list[type[BaseModel]] = [section]
    for part in path[:-1]:
        inner = [_sections(holder.model_fields[part].annotation) for holder in holders if part in holder.model_fields]
        tagged = [kind for kind in holders if "kind" in kind.model_fields and kind.model_fields["kind"].default == part]
        holders = [kind for kinds in inner for kind in kinds] or tagged or holders
    return {name for holder in holders for name in holder.model_fields}


def _sections(annotation: Any) -> list[type[BaseModel]]:
    """Every section class inside a type annotation (unions and ``Annotated`` included)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in getattr(annotation, "__args__", ()) for found in _sections(inner)]
