"""Our own dialect, under ``/api/v1``: all the service can do, with an OpenAPI page at ``/api/v1/docs``."""

from typing import Annotated, Any, ClassVar, Literal

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from dragoman.base.version import __version__
from dragoman.safeguards.kinds import Kind
from dragoman.server.ask import Ask, RefusedError, TextFormat, Translated
from dragoman.server.dialects.native_files import Terms, add_files
from dragoman.server.dialects.native_page import STYLE, page
from dragoman.server.dialects.native_stream import LINES, streamed
from dragoman.server.dialects.protocol import address, application, bearer
from dragoman.server.fleet import Member
from dragoman.server.gate import Credentials
from dragoman.server.service import Service

Code = Annotated[str, Field(min_length=2, max_length=35, examples=["en"], description="a BCP-47 code")]


class Body(BaseModel):
    """Strict about names, so that a misspelt one is told."""

    model_config = ConfigDict(extra="forbid")


class StreamBody(Body):
    """What is to be translated piece by piece."""

    text: str | list[str] = Field(description="one text, or several", examples=[["Hello world!"]])
    source: Code | None = Field(default=None, description="left out: it is detected, for each text by itself")
    target: Code
    format: TextFormat = "text"
    terms: Terms = Field(
        default={},
        description="a glossary for this request: source term → target term; the flag 'term-unsaid' tells of failure",
    )
    context: str = Field(
        default="", description="text around, not translated: it helps to detect the language; no model reads it"
    )
    mask: list[Kind | Literal["all"]] = Field(
        default=[], description="kinds of values to hide from the models, beside those that the server hides anyway"
    )


class TranslateBody(StreamBody):
    """What is to be translated."""

    alternatives: int = Field(default=0, ge=0, description="further translations of each text")
    alignments: bool = Field(default=False, description="whether to say which word became which")


class TranslationOut(Body):
    """One translation."""

    text: str
    source: str = Field(description="the language of the text, as told or as detected")
    confidence: float = Field(description="of the detection, 0 to 1; 1 where the language was told")
    alternatives: list[str]
    via: list[str] = Field(description="languages in between, where no model translates directly")
    flags: list[str] = Field(description="such as 'untranslated' or 'same-language'")
    alignment: list[tuple[int, int, int, int]] = Field(
        default=[],
        description="where it was asked for: [beginning and end of a word in the text, beginning and end of it "
        "in the translation], counted in Unicode code points; the flag 'no-alignment' tells of missing ones",
    )


class TranslateOut(Body):
    """One translation for each text, in order."""

    translations: list[TranslationOut]
    characters: int


class UsageOut(Body):
    """What the caller has had translated in this period."""

    characters: int
    limit: int | None = Field(
        description="characters the caller may have translated in this period; null for any number"
    )


class DetectBody(Body):
    """What is to be looked at."""

    text: str


class Detection(Body):
    """A language and how likely it is, 0 to 1."""

    language: str
    confidence: float


class LanguageOut(Body):
    """A language and what it can be translated into."""

    language: str
    targets: list[str]


class ModelOut(Body):
    """One direction and how it is."""

    source: str | None
    target: str | None
    state: Literal["loading", "ready", "failed"]
    waiting: int = Field(description="segments in its queue")
    answers: bool = Field(description="whether it answered when it was last asked")
    problem: str = Field(description="what is wrong with it, or why a newer one was not taken; empty when all is well")


class HealthOut(Body):
    """Whether the service can translate."""

    ready: bool
    version: str
    models: list[ModelOut]


class ErrorOut(Body):
    """Why there is no answer."""

    reason: str
    message: str


def make(service: Service) -> FastAPI:
    """The application."""
    errors: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorOut} for status in (400, 401, 403, 404, 405, 409, 413, 415, 429, 503)
    }
    app = application(_render, title="dragoman", version=__version__, responses=errors, docs_url=None, redoc_url=None)
    _add_page(app)

    def credentials(request: Request) -> Credentials:
        return Credentials(bearer(request), address(request))

    who_asks = Annotated[Credentials, Depends(credentials)]

    @app.post("/translate")
    async def translate(body: TranslateBody, who: who_asks) -> TranslateOut:
        """Translate one text or several."""
        answer = await service.answer(_ask(body), who)
        found = [_translation(one) for one in answer.translations]
        return TranslateOut(translations=found, characters=answer.characters)

    @app.post("/translate/stream", response_class=StreamingResponse, responses={200: {"content": {LINES: {}}}})
    async def stream(body: StreamBody, who: who_asks) -> Response:
        """Translate piece by piece: lines of JSON, {"number", "text", "source", "flags"}, each sent when it is there.

        A refusal that comes later is the last line: {"reason", "message"}.
        """
        return await streamed(service.stream(_ask(body), who), _render)

    @app.get("/usage")
    async def usage(who: who_asks) -> UsageOut:
        """What the caller has used."""
        caller = service.enter(who)
        return UsageOut(characters=caller.used, limit=None if caller.limit is None else caller.used + caller.limit)

    @app.post("/detect")
    async def detect(body: DetectBody, who: who_asks) -> list[Detection]:
        """Which of the served languages the text is in, likeliest first."""
        return [
            Detection(language=language, confidence=round(share, 4))
            for language, share in service.detect(body.text, who)
        ]

    @app.get("/languages")
    async def languages() -> list[LanguageOut]:
        """What can be translated into what, directly or through other languages."""
        return [LanguageOut(language=one, targets=service.fleet.targets(one)) for one in service.fleet.sources]

    @app.get("/health")
    async def health() -> HealthOut:
        """The models and their states."""
        return HealthOut(
            ready=bool(service.fleet.directions) and not service.fleet.troubled,
            version=__version__,
            models=[_model(member) for member in service.fleet.members],
        )

    add_files(app, service, credentials)
    return app


def _add_page(app: FastAPI) -> None:
    """What the interface is, for people; FastAPI's own page would run scripts from elsewhere."""

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page(app.openapi(), style="docs.css", machine_readable="openapi.json"))

    @app.get("/docs.css", include_in_schema=False)
    async def style() -> Response:
        return Response(STYLE, media_type="text/css")


def _ask(body: StreamBody) -> Ask:
    return Ask(
        (body.text,) if isinstance(body.text, str) else tuple(body.text),
        body.target,
        body.source,
        format=body.format,
        terms=body.terms,
        context=body.context,
        alternatives=body.alternatives if isinstance(body, TranslateBody) else 0,
        alignments=isinstance(body, TranslateBody) and body.alignments,
        mask=frozenset(body.mask),
    )


def _translation(one: Translated) -> TranslationOut:
    return TranslationOut(
        text=one.text,
        source=one.source,
        confidence=round(one.confidence, 4),
        alternatives=list(one.alternatives),
        via=list(one.via),
        flags=list(one.flags),
        alignment=[(*source, *target) for source, target in one.alignment],
    )


def _model(member: Member) -> ModelOut:
    return ModelOut(
        source=member.speaker.source_language if member.speaker else None,
        target=member.speaker.target_language if member.speaker else None,
        state=member.state,
        waiting=member.batcher.waiting if member.batcher else 0,
        answers=member.state == "ready" and not member.does_not_answer,
        problem=member.problem,
    )


def _render(refusal: RefusedError) -> dict[str, Any]:
    return {"reason": refusal.reason, "message": refusal.message}


class NativeDialect:
    """JSON under ``/api/v1``."""

    prefix: ClassVar[str] = "/api/v1"

    def make(self, service: Service) -> FastAPI:
        """Its application."""
        return make(service)
