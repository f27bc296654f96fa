"""A text on its way with its values hidden, and what became of it with them. Knows what hides values, not which.

Nobody on the way sees a value: not the model, not the queue, not what is remembered, not an error's message. A text
whose translation does not hold every placeholder as often as the text did is answered with itself and a flag: nothing
is lost that is not told.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from dragoman.safeguards.masking import Masked, Masker
from dragoman.server.fleet import Hop
from dragoman.server.memory import UNTRANSLATED, MemorySpeaker
from dragoman.server.speaker import Wish
from dragoman.server.texts.hops import Hopped, travel
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
    return restored(await travel(masked.text, hops, wish, without(terms, masked), masked), text, masked)


def without(terms: Terminology, masked: Masked) -> Terminology:
    """``terms`` that still stand in the text: others may be values themselves."""
    if not masked.values:
        return terms
    return Terminology({found.source: found.target for found in terms.find(masked.text)})


def restored(found: Hopped, text: str, masked: Masked) -> Hopped:
    """``found`` with the values of ``text``; only translations that hold all of them."""
    held = masked.held(masked.text)
    whole = [one for one in found.texts if masked.held(one) == held]
    if not whole:
        return Hopped((text,), tuple(dict.fromkeys((*found.flags, UNTRANSLATED))))
    with_values = [masked.restore(one) for one in whole]
    best, original = with_values[0], masked.original
    links = found.links if whole[0] == found.texts[0] else ()
    return replace(
        found,
        texts=tuple(dict.fromkeys(one.text for one in with_values)),
        links=tuple(dict.fromkeys((original.place(*source), best.place(*target)) for source, target in links)),
    )
