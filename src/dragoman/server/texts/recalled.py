"""What a translation memory holds goes before what a model would say: a whole line, or a segment of the model's plan.

Knows neither requests nor queues.
"""

import re
from collections.abc import Callable

from dragoman.server.speaker import Said, Segments, Speaker

FROM_MEMORY = "from-memory"
"""The flag of a translation, or of a part of it, that a memory held and no model said."""
_LINE = re.compile(r"[^\n]*\n?")


def segments_with(text: str, speaker: Speaker, recall: Callable[[str], Said | None]) -> Segments:
    """The segments of ``text`` for ``speaker``; but a line that a memory knows as a whole is one segment.

    Args:
        text: any text.
        speaker: whose plan the rest follows; it cuts at every line end.
        recall: what a memory holds for this, without white space around it.
    """
    lines = [line for line in _LINE.findall(text) if line]
    if not any(recall(line.strip()) for line in lines):
        return speaker.segments(text)
    texts: list[str] = []
    gaps = [""]
    for line in lines:
        part = _whole(line) if recall(line.strip()) else speaker.segments(line)
        texts.extend(part.texts)
        gaps[-1] += part.gaps[0]
        gaps.extend(part.gaps[1:])
    return Segments(tuple(texts), tuple(gaps))


def _whole(text: str) -> Segments:
    core = text.strip()
    before, _, after = text.partition(core)
    return Segments((core,), (before, after))
