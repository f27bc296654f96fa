"""How DeepL's clients say things, whatever they ask for: keys, languages, wishes; and how errors are said to them."""

from collections.abc import Collection, Mapping
from typing import Any

from fastapi import Request

from dragoman.server.ask import RefusedError
from dragoman.server.dialects.protocol import address, bearer
from dragoman.server.gate import Credentials

_CHOICES: Mapping[str, Collection[str]] = {
    "formality": ("default", "prefer_more", "prefer_less"),
    "split_sentences": ("0", "1", "nonewlines"),
    "model_type": ("quality_optimized", "latency_optimized", "prefer_quality_optimized"),
    "tag_handling_version": ("v1", "v2"),
}
"""Parameters and their values. None of them changes a translation: there is one model, and it knows no formality."""
_NOT_HERE = ("style_id", "translation_memory_id", "custom_instructions")
"""Parameters that would change the translation, and cannot here."""
_STATUSES = {"quota": 456, "unsupported_format": 400}


def credentials(request: Request) -> Credentials:
    """The key, as its libraries send it."""
    return Credentials(bearer(request, "DeepL-Auth-Key"), address(request))


def render(refusal: RefusedError) -> dict[str, Any]:
    """A refusal as DeepL says it."""
    return {"message": refusal.message}


def status(refusal: RefusedError) -> int:
    """A refusal's number: 456 for a used-up quota, 400 for a format, 403 for every trouble with a key."""
    return 403 if refusal.status == 401 else _STATUSES.get(refusal.reason, refusal.status)


def unsupported(name: str) -> RefusedError:
    """Why a value is not taken, as DeepL says it."""
    return RefusedError("unsupported", f"Value for '{name}' not supported.")


def target_and_source(values: Mapping[str, Any]) -> tuple[str, str | None]:
    """The languages of a translation; no source where it is to be detected.

    Raises:
        RefusedError: one of them is no text, or the target is missing.
    """
    source = values.get("source_lang")
    return _word(values, "target_lang"), None if source in (None, "") else _word(values, "source_lang")


def _word(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise unsupported(name)
    return value


def check_wishes(values: Mapping[str, Any]) -> None:
    """Refuse what would have to be passed over else.

    Raises:
        RefusedError: a wish that no model here can fulfil, or a value that DeepL does not know.
    """
    for name, choices in _CHOICES.items():
        if values.get(name) is not None and str(values[name]) not in choices:
            raise unsupported(name)
    for name in _NOT_HERE:
        if values.get(name):
            raise RefusedError("unsupported", f"'{name}' is not supported here")
