"""What a job of several stages is made of and which of them are done: ``job.json``, replaced at once, never half there.

A job is gone on with by giving the same command again, so the command is compared with what the job began with.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dragoman.base.errors import ConfigError, DamagedFileError
from dragoman.base.files import explained, read_json, write_json
from dragoman.base.version import __version__

NAME = "job.json"
LOCK = "lock"
_FORMAT = "dragoman-synthesis"
_VERSION = 1


def refuse_what_is_there(directory: Path) -> None:
    """Complain when ``directory`` holds anything but a job; changes nothing.

    Raises:
        ConfigError: it does, or it is a file.
        FileAccessError: it may not be looked into.
    """
    with explained("look into", directory):
        if not directory.exists() or (directory / NAME).exists():
            return
        if not directory.is_dir() or any(one.name != LOCK for one in directory.iterdir()):
            raise ConfigError(f"{directory} is there, and is not such a job", hint="choose an --output of its own")


class JobFile:
    """The file of one job.

    Args:
        directory: of the job; made when it is not there.
        made_of: everything that decides what comes out; None for what is not known yet.

    Raises:
        ConfigError: the job there began with something else, or the directory holds other things.
        DamagedFileError: the file there is not one of these.
    """

    def __init__(self, directory: Path, made_of: Mapping[str, Any]) -> None:
        self._directory = directory
        self._path = directory / NAME
        self._values: dict[str, Any] = {"format": _FORMAT, "version": _VERSION, "dragoman": __version__}
        is_there = self._path.exists()
        before: dict[str, Any] = {"made_of": {}, "done": []}
        if is_there:
            before = self._read()
            self._refuse_changes(before["made_of"], made_of)
        known = {name: value for name, value in made_of.items() if value is not None}
        self._values |= {"made_of": {**before["made_of"], **known}, "done": before["done"]}
        write_json(self._path, self._values)

    def is_done(self, stage: str) -> bool:
        """Whether ``stage`` has been noted as done."""
        return stage in self._values["done"]

    def note_done(self, stage: str) -> None:
        """Write down that ``stage`` is done."""
        self._values["done"].append(stage)
        write_json(self._path, self._values)

    def _read(self) -> dict[str, Any]:
        values = read_json(self._path)
        if not isinstance(values, dict) or values.get("format") != _FORMAT or values.get("version") != _VERSION:
            raise DamagedFileError(f"{self._path} does not describe a job of this version", hint="use another --output")
        return values

    def _refuse_changes(self, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        names = [name for name, value in wanted.items() if value is not None and name in before]
        changed = [place for name in names for place in _differences(name, before[name], wanted[name])]
        if changed:
            raise ConfigError(
                f"the job in {self._directory} began with something else: {', '.join(changed)}",
                hint="give the command as it was to go on with it, or choose another --output",
            )


def _differences(name: str, before: Any, wanted: Any) -> Iterator[str]:
    """The dotted places in which two plain values differ."""
    if isinstance(before, dict) and isinstance(wanted, dict):
        for key in sorted({*before, *wanted}):
            yield from _differences(f"{name}.{key}", before.get(key), wanted.get(key))
    elif before != wanted:
        yield name
