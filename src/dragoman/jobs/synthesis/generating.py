"""A model and a text become a synthetic corpus, in a directory of its own; killed and started again, it goes on."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dragoman.augmentation.synthetic import Generation, Plan, Progress, Translate
from dragoman.augmentation.verdicts import Selection
from dragoman.augmentation.word_noise import WordNoise
from dragoman.base.errors import ConfigError
from dragoman.base.log import progress, say
from dragoman.jobs.synthesis.options import TAGS, Arrow, Request
from dragoman.jobs.synthesis.text import Text
from dragoman.translator.manifest import read_manifest

if TYPE_CHECKING:
    from dragoman.translator.translator import Translator

Choose = Callable[[str, Sequence[str]], str]
"""A text and its translations, the likeliest first → the one to take."""


def languages_of(model: Path, *, wanted: tuple[str, str] | None, arrow: Arrow) -> tuple[str, str]:
    """The languages that the bundle ``model`` reads and writes, from its manifest alone.

    Args:
        model: directory of a bundle.
        wanted: what they have to be; None takes any.
        arrow: for the hint.

    Raises:
        ConfigError: they are others, or the wrong way round.
    """
    languages = read_manifest(model)["languages"]
    found = languages["source"], languages["target"]
    if wanted is None or found == wanted:
        return found
    if found == wanted[::-1] and arrow == "back":
        hint = (
            f"back-translation makes the {wanted[1]} side of {wanted[0]} text; leave --reverse out and such a model is "
            "trained first, or use this one with: dragoman self-train"
        )
    elif found == wanted[::-1]:
        hint = "self-training uses a model of the same direction as the one to be trained; see dragoman back-translate"
    else:
        hint = "give a model of these two languages"
    raise ConfigError(
        f"the model {model} translates {found[0]} → {found[1]}, but a model {wanted[0]} → {wanted[1]} is needed",
        hint=hint,
    )


def generate(
    request: Request, text: Text, teacher: Path, directory: Path, *, arrow: Arrow, choose: Choose | None = None
) -> Path:
    """Make the synthetic corpus of ``text`` in ``directory``; the stem of its two files.

    Args:
        request: how.
        text: in the language that ``teacher`` reads.
        teacher: directory of a bundle.
        directory: where the corpus goes, or has been begun.
        arrow: which side the corpus's synthetic one is; names the corpus.
        choose: takes one of all hypotheses of the beam; without it the likeliest is taken.
    """
    config = request.generation
    real, synthetic = languages_of(teacher, wanted=None, arrow=arrow)
    noise = WordNoise(config.noise, language=synthetic, seed=config.seed)
    generation = Generation(
        directory,
        stem=TAGS[arrow],
        plan=Plan(real, synthetic),
        selection=Selection(config.selection, language=real, synthetic_language=synthetic),
        **({"noise": noise} if config.method == "noised-beam" else {}),
    )
    if not generation.progress.is_finished:
        total = text.survey(real)
        if generation.progress.lines:
            say(f"going on after line {generation.progress.lines:,}")
        started = time.monotonic()
        made = _watched(generation, text, _Lazy(teacher, request, choose), total)
        say(f"  made in {time.monotonic() - started:,.0f} s: {made.written:,} pairs in {generation.stem}.*")
    else:
        made = generation.run(text, lambda texts: texts)
        say(f"{made.written:,} synthetic pairs in {generation.stem}.* are there already")
    for reason, count in made.dropped.most_common():
        say(f"  dropped: {count:,} × {reason}")
    return generation.stem


class _Lazy:
    """The translator, loaded when there is something to translate."""

    def __init__(self, model: Path, request: Request, choose: Choose | None) -> None:
        self._model = model
        self._request = request
        self._choose = choose
        self._translator: Translator | None = None

    def __call__(self, texts: Sequence[str]) -> list[str]:
        if self._translator is None:
            from dragoman.translator.translator import Translator

            decoding = self._request.generation.decoding()
            if self._choose is not None:
                decoding["n_best"] = self._request.generation.beam
            self._translator = Translator.load(
                self._model, device=self._request.device, threads=self._request.threads, protect=False, **decoding
            )
        made = self._translator.translate(texts)
        if self._choose is None:
            return [translation.text for translation in made]
        found = ([alternative for alternative, _ in one.alternatives] for one in made)
        return [self._choose(text, alternatives) for text, alternatives in zip(texts, found, strict=True)]


def _watched(generation: Generation, text: Text, translate: Translate, total: int) -> Progress:
    """Run ``generation`` under a progress bar with its rate and the time left."""
    with progress("{task.fields[rate]}") as display:
        bar = display.add_task("translating", total=total, rate="")
        clock, counted, is_first = time.monotonic(), 0, True

        def done(lines: int) -> None:
            nonlocal clock, counted, is_first
            if is_first:  # those of earlier starts, which took no time now
                clock, is_first = time.monotonic(), False
            else:
                counted += lines
            rate = counted / max(1e-9, time.monotonic() - clock)
            display.update(bar, advance=lines, rate=f"{rate:,.0f} lines/s")

        return generation.run(text, translate, done=done)
