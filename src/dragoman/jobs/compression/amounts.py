"""Sizes as people write them: 10MB, 500kB, 1GiB. Knows nothing of files."""

import re
from typing import Final

from dragoman.base.catalog import nearest
from dragoman.base.errors import ConfigError

_UNITS: Final = {
    "B": 1,
    **{f"{prefix}B": 1000**power for power, prefix in enumerate("kMGT", 1)},
    **{f"{prefix}iB": 1024**power for power, prefix in enumerate("KMGT", 1)},
}
_AMOUNT = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[^\W\d]*)\s*")


def parse_size(text: str) -> int:
    """Bytes. kB, MB, GB, TB count in thousands, KiB, MiB, GiB, TiB in 1024s; a bare number is bytes.

    Raises:
        ConfigError: no number, a number that is not above 0, or an unknown unit.
    """
    found = _AMOUNT.fullmatch(text)
    known = {unit.casefold(): size for unit, size in _UNITS.items()}
    if found is None:
        raise ConfigError(f"{text!r} is not a size", hint="write it as 10MB, 500kB or 1GiB")
    unit = found["unit"] or "B"
    if unit.casefold() not in known:
        guess = nearest(unit, _UNITS)
        advice = f"did you mean {guess}? " if guess else ""
        raise ConfigError(f"{text!r} has an unknown unit {unit!r}", hint=f"{advice}known: {', '.join(_UNITS)}")
    size: int = round(float(found["number"]) * known[unit.casefold()])
    if size < 1:
        raise ConfigError(f"a size of {text} is nothing", hint="give one above 0, such as 10MB")
    return size


def show_size(size: int) -> str:
    """In the unit of thousands that suits it."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
        if size >= 1000**power:
            return f"{size / 1000**power:.2f} {unit}"
    return f"{size} B"
