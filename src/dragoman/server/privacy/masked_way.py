"""A text on its way with its values hidden, and what became of it with them. Knows what hides values, not which.

Nobody on the way sees a value: not the model, not the queue, not what is remembered, not an error's message. A text
whose translation does not hold every placeholder as often as the text did is answered with itself and a flag: nothing
is lost that is not told.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from dragoman.safeguards.kinds import Place
from dragoman.safeguards.masking import Masked, Masker, Restored
from dragoman.server.fleet import Hop
from dragoman.server.memory import UNTRANSLATED, MemorySpeaker
from dragoman.server.speaker import Link, Wish
from dragoman.server.texts.hops import UNALIGNED, Hopped, travel
from dragoman.translator.terminology import Terminology

_LONG = 2000
"""Characters from which on a text is looked through in a thread of its own, so that others do not wait for it."""


async def mask_for(text: str, hops: Sequence[Hop], masker: Masker | None) -> Masked | None:
    """``text`` as the way may see it; None where there is nothing to hide.

    A translation memory is asked with the text as it is: it looks a text up letter by letter, and is no model.
    """
    if masker is None or all(isinstance(hop.member.speaker, MemorySpeaker) for hop in hops):
        return None
    language = hops[0].source
    if len(text) > _LONG:
        masked = await asyncio.to_thread(masker.mask, text, language=language)
    else:
        masked = masker.mask(text, language=language)
    return masked if masked.values else None


async def travel_masked(
    text: str, hops: Sequence[Hop], wish: Wish, terms: Terminology, masker: Masker | None
) -> Hopped:
    """Translations of ``text``, as :func:`~dragoman.server.texts.hops.travel` has them, with its values in them."""
    masked = await mask_for(text, hops, masker)
    if masked is None:
        return await travel(text, hops, wish, terms)
    found = await travel(masked.text, hops, wish, without(terms, masked), masked)
    return restored(found, text, masked, aligned=wish.alignments)


def without(terms: Terminology, masked: Masked) -> Terminology:
    """``terms`` that still stand in the text: others may be values themselves."""
    if not masked.values:
        return terms
    return Terminology({found.source: found.target for found in terms.find(masked.text)})


def restored(found: Hopped, text: str, masked: Masked, *, aligned: bool) -> Hopped:
    """``found`` with the values of ``text``; only translations that hold all of them.

    Args:
        found: of the masked text.
        text: as it came.
        masked: it without its values.
        aligned: whether links are wished; those of values need no model.
    """
    held = masked.held(masked.text)
    whole = [one for one in found.texts if masked.held(one) == held]
    if not whole:
        return Hopped((text,), tuple(dict.fromkeys((*found.flags, UNTRANSLATED))))
    with_values = [masked.restore(one) for one in whole]
    texts = tuple(dict.fromkeys(one.text for one in with_values))
    if not aligned:
        return replace(found, texts=texts, links=())
    is_best = whole[0] == found.texts[0]
    flags = found.flags if is_best else tuple(dict.fromkeys((*found.flags, UNALIGNED)))
    links = _linked(masked.original, with_values[0], found.links if is_best else ())
    return Hopped(texts, flags, links)


def _linked(source: Restored, target: Restored, links: Sequence[Link]) -> tuple[Link, ...]:
    """``links`` in the texts with their values: each value with itself, and with nothing else."""
    waiting: dict[str, list[Place]] = {}
    for _, place in target.change.places:
        waiting.setdefault(target.text[slice(*place)], []).append(place)
    values = [(place, waiting[source.text[slice(*place)]].pop(0)) for _, place in source.change.places]
    words = [
        (source.place(*first), target.place(*second))
        for first, second in links
        if not (source.meets(*first) or target.meets(*second))
    ]
    return tuple(dict.fromkeys(sorted((*words, *values), key=lambda link: link[1])))
