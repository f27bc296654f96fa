"""How the corpora of a recipe are mixed, and in what order they come: the sections' numbers for the rooms below.

It knows sizes and shares, no text.
"""

from collections.abc import Sequence

from dragoman.base.log import say
from dragoman.batching.curriculum import Curriculum, rank
from dragoman.batching.mixing import ROUND, Drift, shares
from dragoman.batching.store import ExampleStore
from dragoman.jobs.recipe import Recipe

_REPLAY_SHARE = 0.2


def corpus_shares(recipe: Recipe, store: ExampleStore) -> list[float] | Drift | None:
    """The share of an epoch that each training corpus has, told; None when every example comes once."""
    corpus = recipe.corpus
    if corpus.weights is None and corpus.temperature == 1 and corpus.replay is None:
        return None
    parts = _parts(recipe, store, corpus.weights)
    if corpus.weights_end is not None and corpus.curriculum_steps is not None:
        last, steps = _parts(recipe, store, corpus.weights_end), corpus.curriculum_steps
        for location, *ends in zip(corpus.locations, parts, last, strict=True):
            say(f"  {location}: {ends[0]:.1%} of the text at first, {ends[1]:.1%} from about step {steps:,}")
        rounds = max(1, round(steps / _updates_per_round(recipe, store)))
        return Drift(store.sizes, tuple(parts), tuple(last), rounds, recipe.training.seed)
    for location, size, part in zip(corpus.locations, store.sizes, parts, strict=True):
        times = part * len(store) / size if size else 0.0
        say(f"  {location}: {size:,} pairs, {part:.1%} of an epoch (each pair {times:.2f} times)")
    return parts


def _parts(recipe: Recipe, store: ExampleStore, weights: Sequence[float] | None) -> list[float]:
    """Shares of all corpora; what is replayed, if anything, has its own, and the others the rest."""
    corpus = recipe.corpus
    parts = shares(store.sizes[: len(corpus.train)], weights=weights, temperature=corpus.temperature)
    if corpus.replay is None:
        return parts
    share = corpus.replay_share or _REPLAY_SHARE
    return [*(part * (1 - share) for part in parts), share]


def _updates_per_round(recipe: Recipe, store: ExampleStore) -> float:
    """About how many updates it takes until the shares change."""
    ids: float = max(store.source_ids, store.target_ids) / len(store)
    return ids * min(len(store), ROUND) / (recipe.batching.max_tokens * recipe.batching.accumulate)


def make_curriculum(recipe: Recipe, store: ExampleStore) -> Curriculum | None:
    """From easy to hard, if the recipe wants it."""
    corpus = recipe.corpus
    if corpus.curriculum == "none" or corpus.curriculum_steps is None:
        return None
    say(f"  easy text first (by {corpus.curriculum}); all of it from step {corpus.curriculum_steps:,}")
    return Curriculum(rank(store, corpus.curriculum), corpus.curriculum_steps)
