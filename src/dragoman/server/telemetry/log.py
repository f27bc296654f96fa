"""The log: one line for each request, and one for each error. Never a text, a key, an address or a query string.

The message of an unexpected error may hold the text it was raised about. So an error is logged by its type and by the
places of the code it came through, and never by its message.
"""

import json
import logging
import time
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from dragoman.server.telemetry.observer import Silence
from dragoman.server.telemetry.trace import Trace
from dragoman.server.telemetry.writer import LineWriter

_MOST_FRAMES = 40
_MOST_CAUSES = 8
_NEWS_SECONDS = 60.0
_MOST_NEWS = 100


def described(error: BaseException) -> list[str]:
    """Types and places of an error and of what caused it, the last one first; without any message."""
    return list(_described(error, set()))


def _described(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen or len(seen) >= _MOST_CAUSES:
        return
    seen.add(id(error))
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]:
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    for inner in getattr(error, "exceptions", ()):
        yield from _described(inner, seen)
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _described(cause, seen)


class Log(Silence):
    """Writes what happens.

    Args:
        form: "json", "text", or "off": then only errors, as text.
        writer: of the lines.
    """

    def __init__(self, form: str = "off", writer: LineWriter | None = None) -> None:
        self._form = form
        self._said: dict[str, float] = {}
        self.writer = writer or LineWriter()

    def request_ended(self, trace: Trace) -> None:
        """A line, if requests are logged."""
        if self._form == "off":
            return
        fields = {
            "id": trace.id,
            "method": trace.method,
            "dialect": trace.dialect,
            "route": trace.route,
            "status": trace.status,
            "milliseconds": round(1000 * trace.seconds, 1),
            "characters": trace.characters,
            "key": trace.identity,
            "reason": trace.reason,
        }
        self.write("info" if trace.status < 500 else "error", "request", fields)

    def request_crashed(self, trace: Trace, error: BaseException) -> None:
        """The type and the places of the error."""
        self.write("error", "crash", {"id": trace.id, "traceback": described(error)})

    def write(self, level: str, event: str, fields: Mapping[str, Any]) -> None:
        """Write one line; fields that are empty are left out."""
        said = {name: value for name, value in fields.items() if value not in ("", None)}
        if self._form == "json":
            line = json_line(level, event, said)
        else:
            line = f"{_now()} {level} {event} " + " ".join(f"{name}={_shown(value)}" for name, value in said.items())
        self.writer.put(line)

    def loop_failed(self, loop: Any, context: Mapping[str, Any]) -> None:
        """For asyncio, which would write the message of an error that nobody waited for."""
        error = context.get("exception")
        self.write_news("error", "asyncio", {"traceback": described(error) if error else []})

    def write_news(self, level: str, event: str, fields: Mapping[str, Any]) -> None:
        """Write one line, but the same only once in a minute: what a client can bring about must not fill the disk.

        Without files left for connections asyncio alone fails two thousand times a second.
        """
        now, said = time.monotonic(), str(fields)
        if now - self._said.get(said, -_NEWS_SECONDS) < _NEWS_SECONDS:
            return
        if len(self._said) >= _MOST_NEWS:
            self._said.clear()
        self._said[said] = now
        self.write(level, event, fields)


def json_line(level: str, event: str, fields: Mapping[str, Any]) -> str:
    """A line of the log in JSON."""
    return json.dumps({"time": _now(), "level": level, "event": event, **fields}, ensure_ascii=False)


def _now() -> str:
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03}Z"


def _shown(value: Any) -> str:
    return "\n" + "\n".join(value) if isinstance(value, list) else str(value)


class LogRecords(logging.Handler):
    """Takes what libraries log: of an error its type and places, not its message.

    Args:
        log: writes.
    """

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Log it."""
        error = record.exc_info[1] if record.exc_info else None
        fields: dict[str, Any] = {"logger": record.name}
        if error is None:
            fields["message"] = record.getMessage()
        else:
            fields["traceback"] = described(error)
        self._log.write_news(record.levelname.lower(), "library", fields)
