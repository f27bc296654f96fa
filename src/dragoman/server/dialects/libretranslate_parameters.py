"""How LibreTranslate's clients say things: texts, languages, numbers, keys. Knows no route."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from dragoman.server.ask import RefusedError, TextFormat
from dragoman.server.dialects.protocol import address, bearer
from dragoman.server.gate import Credentials

AUTO = "auto"
"""The language that is to be detected."""
_FORMATS: Mapping[str, TextFormat] = {"text": "text", "html": "html"}
_OLD_CODES = {"zt": "zh-Hant", "pb": "pt-BR"}
"""What LibreTranslate calls languages that have another code elsewhere, as its older clients still do."""


def credentials(request: Request, values: Mapping[str, Any]) -> Credentials:
    """The key, which stands among the parameters; or else in the header, where it goes everywhere else."""
    key = values.get("api_key")
    return Credentials(key if isinstance(key, str) and key else bearer(request), address(request))


def texts(values: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """The texts, and whether they came as a list."""
    if "q" not in values:
        raise missing("q")
    sent = values["q"]
    found = tuple(sent) if isinstance(sent, list) else (sent,)
    if not all(isinstance(text, str) for text in found):
        raise RefusedError("bad_request", "Invalid request: q must be a text or a list of texts")
    return found, isinstance(sent, list)


def word(values: Mapping[str, Any], name: str) -> str:
    """A parameter that must be there."""
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise missing(name)
    return value


def source(values: Mapping[str, Any]) -> str | None:
    """The language of the texts; None to have it detected."""
    code = word(values, "source")
    return None if code == AUTO else _OLD_CODES.get(code.lower(), code)


def target(values: Mapping[str, Any]) -> str:
    """The language that is wanted."""
    code = word(values, "target")
    return _OLD_CODES.get(code.lower(), code)


def number(values: Mapping[str, Any], name: str) -> int:
    """A count; less than nothing is nothing."""
    try:
        return max(0, int(values.get(name) or 0))
    except (TypeError, ValueError, OverflowError) as error:
        raise RefusedError("bad_request", f"Invalid request: {name} parameter is not a number") from error


def text_format(values: Mapping[str, Any]) -> TextFormat:
    """What the texts are."""
    wanted = values.get("format") or "text"
    if not isinstance(wanted, str) or wanted not in _FORMATS:
        raise RefusedError("bad_request", f"{wanted!r:.40} format is not supported")
    return _FORMATS[wanted]


def missing(name: str) -> RefusedError:
    """Why nothing is done without this parameter."""
    return RefusedError("bad_request", f"Invalid request: missing {name} parameter")
