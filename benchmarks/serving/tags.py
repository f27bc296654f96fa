"""How tags survive a translation: the structure of every segment, and the words that tags stand around.

Two files of segments with inline XML tags, line by line, the second one the reference. Three questions:

1. structure: is every tag there once, inside the same tags as before? Asked of what the service says with a model.
2. words: do tags stand around the words they stand around in the reference? The share of the words in the k-th tag of a
   name that both have (F1 of the bags of words), of the same answers; a weak model has few words of the reference.
3. placing alone: the reference without its tags is taken for the translation, so that no model's words matter, and tags
   are put into it without any alignment. The share of tags around exactly the words of the reference, and F1.

    python benchmarks/serving/tags.py model/ segments.en segments.de
"""

import argparse
import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dragoman.server.ask import Ask
from dragoman.server.fleet import Fleet
from dragoman.server.gate import Credentials
from dragoman.server.models import open_model
from dragoman.server.service import Service, ServiceLimits
from dragoman.server.texts.hops import Hopped, travel
from dragoman.server.texts.marked import put_together, read
from dragoman.text.language import rank_languages
from dragoman.text.words import split_words

TAG = re.compile(r"<(/?)([^\s<>/]+)[^<>]*?(/?)>")


def structure(text: str) -> Counter[tuple[str, ...]]:
    """Each tag with those it stands in, as often as it stands there."""
    inside: list[str] = []
    found: Counter[tuple[str, ...]] = Counter()
    for closing, name, empty in TAG.findall(text):
        if closing:
            if not inside or inside.pop() != name:
                return Counter({("not nested",): 1})
            continue
        found[(*inside, name)] += 1
        if not empty:
            inside.append(name)
    return found if not inside else Counter({("not closed",): 1})


def contents(text: str) -> Iterator[tuple[tuple[str, int], Counter[str]]]:
    """The words in each pair of tags, by name and number."""
    waiting: list[tuple[tuple[str, int], int]] = []
    seen: Counter[str] = Counter()
    for tag in TAG.finditer(text):
        closing, name, empty = tag.groups()
        if closing and waiting:
            key, start = waiting.pop()
            yield key, Counter(split_words(TAG.sub(" ", text[start : tag.start()]).casefold()))
        elif not closing and not empty:
            waiting.append(((name, seen[name]), tag.end()))
            seen[name] += 1


def agreement(said: str, reference: str) -> list[float]:
    """F1 of the words in each pair of tags that both texts have."""
    there = dict(contents(reference))
    scores = []
    for key, words in contents(said):
        if key in there and (total := words.total() + there[key].total()):
            scores.append(2 * (words & there[key]).total() / total)
    return scores


async def answers(service: Service, texts: list[str]) -> tuple[list[str], list[str]]:
    """What the service says, and what it would say if no model told which word became which."""
    asks = [Ask((text,), *_languages(service), format="xml") for text in texts]
    found = await asyncio.gather(*(service.answer(ask, Credentials()) for ask in asks))
    unaligned = []
    for ask in asks:
        markup = read(ask.texts[0], ask)
        hops = service.fleet.way(str(ask.source), ask.target)
        assert markup is not None
        said = [await travel(unit.plain, hops, _wish(unit.marks)) for unit in markup.units]
        unaligned.append(put_together(markup, [Hopped(one.texts) for one in said]).texts[0])
    return [one.translations[0].text for one in found], unaligned


def _languages(service: Service) -> tuple[str, str]:
    [(source, target)] = service.fleet.directions
    return target, source


def _wish(marks: object):
    from dragoman.server.speaker import Wish

    return Wish(alignments=bool(marks))


def placed(source: str, reference: str) -> str | None:
    """The reference's words with the tags of the source; None where the source is not one unit."""
    markup = read(source, Ask((source,), "de", format="xml"))
    assert markup is not None
    plain = read(reference, Ask((reference,), "de", format="xml"))
    assert plain is not None
    if len(markup.units) != 1 or len(plain.units) != 1:
        return None
    return put_together(markup, [Hopped((plain.units[0].plain,))]).texts[0]


def report(name: str, scores: list[float]) -> None:
    """One line."""
    exact = sum(score == 1 for score in scores) / len(scores)
    print(f"{name}: {len(scores)} tags, {exact:.1%} around the same words, mean F1 {sum(scores) / len(scores):.3f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("reference", type=Path)
    options = parser.parse_args()
    lines = zip(*(path.read_text("utf-8").splitlines() for path in (options.source, options.reference)), strict=True)
    pairs = [(source, reference) for source, reference in lines if TAG.search(source)]
    fleet = Fleet(open_model)
    fleet.add_speaker(open_model(options.model, threads=1))
    service = Service(fleet, rank_languages, ServiceLimits(max_seconds=3600))
    sources, references = [source for source, _ in pairs], [reference for _, reference in pairs]
    aligned, unaligned = asyncio.run(answers(service, sources))
    for name, said in (("with alignment", aligned), ("without", unaligned)):
        same = sum(structure(one) == structure(source) for one, source in zip(said, sources, strict=True))
        print(f"{name}: structure exact in {same} of {len(pairs)} segments with tags")
        report(f"{name}, words", [x for pair in zip(said, references, strict=True) for x in agreement(*pair)])
    comparable = [pair for pair in pairs if structure(pair[0]) == structure(pair[1])]
    alone = [(placed(*pair), pair[1]) for pair in comparable]
    report("placing alone", [x for said, reference in alone if said for x in agreement(said, reference)])


if __name__ == "__main__":
    main()
