"""Files in our own dialect: handed in, looked after, fetched and deleted under ``/api/v1/files``."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, File, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from dragoman.server.ask import RefusedError
from dragoman.server.files.answers import file_answer
from dragoman.server.files.job import FileAsk, Job
from dragoman.server.gate import Credentials
from dragoman.server.service import Service
from dragoman.translator.files.opening import suffixes

MOST_TERMS = 5000
"""Terms in one request; glossaries that are kept may be larger."""
Term = Annotated[str, Field(min_length=1, max_length=1000)]
Terms = Annotated[dict[Term, Term], Field(max_length=MOST_TERMS)]
_TERMS = TypeAdapter[dict[str, str]](Terms)
Code = Annotated[str, Form(min_length=2, max_length=35, description="a BCP-47 code")]


class FileOut(BaseModel):
    """A file and where it is."""

    id: str = Field(description="its name here; whoever has no key is known by it, so keep it secret")
    state: Literal["waiting", "translating", "done", "failed"]
    name: str = Field(description="of the file as it came")
    source: str = Field(description="the language of its text, as told or as detected")
    target: str
    done: int = Field(description="paragraphs, cells, cues translated")
    total: int
    characters: int = Field(description="of its text, as usage is counted")
    reason: str = Field(description="why it failed, as a short name for programs, such as 'too_slow'")
    message: str = Field(description="why it failed, for people")
    notes: list[str] = Field(description="such as 'tracked-changes', 'markup-kept' or 'same-language'")
    keep_seconds: float = Field(description="how long it is kept once it is done")


class FormatsOut(BaseModel):
    """Which files can be translated."""

    suffixes: list[str] = Field(description="ends of names, with their dots")
    max_bytes: int
    max_characters: int


def add_files(app: FastAPI, service: Service, read: Callable[[Request], Credentials]) -> None:
    """The routes."""
    who_asks = Annotated[Credentials, Depends(read)]
    desk = service.files

    @app.get("/files")
    async def formats() -> FormatsOut:
        """Which files can be translated."""
        limits = desk.limits
        return FormatsOut(
            suffixes=suffixes(), max_bytes=limits.max_file_bytes, max_characters=limits.max_file_characters
        )

    @app.post("/files", status_code=202)
    async def take(
        who: who_asks,
        file: Annotated[UploadFile, File(description="the end of its name says the format")],
        target: Code,
        source: Annotated[str | None, Form(max_length=35, description="left out: it is detected")] = None,
        terms: Annotated[str, Form(description='a glossary for this file, as JSON: {"dog": "Rüde"}')] = "",
    ) -> FileOut:
        """Hand in a file to be translated."""
        data = await file.read()
        told = None if source in (None, "", "auto") else source
        ask = FileAsk(file.filename or "", data, target, told, terms=_terms(terms))
        return _shown(await desk.take(ask, who), desk.limits.keep_file_seconds)

    @app.get("/files/{identity}")
    async def look(identity: str, who: who_asks) -> FileOut:
        """How far a file is."""
        return _shown(desk.find(identity, who), desk.limits.keep_file_seconds)

    @app.get("/files/{identity}/result", response_class=Response)
    async def fetch(identity: str, who: who_asks) -> Response:
        """The translated file; 503 while it is not there yet, 409 where it failed."""
        return file_answer(desk.find(identity, who))

    @app.delete("/files/{identity}", status_code=204)
    async def forget(identity: str, who: who_asks) -> None:
        """Stop the translation, and delete what there is of the file."""
        desk.forget(desk.find(identity, who))


def _terms(sent: str) -> dict[str, str]:
    try:
        return _TERMS.validate_json(sent) if sent else {}
    except ValidationError as error:
        raise RefusedError(
            "bad_request", f"terms: no JSON object of at most {MOST_TERMS:,} terms with translations"
        ) from error


def _shown(job: Job, keep_seconds: float) -> FileOut:
    return FileOut(
        id=job.identity,
        state=job.state,
        name=job.name,
        source=job.source,
        target=job.ask.target,
        done=job.done,
        total=job.total,
        characters=job.characters,
        reason=job.reason,
        message=job.message,
        notes=list(job.notes),
        keep_seconds=keep_seconds,
    )
