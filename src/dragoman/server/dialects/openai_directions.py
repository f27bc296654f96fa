"""What of a chat is to be translated, and from which language into which.

The direction is in the name of the model (``dragoman-en-de``, ``dragoman-auto-de``). The model ``dragoman`` is told it:
by ``metadata`` (``{"source": "en", "target": "de"}``, the source may be left out) or by the system message, in which
stands ``en-de``, "from en to de", "from English into German" or "into German".
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from dragoman.server.ask import RefusedError
from dragoman.server.fleet import Fleet
from dragoman.server.names import language_name

ANY = "dragoman"
_TOLD = ("system", "developer")


def models(fleet: Fleet) -> list[str]:
    """The names of all directions."""
    return [ANY, *_directions(fleet)]


def _directions(fleet: Fleet) -> dict[str, tuple[str | None, str]]:
    pairs = [(source, target) for source in fleet.sources for target in fleet.targets(source)]
    found: dict[str, tuple[str | None, str]] = {
        f"{ANY}-{source}-{target}": (source, target) for source, target in pairs
    }
    return found | {f"{ANY}-auto-{target}": (None, target) for _, target in pairs}


def read_text(values: Mapping[str, Any]) -> str:
    """The text of the last message, which is the user's.

    Raises:
        RefusedError: there is none, or it holds something else than text.
    """
    last = _messages(values)[-1]
    if last.get("role") != "user":
        raise _invalid("the last message must be the user's: it is the text to be translated")
    return _content(last)


def direction(values: Mapping[str, Any], fleet: Fleet) -> tuple[str | None, str]:
    """Source (None to have it detected) and target language.

    Raises:
        RefusedError: there is no such model, or nobody says into which language.
    """
    name = values.get("model")
    if not isinstance(name, str):
        raise _invalid("'model' is missing: it is a name that /v1/models lists")
    if not fleet.directions:
        fleet.way("en", "en")  # says why
    if name != ANY:
        found = {known.lower(): pair for known, pair in _directions(fleet).items()}.get(name.lower())
        if found is None:
            raise unknown_model(name)
        return found
    told = _from_metadata(values.get("metadata")) or _from_messages(_messages(values), fleet)
    if told is None:
        raise _invalid(
            "into which language? take a model such as dragoman-en-de, set metadata.target, or say it in the system "
            'message: "from English into German"'
        )
    return told


def unknown_model(name: str) -> RefusedError:
    """There is no model of this name."""
    message = f"the model {name[:60]!r} does not exist; /v1/models lists those that do"
    return RefusedError("model_not_found", message, status=404)


def _from_metadata(metadata: Any) -> tuple[str | None, str] | None:
    if not isinstance(metadata, dict) or "target" not in metadata:
        return None
    source, target = metadata.get("source"), metadata["target"]
    if not isinstance(target, str) or not isinstance(source, str | None):
        raise _invalid("'metadata' names languages by their codes")
    return (None if source in (None, "", "auto") else source), target


def _from_messages(messages: list[dict[str, Any]], fleet: Fleet) -> tuple[str | None, str] | None:
    """What the last system message that says it says."""
    by_code, by_name = {code.lower(): code for code in fleet.languages}, _by_name(fleet.languages)
    code, name = _any_of(by_code), _any_of(by_name)
    says = [
        (rf"(?<![\w-])({code})\s*(?:-|->|→)\s*({code})(?![\w-])", by_code),
        (rf"\bfrom\s+({code})\s+(?:in)?to\s+({code})(?![\w-])", by_code),
        (rf"(?:\bfrom\s+({name})\s+)?\b(?:in)?to\s+({name})(?!\w)", by_name),
    ]
    for message in reversed(messages):
        if message.get("role") not in _TOLD:
            continue
        for pattern, known in says:
            if found := re.search(pattern, _content(message), re.I):
                return known[found[1].lower()] if found[1] else None, known[found[2].lower()]
    return None


def _by_name(codes: Iterable[str]) -> dict[str, str]:
    """By their English names: "Chinese (Simplified)", "Simplified Chinese", "Chinese" for the first of its kinds."""
    found: dict[str, str] = {}
    alone: dict[str, str] = {}
    for code in codes:
        name = language_name(code).lower()
        language, _, kind = name.removesuffix(")").partition(" (")
        found[name] = found[f"{kind} {language}".strip()] = code
        alone.setdefault(language, code)
    return alone | found


def _any_of(words: Mapping[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _messages(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    messages = values.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise _invalid("'messages' is a list of messages, of which the last one is the text")
    return messages


def _content(message: Mapping[str, Any]) -> str:
    """The text of a message, which may come in parts."""
    content = message.get("content")
    parts: list[Any] = content if isinstance(content, list) else [{"type": "text", "text": content}]
    texts: list[str] = [part["text"] for part in parts if _is_text(part)]
    if len(texts) < len(parts):
        raise _invalid("the content of a message is text, or a list of parts of the type 'text'")
    return "".join(texts)


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


def _invalid(message: str) -> RefusedError:
    return RefusedError("invalid_value", message)
