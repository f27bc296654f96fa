"""A file that is to be translated, and what became of it."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field

from dragoman.server.gate import Credentials
from dragoman.server.security.rates import neighbourhood
from dragoman.translator.files.protocol import FileLimits

State = Literal["waiting", "translating", "done", "failed"]
_LONGEST_NAME = 120


class FileServiceLimits(FileLimits):
    """How many files are taken, and how long they are kept."""

    max_files: int = Field(default=50, ge=1)
    """Files of all callers that wait, are translated or are kept."""
    max_files_each: int = Field(default=10, ge=1)
    """Of one key; of one address (IPv4) or network (IPv6, /64) where there is no key."""
    max_kept_bytes: int = Field(default=200_000_000, ge=1)
    """Of all these files together."""
    keep_file_seconds: float = Field(default=3600.0, gt=0)
    """From the end of the translation; then the file is forgotten, or when it is deleted, or when the service ends."""
    file_segments: int = Field(default=8, ge=1)
    """Segments of a file in the queue of a model at once, so that nobody waits behind a whole book."""


@dataclass(frozen=True, slots=True)
class FileAsk:
    """A request to translate a file.

    Attributes:
        name: of the file, tidied; its end says the format.
        data: all of it.
        target: BCP-47 code of the wanted language.
        source: BCP-47 code of its text; None to have it detected.
        terms: source term → target term.
    """

    name: str
    data: bytes = field(repr=False)
    target: str
    source: str | None = None
    terms: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Job:
    """One file on its way.

    Attributes:
        ask: what was asked.
        owner: public name of the key it came with; "" for anyone.
        sender: whose share of places it takes: the owner, or an address.
        source: language of the text, as told or as detected.
        total: units to translate.
        characters: of all units, as usage is counted.
        identity: its name, which nobody can guess.
        secret: what DeepL's clients show beside it.
        state: where it is.
        done: units translated.
        reason: why it failed, as a short name for programs.
        message: why it failed, for people.
        notes: what the reader should know of the result.
        result: the file, translated.
        began: when its turn came, as a count of all turns; 0 before that.
        fetched: whether somebody was given the result.
        turn: comes when it may begin.
        task: that translates it.
        end: of the time for which it is kept.
    """

    ask: FileAsk
    owner: str
    sender: str
    source: str
    total: int
    characters: int
    identity: str = field(default_factory=lambda: secrets.token_hex(16))
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    state: State = "waiting"
    done: int = 0
    reason: str = ""
    message: str = ""
    notes: tuple[str, ...] = ()
    result: bytes | None = field(default=None, repr=False)
    began: int = 0
    fetched: bool = False
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None
    end: "asyncio.TimerHandle | None" = None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.ask.data) + len(self.result or b"")

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ("done", "failed")

    @property
    def is_settled(self) -> bool:
        """Whether nobody waits for it any more: it failed, or it was fetched."""
        return self.state == "failed" or self.fetched

    @property
    def suffix(self) -> str:
        """The end of its name."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def name(self) -> str:
        """Of the file."""
        return self.ask.name

    @property
    def result_name(self) -> str:
        """Of the translated file: the language stands before the end."""
        path = PurePosixPath(self.name)
        return f"{path.stem}.{self.ask.target}{path.suffix}"

    def drop_source(self) -> None:
        """Keep nothing of what was sent: it is translated, or will not be."""
        self.ask = replace(self.ask, data=b"", terms={})


def tidy_name(name: str) -> str:
    """The last part of ``name``, printable and not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(one for one in last if one.isprintable() and one not in '"<>:|?*')
    path = PurePosixPath(clean or "file")
    return path.stem[:_LONGEST_NAME].strip() + path.suffix[:20]


def sender_of(identity: str, credentials: Credentials) -> str:
    """Whose share of places a request takes; the addresses of a network that belongs to one are one."""
    return f"key {identity}" if identity else f"address {neighbourhood(credentials.address)}"
