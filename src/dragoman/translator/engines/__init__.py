"""What turns ids into hypotheses: one engine for each library that can run a model. Knows no text."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from dragoman.base.catalog import Catalog
from dragoman.base.errors import ConfigError, MissingExtraError
from dragoman.base.log import say
from dragoman.decoding.config import DecodingConfig
from dragoman.tasks.protocol import Task
from dragoman.translator.engines.protocol import Engine, OpenEngine, Place
from dragoman.translator.manifest import engines_of

ENGINES = Catalog(
    "engine",
    {
        "ctranslate2": "dragoman.translator.engines.ctranslate2_engine:open_engine",
        "onnx": "dragoman.translator.engines.onnx_engine:open_engine",
        "torch": "dragoman.translator.engines.torch_engine:open_engine",
    },
)
"""Name → :data:`~dragoman.translator.engines.protocol.OpenEngine`."""
_QUICKEST_FIRST = ("ctranslate2", "onnx", "torch")
_EXTRAS = {"ctranslate2": "", "torch": "train", "jaxtyping": "train", "onnxruntime": "onnx"}
"""Which extra brings what an engine needs; "" is no extra, but dragoman itself."""


def open_engine(
    path: Path,
    manifest: Mapping[str, Any],
    task: Task,
    place: Place,
    *,
    engine: str = "auto",
    decoding: DecodingConfig | None = None,
) -> Engine:
    """The engine called ``engine`` of the bundle in ``path``; ``auto``: the quickest that can do what is asked.

    Args:
        path: directory of the bundle.
        manifest: of the bundle, as :func:`~dragoman.translator.manifest.read_manifest` gives it.
        task: of the bundle.
        place: where to work.
        engine: its name in :data:`ENGINES`, or auto.
        decoding: what it will be asked to do; None asks nothing of it.

    Raises:
        UnknownNameError: there is no such engine.
        ConfigError: the bundle does not hold what that engine reads, or it cannot decode so.
        MissingExtraError: what it needs is not installed.
    """
    there = sorted(engines_of(manifest), key=lambda name: (*_QUICKEST_FIRST, name).index(name))

    def opened(name: str) -> Engine:
        opening = _loaded(name)
        if name not in there:
            raise _not_there(path, name, there)
        found: Engine = opening(path, manifest, task, place)
        if decoding is not None:
            found.check(decoding)
        return found

    if engine != "auto":
        return opened(engine)
    for name, slower in pairwise(there):
        try:
            return opened(name)
        except (ConfigError, MissingExtraError) as error:
            say(f"{error.message}: translating with {slower} instead")
    return opened(there[-1])


def _loaded(name: str) -> OpenEngine:
    try:
        opening: OpenEngine = ENGINES.load(name)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRAS:
            raise
        raise MissingExtraError.of(package, extra=_EXTRAS[package]) from error
    return opening


def _not_there(path: Path, name: str, there: list[str]) -> ConfigError:
    has = f"{path} holds nothing that {name} could run, only {' and '.join(there)}"
    if name == "torch":
        return ConfigError(has, hint="its weights stayed in the model it was exported from: use that one")
    return ConfigError(has, hint=f"dragoman export {path} --to {name} adds it")
