"""The verb quantize: the same model in fewer bits, with what the rounding did to weights and to translations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman.base.catalog import nearest
from dragoman.base.errors import ConfigError, UnknownNameError
from dragoman.base.log import say
from dragoman.corpora.records import Record
from dragoman.jobs.surgery.text import Measure, batches_of, pairs_of, refuse_what_is_there, told
from dragoman.surgery.integer_products import can_multiply_integers, with_integer_products
from dragoman.surgery.quantization import Error, Kind, input_moments, quantize
from dragoman.translator.bundle import Bundle, load_bundle, save_bundle
from dragoman.translator.storage import PLAIN

KINDS: tuple[Kind, ...] = ("int8", "float16", "bfloat16")
_SHORT: dict[str, Kind] = {"fp16": "float16", "bf16": "bfloat16"}
_WORST = 5


@dataclass(frozen=True, slots=True)
class Quantized:
    """What came out.

    Attributes:
        bundle: whose matrices hold fewer bits.
        errors: of each matrix.
    """

    bundle: Bundle
    errors: tuple[Error, ...]

    def table(self) -> list[str]:
        """Lines for people: the matrices with the largest errors, and the mean of all."""
        worst = sorted(self.errors, key=lambda error: -error.relative)
        lines = [_line(error.name, error.largest, error.mean, error.relative) for error in worst[:_WORST]]
        count = len(self.errors)
        largest = max(error.largest for error in self.errors)
        mean, relative = (sum(getattr(error, what) for error in self.errors) / count for what in ("mean", "relative"))
        head = f"  {'matrix':<44} {'largest error':>13} {'mean error':>11} {'relative':>9}"
        return [head, *lines, _line(f"all {count} matrices", largest, mean, relative)]


def kind_called(name: str) -> Kind:
    """The kind of numbers called ``name``: int8, float16 (fp16) or bfloat16 (bf16).

    Raises:
        UnknownNameError: there is no such kind.
    """
    for kind in KINDS:
        if name == kind or _SHORT.get(name) == kind:
            return kind
    names = [*KINDS, *_SHORT]
    guess = nearest(name, names)
    advice = f"did you mean {guess!r}? " if guess else ""
    raise UnknownNameError(f"unknown kind of numbers {name!r}", hint=f"{advice}known: {', '.join(names)}")


def quantized(bundle: Bundle, kind: Kind, calibration: Sequence[Record] = ()) -> Quantized:
    """``bundle`` with matrices of ``kind``.

    Args:
        bundle: stays as it is.
        kind: of numbers.
        calibration: for int8: pairs that show how large the inputs of each matrix are; some hundred. With them ranges
            are chosen for the least error.

    Raises:
        ConfigError: it is quantised already, or holds weights that the kind cannot.
    """
    if bundle.storage != PLAIN:
        raise ConfigError(
            f"this model is quantised already, to {bundle.storage}: rounding twice only adds errors",
            hint="quantise the model it was made from",
        )
    moments = input_moments(bundle.model, batches_of(bundle, calibration)) if calibration else None
    model, errors = quantize(bundle.model, kind, moments=moments if kind == "int8" else None)
    done = f"quantize({kind}{', calibrated' if moments is not None and kind == 'int8' else ''})"
    return Quantized(replace(bundle, model=model, storage=kind, history=(*bundle.history, done), scores={}), errors)


def quantize_model(
    model: Path, output: Path, *, to: str, data: str | None = None, pairs: int = 500, dev: str | None = None
) -> Quantized:
    """Quantise the bundle ``model`` into the directory ``output``.

    Args:
        model: directory of a bundle.
        output: the directory to make.
        to: kind of numbers.
        data: location of pairs to calibrate on.
        pairs: so many of them, from the beginning.
        dev: location of pairs to measure before and after.

    Raises:
        DragomanError: the model cannot be quantised so, or something cannot be read or written.
    """
    kind = kind_called(to)
    refuse_what_is_there(output, model)
    bundle = load_bundle(model)
    measure = Measure(bundle, dev) if dev is not None else None
    result = quantized(bundle, kind, pairs_of(bundle, data, limit=pairs) if data is not None else ())
    for line in result.table():
        say(line)
    if measure is not None:
        say(f"before on {dev}: {told(measure(bundle))}")
        integers = kind == "int8" and can_multiply_integers()
        served = with_integer_products(result.bundle.model) if integers else result.bundle.model
        say(f"after  on {dev}: {told(measure(result.bundle, served))}")
    save_bundle(result.bundle, output)
    before, after = (_bytes(path) for path in (model, output))
    say(f"weights: {before:,} → {after:,} bytes")
    return result


def _bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.glob("weights-*.safetensors"))


def _line(name: str, largest: float, mean: float, relative: float) -> str:
    return f"  {name:<44} {largest:>13.2e} {mean:>11.2e} {relative:>9.2%}"
