"""The verb demo: the main job from start to end on the embedded phrasebook, in a few minutes.

It trains by a recipe like any other run, and leaves a bundle like any other.
"""

from pathlib import Path
from typing import Any

from dragoman.base.log import say
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.recipe import make_recipe
from dragoman.jobs.run.directory import RunDirectory
from dragoman.jobs.run.finishing import Outcome
from dragoman.jobs.train import train
from dragoman.translator.translator import Translator

RECIPE: dict[str, Any] = {
    "corpus": {"train": ["phrasebook:train"], "validation": "phrasebook:validation", "test": "phrasebook:test"},
    "task": {"source": "en", "target": "de"},
    "tokenizer": {"kind": "sentencepiece", "vocabulary_size": 2000},
    "model": {
        "kind": "transformer",
        "width": 128,
        "heads": 4,
        "feed_forward_width": 256,
        "encoder_layers": 2,
        "decoder_layers": 2,
        "dropout": 0.05,
    },
    "batching": {"max_tokens": 2048, "max_length": 64},
    "schedule": {"kind": "cosine", "peak": 0.005, "warmup_steps": 150},
    "training": {
        "max_steps": 1600,
        "max_minutes": 3.1,
        "validate_every": 400,
        "validation_limit": 200,
        "moving_average": 0.99,
        "keep_best": 2,
    },
}
SENTENCES = (
    "Hello world!",
    "Good morning, Anna!",
    "The small child is eating a red apple.",
    "I get up at seven o'clock.",
    "Do you know my brother?",
    "She doesn't have time today.",
    "We want to buy a new car tomorrow.",
    "I think that the old man is tired.",
)
_BARS = "▁▂▃▄▅▆▇█"
_COLUMNS = 60


def run(output: Path, *, force: bool = False) -> Outcome:
    """Train, score and use a model made from the phrasebook.

    Args:
        output: directory of the bundle.
        force: replace a model that is there.
    """
    say("1. The corpus: an English–German phrasebook written for this project.")
    for record in list(open_corpus("phrasebook:train", source="en", target="de"))[2000:14000:4000]:
        say(f"     {record.source}  →  {record.target}")
    say("2. Training a small Transformer (Ctrl-C saves and stops; --resume goes on).")
    outcome = train(make_recipe(RECIPE, place="the demo's recipe"), output, force=force)
    if not outcome.finished:
        return outcome
    directory = RunDirectory(output)
    losses = [entry["negative_log_likelihood"] for entry in directory.entries() if entry["kind"] == "step"]
    say(f"   training loss  {losses[0]:.2f} {sparkline(losses)} {losses[-1]:.2f}")
    say(f"   as a picture: {directory.curve}")
    say("3. On 1,000 sentences whose combinations of words were never seen in training:")
    for score in outcome.test.values():
        say(f"     {score}")
    say("4. Some sentences:")
    for source, translation in zip(SENTENCES, Translator.load(output).translate(SENTENCES), strict=True):
        print(f"{source}  →  {translation.text}")
    say("5. What to try next:")
    say(f"     echo 'The dog is sleeping in the kitchen.' | dragoman translate {output}")
    say(f"     dragoman evaluate {output} --test phrasebook:test --html report.html")
    say("     dragoman train your-memory.tmx --source en --target de --output model/")
    return outcome


def sparkline(values: list[float]) -> str:
    """A curve as one line of text, the highest value a full block."""
    width = min(_COLUMNS, len(values))
    points = [values[round(place * (len(values) - 1) / max(1, width - 1))] for place in range(width)]
    low, high = min(points), max(points)
    scale = (len(_BARS) - 1) / ((high - low) or 1.0)
    return "".join(_BARS[round((point - low) * scale)] for point in points)
