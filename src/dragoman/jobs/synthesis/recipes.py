"""From the recipe of the model that is wanted: the recipe of the one that goes the other way, and with more text."""

from collections.abc import Sequence
from pathlib import Path

from dragoman.base.config import apply_settings
from dragoman.base.errors import ConfigError
from dragoman.corpora.sources import open_corpus, write_corpus
from dragoman.corpora.stream import COMPRESSIONS
from dragoman.jobs.recipe import Recipe, make_recipe
from dragoman.jobs.synthesis.options import MixingConfig

_OF_ONE_DIRECTION = (".tsv", ".jsonl")
"""Files that may say only which side is the source, not its language."""


def turned(recipe: Recipe, folder: Path, *, settings: tuple[str, ...] = ()) -> Recipe:
    """The recipe of the model that translates the other way, from the same text.

    Args:
        recipe: of the model that is wanted.
        folder: where corpora whose files say nothing of languages are written anew, turned round.
        settings: ``section.key=value``, last of all.
    """
    values = recipe.given()
    task, corpus = values["task"], values["corpus"]
    task["source"], task["target"] = recipe.translation.target, recipe.translation.source
    corpus["train"] = [
        _turned(location, recipe, folder / f"train-{number}.jsonl")
        for number, location in enumerate(recipe.corpus.train, 1)
    ]
    for part in ("validation", "test"):
        if corpus.get(part) is not None:
            corpus[part] = _turned(corpus[part], recipe, folder / f"{part}.jsonl")
    values["training"].pop("start_from", None)  # a model of the other direction, and its old text
    for key in ("replay", "replay_share"):
        corpus.pop(key, None)
    return make_recipe(apply_settings(values, settings), place="the recipe turned round")


def _turned(location: str, recipe: Recipe, place: Path) -> str:
    bare = location
    for compression in COMPRESSIONS:
        bare = bare.removesuffix(compression)
    if Path(bare).suffix.lower() not in _OF_ONE_DIRECTION:
        return location
    languages = {"source": recipe.translation.source, "target": recipe.translation.target}
    write_corpus(open_corpus(location, **languages), place, **languages)
    return str(place)


def mixed(recipe: Recipe, synthetic: Path, mixing: MixingConfig, *, tag: str) -> Recipe:
    """``recipe`` with the corpus ``synthetic`` beside the real ones.

    Args:
        recipe: of the model to train.
        synthetic: a stem.
        mixing: at what ratio, with or without the tag.
        tag: what its source texts begin with, if they are tagged.

    Raises:
        ConfigError: the recipe weighs its corpora, but nothing says what the new one weighs.
    """
    values = recipe.given()
    corpus = values["corpus"]
    corpus["train"] = [*recipe.corpus.train, str(synthetic)]
    shares = mixing.shares()
    if shares is not None:
        corpus["weights"] = _with(shares, _parts(recipe))
        if recipe.corpus.weights_end is not None:
            corpus["weights_end"] = _with(shares, recipe.corpus.weights_end)
        corpus.pop("temperature", None)
    elif recipe.corpus.weights is not None:
        raise ConfigError(
            "the recipe's corpus.weights say nothing of the synthetic corpus",
            hint="say how much of it there shall be: --ratio 1:1 (real:synthetic)",
        )
    if mixing.tag or recipe.corpus.tags is not None:
        of_real = recipe.corpus.tags or ("",) * len(recipe.corpus.train)
        corpus["tags"] = [*of_real, tag if mixing.tag else ""]
    return make_recipe(values, place="the recipe with the synthetic corpus")


def _with(shares: tuple[float, float], parts: Sequence[float]) -> list[float]:
    """What the real corpora weigh at the ratio, each by its part of them, and the synthetic one."""
    return [*(part * shares[0] / sum(parts) for part in parts), shares[1]]


def _parts(recipe: Recipe) -> list[float]:
    """How much each real corpus has of all real text in an epoch, in one unit."""
    if recipe.corpus.weights is not None:
        return list(recipe.corpus.weights)
    languages = {"source": recipe.translation.source, "target": recipe.translation.target}
    sizes = [sum(1 for _ in open_corpus(location, **languages)) for location in recipe.corpus.train]
    return [max(1, size) ** (1 / recipe.corpus.temperature) for size in sizes]
