"""What may be varied, and how far: named ranges and choices. Knows nothing of what the names mean.

Written as ``low..high`` (whole numbers when both ends are), ``low..high:log`` for what counts by factors, such as a
learning rate, or ``a,b,c`` for a choice.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dragoman.base.errors import ConfigError

Value = bool | int | float | str

_NUMBER = r"[+-]?(?:\d[\d_]*)?\.?\d+(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*(?::\s*(\w+)\s*)?")
_HINT = "write low..high, low..high:log, or a,b,c"


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers from ``low`` to ``high``, both included.

    Attributes:
        low: the least; a whole number when the range is of whole numbers.
        high: the largest.
        log: whether equal factors, not equal differences, are equally likely.
    """

    low: float
    high: float
    log: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers only."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def contains(self, value: Any) -> bool:
        """Whether ``value`` lies in it."""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return is_number and self.low <= value <= self.high and (not self.is_whole or value == int(value))

    def __str__(self) -> str:
        return f"{self.low}..{self.high}{':log' if self.log else ''}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values."""

    values: tuple[Value, ...]

    def contains(self, value: Any) -> bool:
        """Whether ``value`` is one of them; true and 1 are not the same."""
        return any(value == one and type(value) is type(one) for one in self.values)

    def __str__(self) -> str:
        return ",".join(_written(value) for value in self.values)


Dimension = Range | Choice
Space = Mapping[str, Dimension]
"""Name → what it may be."""


def make_range(name: str, low: float, high: float, *, log: bool = False) -> Range:
    """A range that holds something.

    Raises:
        ConfigError: it is upside down or empty, or has a logarithm that is not there.
    """
    if low > high:
        raise ConfigError(f"{name}: low {low} is above high {high}", hint=f"write {name}={high}..{low}")
    if low == high:
        raise ConfigError(f"{name}: from {low} to {high} there is nothing to vary", hint="leave it out, or widen it")
    if log and low <= 0:
        raise ConfigError(f"{name}: {low} has no logarithm", hint="begin above 0, or leave :log out")
    return Range(low, high, log)


def make_choice(name: str, values: list[Any]) -> Choice:
    """A choice of at least two different plain values.

    Raises:
        ConfigError: there are fewer, or one is not plain.
    """
    odd = [value for value in values if not isinstance(value, (bool, int, float, str))]
    if odd:
        raise ConfigError(f"{name}: {odd[0]!r} cannot be chosen", hint="choices are numbers, texts, true or false")
    different = list(dict.fromkeys((type(value), value) for value in values))
    if len(different) < 2:
        raise ConfigError(f"{name}: {values} leaves nothing to choose", hint="give at least two different values")
    return Choice(tuple(value for _, value in different))


def parse_dimension(name: str, written: Any) -> Dimension:
    """What ``written``, a text or a list, means for ``name``.

    Raises:
        ConfigError: it is neither a range nor a choice, or an empty one.
    """
    if isinstance(written, list):
        return make_choice(name, written)
    if not isinstance(written, str):
        raise ConfigError(f"{name} = {written!r} is neither a range nor a choice", hint=_HINT)
    found = _RANGE.fullmatch(written)
    if found is None:
        if ".." in written or "," not in written:
            raise ConfigError(f"{name}: {written!r} is neither a range nor a choice", hint=_HINT)
        return make_choice(name, [_value(part.strip()) for part in written.split(",") if part.strip()])
    if found[3] not in (None, "log"):
        raise ConfigError(
            f"{name}: unknown scale {found[3]!r}", hint="log is the only one; leave it out for even steps"
        )
    whole = all(re.fullmatch(r"[+-]?[\d_]+", number) for number in found.group(1, 2))
    low, high = (int(number) if whole else float(number) for number in found.group(1, 2))
    return make_range(name, low, high, log=found[3] == "log")


def parse_variation(setting: str) -> tuple[str, Dimension]:
    """The name and the dimension in ``name=low..high`` or ``name=a,b,c``."""
    name, equals, written = setting.partition("=")
    if not equals or not name.strip():
        raise ConfigError(f"--vary {setting!r} has no '='", hint="write it as --vary section.key=low..high")
    return name.strip(), parse_dimension(name.strip(), written.strip())


def write_space(space: Space) -> dict[str, Any]:
    """The space as section → key → text or list, for a TOML file."""
    values: dict[str, Any] = {}
    for name, dimension in space.items():
        section, _, key = name.partition(".")
        written = str(dimension) if isinstance(dimension, Range) else list(dimension.values)
        values.setdefault(section, {})[key] = written
    return values


def read_space(values: Mapping[str, Any], *, place: str) -> dict[str, Dimension]:
    """The space in section → key → text or list."""
    space: dict[str, Dimension] = {}
    for section, keys in values.items():
        if not isinstance(keys, dict):
            raise ConfigError(f"{place}: {section} is not a section", hint=f"write [{section}] and keys below it")
        for key, written in keys.items():
            space[f"{section}.{key}"] = parse_dimension(f"{section}.{key}", written)
    return space


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
