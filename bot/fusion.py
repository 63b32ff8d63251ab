"""Reciprocal rank fusion: several rankings of the same things made into one.

Cormack, Clarke and Büttcher (2009): each ranking gives an item 1 / (constant + rank), rank from 1, and
nothing where it does not hold the item. Scores of different kinds never meet, only ranks do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def fuse(
    rankings: Sequence[Sequence[str]],
    constant: int,
    order: Mapping[str, int],
    weights: Sequence[float] | None = None,
) -> list[tuple[str, float]]:
    """Items with their fused score, best first; equal scores stand in `order` (item to place).

    `constant` is 1 or more: the larger, the less the first ranks count. `weights` has one factor
    for each ranking, all 1 where it is None.
    """
    scores: dict[str, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + weight / (constant + rank)
    return sorted(scores.items(), key=lambda scored: (-scored[1], order[scored[0]]))
