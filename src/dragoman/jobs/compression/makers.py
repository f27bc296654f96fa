"""The ways that are tried, in their order; see :mod:`dragoman.jobs.compression.candidates`."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from dragoman.interop import EXPORTS
from dragoman.jobs.compression.candidates import FormMaker, ModelMaker, Offer, Workshop

_NARROW = 0.75
"""Of the teacher's widths."""


def students(shop: Workshop) -> Iterable[Offer]:
    """Two that learn from the model: of its width, and narrower; both with a deep encoder and a shallow decoder."""
    if not shop.data:
        return
    section = shop.manifest["recipe"]["model"]
    yield Offer("student", ("distill(shape=default)",), partial(_distill, shop, ()), goes_on=True)
    if section["kind"] != "transformer":
        return
    heads = section["heads"]
    width, inner = (
        max(heads, round(section[name] * _NARROW / heads) * heads) for name in ("width", "feed_forward_width")
    )
    width += (width // heads) % 2 * heads  # a head's width is even, for positions that turn
    narrow = (f"model.width={width}", f"model.feed_forward_width={inner}")
    yield Offer(f"student-{width}", (f"distill({', '.join(narrow)})",), partial(_distill, shop, narrow), goes_on=True)


def _distill(shop: Workshop, settings: tuple[str, ...], path: Path) -> None:
    from dragoman.base.errors import TrainingError
    from dragoman.jobs.distillation.job import distill
    from dragoman.jobs.distillation.options import Request

    request = Request(
        teacher=shop.model,
        output=path,
        data=shop.data,
        validation=shop.dev,
        settings=(*settings, *shop.settings),
        workspace=shop.folder / "teacher",
        device=shop.device,
        threads=shop.threads,
    )
    if not distill(request).finished:
        raise TrainingError("the training of a student was stopped", hint="the same command goes on with it")


def ctranslate2(path: Path) -> Iterable[Offer]:
    """The kinds of numbers that make it smaller: eight bits, with all that is no matrix in 32 or in 16."""
    if "ctranslate2" not in EXPORTS.names():
        return
    for kind in ("int8", "int8_float32"):
        yield Offer(
            f"ctranslate2-{kind}", (f"export(to=ctranslate2, quantization={kind})",), partial(_export, path, kind)
        )


def _export(model: Path, kind: str, path: Path) -> None:
    from dragoman.jobs.exchange.export import export

    export(model, to="ctranslate2", output=path, settings=[f"quantization={kind}"])


MODEL_MAKERS: tuple[ModelMaker, ...] = (students,)
"""Beside the model itself."""
FORM_MAKERS: tuple[FormMaker, ...] = (ctranslate2,)
"""Beside a bundle as it is."""
