"""The ways that are tried, in their order; see :mod:`dragoman.jobs.compression.candidates`."""

import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from dragoman.base.errors import TrainingError
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


def trimmed(shop: Workshop) -> Iterable[Offer]:
    """With only the pieces that the data uses."""
    if shop.data:
        yield Offer("trimmed", (), partial(_trim, shop))


def _trim(shop: Workshop, path: Path) -> None:
    from dragoman.jobs.surgery.trim_vocabulary import trim_model

    trim_model(shop.model, path, data=shop.data)


def pruned(shop: Workshop) -> Iterable[Offer]:
    """Half of the feed-forward units gone, or all decoder layers but one; then trained for some steps."""
    if not (shop.data and shop.recover_steps):
        return
    yield Offer("pruned-units", (), partial(_prune, shop, {"units": 0.5}), goes_on=True)
    if shop.manifest["recipe"]["model"].get("decoder_layers", 1) > 1:
        yield Offer("pruned-decoder", (), partial(_prune, shop, {"decoder_layers": 1}), goes_on=True)


def _prune(shop: Workshop, cut: dict[str, Any], path: Path) -> None:
    from dragoman.jobs.run.directory import RunDirectory
    from dragoman.jobs.surgery.prune import PruneOptions, prune_model
    from dragoman.jobs.surgery.pruning import Cut
    from dragoman.jobs.train import resume

    options = PruneOptions(data=shop.data[0], dev=shop.dev, recover_steps=shop.recover_steps, settings=shop.settings)
    if RunDirectory(path).has_run():
        outcome = resume(path)
    else:
        shutil.rmtree(path, ignore_errors=True)
        outcome = prune_model(shop.model, path, Cut(**cut), options)
    if not outcome.finished:
        raise TrainingError("the recovery of a cut model was stopped", hint="the same command goes on with it")


def ctranslate2(path: Path) -> Iterable[Offer]:
    """The kinds of numbers that make it smaller: eight bits, with all that is no matrix in 32 or in 16."""
    if "ctranslate2" not in EXPORTS.names():
        return
    for kind in ("int8", "int8_float32"):
        yield Offer(
            f"ctranslate2-{kind}", (f"export(to=ctranslate2, quantization={kind})",), partial(_export, path, kind)
        )


def quantized(path: Path) -> Iterable[Offer]:
    """The bundle's own eight-bit weights, for PyTorch: of any architecture."""
    yield Offer("int8", (), partial(_quantize, path))


def _quantize(model: Path, path: Path) -> None:
    from dragoman.jobs.surgery.quantize import quantize_model

    quantize_model(model, path, to="int8")


def _export(model: Path, kind: str, path: Path) -> None:
    from dragoman.jobs.exchange.export import export

    export(model, to="ctranslate2", output=path, settings=[f"quantization={kind}"])


MODEL_MAKERS: tuple[ModelMaker, ...] = (trimmed, pruned, students)
"""Beside the model itself."""
FORM_MAKERS: tuple[FormMaker, ...] = (quantized, ctranslate2)
"""Beside a bundle as it is."""
