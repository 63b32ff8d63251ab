"""Intervals for shares over questions that come in groups: the clustered bootstrap.

A case, its paraphrases and its repetitions are one cluster; whole clusters are drawn with
replacement (Field and Welsh, 2007). The interval is the middle 95 % of the resampled ratios. Where
every cluster has the same extreme value, resampling knows no doubt; the exact binomial bound for
that many clusters (Clopper and Pearson, 1934) then stands in. So few clusters that resampling them would
look surer than it is have no interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RESAMPLES = 2000
TAIL = 0.025
LEAST_CLUSTERS = 5


@dataclass(frozen=True)
class Estimate:
    """A ratio and its 95 % interval; None where there was nothing to count, or too little to resample.

    `n` is how much was counted, `clusters` from how many questions.
    """

    value: float | None
    low: float | None
    high: float | None
    n: float
    clusters: int


def draws(clusters: int, seed: int, resamples: int = RESAMPLES) -> Array:
    """How often each cluster is drawn in each resample: shape (resamples, clusters)."""
    random = np.random.default_rng(seed)
    return random.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples).astype(float)


def estimate(
    hits: Array, of: Array, seed: int = 0, resamples: int = RESAMPLES, share: bool = True
) -> Estimate:
    """The ratio of two sums over clusters, with its interval. `share`: values lie between 0 and 1."""
    counted = of > 0
    hits, of = hits[counted], of[counted]
    n, clusters = float(of.sum()), int(counted.sum())
    if not clusters:
        return Estimate(None, None, None, 0, 0)
    value = float(hits.sum() / n)
    extreme = share and value in (0.0, 1.0)
    if clusters < (2 if extreme else LEAST_CLUSTERS):
        return Estimate(value, None, None, n, clusters)
    low, high = _percentiles(hits, of, seed, resamples)
    if extreme and low == high:
        bound = TAIL ** (1 / clusters)
        low, high = (bound, 1.0) if value else (0.0, 1 - bound)
    return Estimate(value, low, high, n, clusters)


def difference(
    first: tuple[Array, Array], second: tuple[Array, Array], seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """The second ratio less the first over the same clusters, which are drawn together (a paired test)."""
    (hits_a, of_a), (hits_b, of_b) = first, second
    counted = (of_a > 0) & (of_b > 0)
    hits_a, of_a, hits_b, of_b = hits_a[counted], of_a[counted], hits_b[counted], of_b[counted]
    clusters = int(counted.sum())
    if not clusters:
        return Estimate(None, None, None, 0, 0)
    value = float(hits_b.sum() / of_b.sum() - hits_a.sum() / of_a.sum())
    if clusters < LEAST_CLUSTERS:
        return Estimate(value, None, None, float(of_b.sum()), clusters)
    drawn = draws(clusters, seed, resamples)
    changes = (drawn @ hits_b) / (drawn @ of_b) - (drawn @ hits_a) / (drawn @ of_a)
    low, high = np.quantile(changes, (TAIL, 1 - TAIL))
    return Estimate(value, float(low), float(high), float(of_b.sum()), clusters)


def _percentiles(hits: Array, of: Array, seed: int, resamples: int) -> tuple[float, float]:
    drawn = draws(len(hits), seed, resamples)
    low, high = np.quantile((drawn @ hits) / (drawn @ of), (TAIL, 1 - TAIL))
    return float(low), float(high)
