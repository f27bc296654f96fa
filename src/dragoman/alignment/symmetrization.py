"""From two one-way alignments to one: each is sure of other things. Knows places, no words.

One way, each target word has one source word at most; the other way, each source word has one target word. What
both say is nearly always right, but misses much; what either says is the other way round. ``grow-diag-final-and``
begins with the first, takes in neighbours from the second, and ends with words that have nothing yet (Koehn et al.
2005, "Edinburgh system description", after Och and Ney 2003).
"""

from typing import Literal

Link = tuple[int, int]
"""The place of a source word and the place of a target word, both from 0."""
Symmetrization = Literal["grow-diag-final-and", "intersection", "union"]

_NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def symmetrize(forward: set[Link], backward: set[Link], how: Symmetrization = "grow-diag-final-and") -> list[Link]:
    """One alignment from two, in order of the source."""
    if how == "intersection":
        return sorted(forward & backward)
    if how == "union":
        return sorted(forward | backward)
    links = forward & backward
    _grow(links, forward | backward)
    sources, targets = {source for source, _ in links}, {target for _, target in links}
    for direction in (forward, backward):
        for source, target in sorted(direction):
            if source not in sources and target not in targets:
                links.add((source, target))
                sources.add(source)
                targets.add(target)
    return sorted(links)


def _grow(links: set[Link], union: set[Link]) -> None:
    """Take neighbours of links from ``union`` while they link a word that has no link yet."""
    sources, targets = {source for source, _ in links}, {target for _, target in links}
    waiting = sorted(links)
    while waiting:
        source, target = waiting.pop(0)
        for down, right in _NEIGHBOURS:
            near = (source + down, target + right)
            if near in union and near not in links and (near[0] not in sources or near[1] not in targets):
                links.add(near)
                sources.add(near[0])
                targets.add(near[1])
                waiting.append(near)
