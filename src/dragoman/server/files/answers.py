"""A translated file as an answer of the web. Knows no dialect."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi.responses import Response, StreamingResponse

from dragoman.server.ask import RefusedError
from dragoman.server.files.job import Job

_PIECE_BYTES = 2**18


def file_answer(job: Job) -> Response:
    """The translated file, to be saved: a browser never shows it as a page of this server. It counts as fetched.

    Raises:
        RefusedError: it is not there yet, or will never be.
    """
    if job.state == "failed":
        raise RefusedError("file_failed", job.message, status=409)
    if job.result is None:
        raise RefusedError("not_ready", "the file is not translated yet", status=503, retry_seconds=1.0)
    job.fetched = True
    plain = "".join(one if one.isascii() and one not in '"\\' else "_" for one in job.result_name)
    names = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(job.result_name, safe='')}"
    headers = {
        "Content-Disposition": names,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Length": str(len(job.result)),
    }
    return StreamingResponse(_pieces(job.result), media_type="application/octet-stream", headers=headers)


async def _pieces(result: bytes) -> AsyncIterator[bytes]:
    """Of all that is fetched at a time no connection holds more than one piece of its own."""
    for start in range(0, len(result), _PIECE_BYTES):
        yield result[start : start + _PIECE_BYTES]
