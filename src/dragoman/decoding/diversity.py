"""Diverse beams: parts of a beam that look for different hypotheses. Knows neither models nor text.

The beam is cut into groups. At each step the groups choose one after another, and an id costs the ``strength`` for each
time that an earlier group of the same source has just chosen it. What a hypothesis is ranked by in the end is the
model's own sum, without these costs.

Vijayakumar et al. 2018, "Diverse Beam Search for Improved Description of Complex Scenes", with Hamming diversity.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dragoman.decoding.choosing import Beam, Choice, likeliest


class ChooseDiversely:
    """Choices of groups, one after another.

    Args:
        groups: of each source.
        strength: what an id costs, in nats, for each time it was chosen before at the same step.
    """

    def __init__(self, groups: int, strength: float) -> None:
        self._groups = groups
        self._strength = strength

    def __call__(
        self,
        beams: Sequence[Beam],
        scores: Float[Tensor, "B W"],
        log_probs: Float[Tensor, "N V"],
        prefix: Int[Tensor, "N T"],
    ) -> Choice:
        """The choice of every group; a group that is done has no more say."""
        width = scores.size(1)
        costs = torch.zeros((max(beam.source for beam in beams) + 1, log_probs.size(1)), device=scores.device)
        by_beam = log_probs.view(len(beams), width, -1)
        parts: list[tuple[Tensor, Choice]] = []
        for group in range(self._groups):
            places = [place for place, beam in enumerate(beams) if beam.group == group]
            if not places:
                continue
            here = torch.tensor(places, device=scores.device)
            sources = torch.tensor([beams[place].source for place in places], device=scores.device)
            costly = by_beam[here] - costs[sources][:, None]
            chosen = likeliest(scores[here], costly.flatten(0, 1))
            going = chosen.ids.gather(1, chosen.going)
            paid = costs[sources].gather(1, chosen.ids)
            alive = torch.isfinite(chosen.totals.gather(1, chosen.going)).to(costs.dtype)
            costs.index_put_((sources[:, None].expand_as(going), going), self._strength * alive, accumulate=True)
            parts.append((here, Choice(chosen.totals + paid, chosen.parents, chosen.ids, chosen.going)))
        order = torch.cat([here for here, _ in parts]).argsort()
        totals, parents, ids, going = (
            torch.cat([getattr(choice, name) for _, choice in parts])[order]
            for name in ("totals", "parents", "ids", "going")
        )
        return Choice(totals, parents, ids, going)
