"""OpenAI's dialect, under ``/v1``: translation for chat clients, whole or as a stream.

The last message of the user is the text; what was said before is not translated again. A model is a direction, such
as ``dragoman-en-de``. Usage counts characters. What would change a chat but not a translation (``temperature`` …) is
passed over; what asks for another kind of answer (``tools``, a ``response_format``) is refused. See
https://platform.openai.com/docs/api-reference/chat.
"""

import json
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from dragoman.server.ask import Ask, Piece, RefusedError
from dragoman.server.dialects.openai_directions import direction, models, read_text, unknown_model
from dragoman.server.dialects.protocol import address, application, bearer, json_object
from dragoman.server.gate import Credentials
from dragoman.server.service import Service

_CODES = {"bad_key": "invalid_api_key", "quota": "insufficient_quota", "too_much": "context_length_exceeded"}
_STATUSES = {"too_much": 400}
_OTHER_ANSWERS = ("tools", "functions", "audio", "logprobs", "top_logprobs")
"""Parameters that ask for what no translation is."""
_HERE = "this is not served here; /v1/models and /v1/chat/completions are"


def make(service: Service) -> FastAPI:
    """The application."""
    app = application(_render, status=_status, not_found=_HERE, openapi_url=None)
    created = int(time.time())

    def shown(name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": created, "owned_by": "dragoman"}

    @app.get("/models")
    async def every(request: Request) -> Response:
        service.enter(_credentials(request))
        return JSONResponse({"object": "list", "data": [shown(name) for name in models(service.fleet)]})

    @app.get("/models/{name}")
    async def one(request: Request, name: str) -> Response:
        service.enter(_credentials(request))
        if name not in models(service.fleet):
            raise unknown_model(name)
        return JSONResponse(shown(name))

    @app.post("/chat/completions")
    async def complete(request: Request) -> Response:
        values = await json_object(request)
        ask = _ask(values, service)
        who, head = _credentials(request), _head(values)
        if values.get("stream"):
            return await _streamed(service.stream(ask, who), ask, head, with_usage=_wants_usage(values))
        [found] = (await service.answer(ask, who)).translations
        return JSONResponse(_completion(head, (found.text, *found.alternatives), ask))

    return app


def _ask(values: Mapping[str, Any], service: Service) -> Ask:
    for name in _OTHER_ANSWERS:
        if values.get(name):
            raise RefusedError("unsupported_parameter", f"Unsupported parameter: '{name}' is not supported here.")
    form = values.get("response_format")
    if form is not None and form != {"type": "text"}:
        raise RefusedError("unsupported_value", 'Unsupported value: \'response_format\' is always {"type": "text"}.')
    wanted = values.get("n")
    wanted = 1 if wanted is None else wanted
    if type(wanted) is not int or wanted < 1 or (wanted > 1 and values.get("stream")):
        raise RefusedError("invalid_value", "'n' is a number from 1 on, and 1 in a stream.")
    text = read_text(values)
    source, target = direction(values, service.fleet)
    return Ask((text,), target, source, alternatives=wanted - 1)


def _wants_usage(values: Mapping[str, Any]) -> bool:
    options = values.get("stream_options")
    return isinstance(options, dict) and bool(options.get("include_usage"))


def _head(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": values["model"]}


def _completion(head: Mapping[str, Any], texts: tuple[str, ...], ask: Ask) -> dict[str, Any]:
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": text, "refusal": None},
            "logprobs": None,
            "finish_reason": "stop",
        }
        for index, text in enumerate(texts)
    ]
    return {**head, "object": "chat.completion", "choices": choices, "usage": _usage(ask, sum(map(len, texts)))}


def _usage(ask: Ask, written: int) -> dict[str, int]:
    read = len(ask.texts[0])
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


async def _streamed(
    pieces: AsyncGenerator[Piece, None], ask: Ask, head: Mapping[str, Any], *, with_usage: bool
) -> Response:
    """The answer as it comes; a refusal that is known before the first piece is still an ordinary one."""
    first = await anext(pieces, None)
    events = _events(first, pieces, ask, head, with_usage=with_usage)
    return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _events(
    first: Piece | None, pieces: AsyncGenerator[Piece, None], ask: Ask, head: Mapping[str, Any], *, with_usage: bool
) -> AsyncGenerator[str, None]:
    def event(delta: dict[str, Any] | None, finish: str | None = None, **more: Any) -> str:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
        return _event({**head, "object": "chat.completion.chunk", "choices": choices, **more})

    written = 0
    async with aclosing(pieces):
        yield event({"role": "assistant", "content": ""})
        try:
            piece = first
            while piece is not None:
                written += len(piece.text)
                yield event({"content": piece.text})
                piece = await anext(pieces, None)
        except RefusedError as refusal:
            yield _event(_render(refusal))
            return
    yield event({}, "stop")
    if with_usage:
        yield event(None, usage=_usage(ask, written))
    yield "data: [DONE]\n\n"


def _event(value: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


def _credentials(request: Request) -> Credentials:
    return Credentials(bearer(request), address(request))


def _render(refusal: RefusedError) -> dict[str, Any]:
    code = _CODES.get(refusal.reason, refusal.reason)
    kind = "server_error" if refusal.status >= 500 else "invalid_request_error"
    if refusal.status == 429:
        kind = "insufficient_quota" if refusal.reason == "quota" else "rate_limit_error"
    return {"error": {"message": refusal.message, "type": kind, "param": None, "code": code}}


def _status(refusal: RefusedError) -> int:
    return _STATUSES.get(refusal.reason, refusal.status)


class OpenAIDialect:
    """Under ``/v1``."""

    prefix: ClassVar[str] = "/v1"

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        return make(service)
