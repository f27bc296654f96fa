"""Our own dialect's stream: the pieces of translations as lines of JSON, each as soon as it is there."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from dragoman.server.ask import Piece, RefusedError

LINES = "application/x-ndjson"


class PieceOut(BaseModel):
    """A piece of a translation; the pieces of a text, joined, are its translation."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(description="of the text, from 0")
    text: str
    source: str = Field(description="the language of the text, as told or as detected")
    flags: list[str]


async def streamed(pieces: AsyncGenerator[Piece, None], render: Callable[[RefusedError], dict[str, Any]]) -> Response:
    """The answer as it comes; a refusal that is known before the first piece is still an ordinary one.

    Args:
        pieces: of the answer.
        render: a refusal as the dialect says it; one that comes later is the last line.
    """
    first = await anext(pieces, None)
    return StreamingResponse(_lines(first, pieces, render), media_type=LINES, headers={"X-Accel-Buffering": "no"})


async def _lines(
    first: Piece | None, pieces: AsyncGenerator[Piece, None], render: Callable[[RefusedError], dict[str, Any]]
) -> AsyncGenerator[str, None]:
    async with aclosing(pieces):
        try:
            piece = first
            while piece is not None:
                out = PieceOut(number=piece.number, text=piece.text, source=piece.source, flags=list(piece.flags))
                yield out.model_dump_json() + "\n"
                await asyncio.sleep(0)  # pieces may all be there at once: hear in between whether anyone still reads
                piece = await anext(pieces, None)
        except RefusedError as refusal:
            yield _Refused(**render(refusal)).model_dump_json() + "\n"


class _Refused(BaseModel):
    """Why there is no more, as the last line."""

    reason: str
    message: str
