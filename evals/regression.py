"""Ridge logistic regression over sparse and dense columns together, by L-BFGS in numpy."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RIDGE = 3.0
_STEPS = 60
_MEMORY = 10
_CLOSE_ENOUGH = 0.05
_SUFFICIENT = 1e-4

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Rows of features: `places` and `values` of the sparse ones, row after row, and the `dense` columns."""

    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    values: Row
    buckets: int
    dense: Row

    @classmethod
    def build(cls, sparse: Sequence[tuple[NDArray[np.int64], Row]], buckets: int, dense: Row) -> Table:
        """The table whose row i has the sparse features `sparse[i]` and the dense ones `dense[i]`."""
        rows = np.repeat(np.arange(len(sparse)), [len(places) for places, _ in sparse])
        return cls(
            rows,
            np.concatenate([p for p, _ in sparse]),
            np.concatenate([v for _, v in sparse]),
            buckets,
            dense,
        )

    def only(self, chosen: NDArray[np.bool_]) -> Table:
        """The table of the rows marked in `chosen`."""
        kept, place = chosen[self.rows], np.cumsum(chosen) - 1
        rows = place[self.rows[kept]]
        return Table(rows, self.places[kept], self.values[kept], self.buckets, self.dense[chosen])

    def times(self, weights: Row) -> Row:
        """The weighted sum of each row."""
        lexical = self.values * weights[self.places]
        return np.bincount(self.rows, lexical, len(self.dense)) + self.dense @ weights[self.buckets :]

    def back(self, of_rows: Row) -> Row:
        """The sum over the rows, each times its number in `of_rows`."""
        lexical = np.bincount(self.places, self.values * of_rows[self.rows], self.buckets)
        return np.concatenate([lexical, self.dense.T @ of_rows])


def regression(table: Table, said: Row, weight: Row) -> Row:
    """The weights, sparse ones first, that tell rows where `said` is 1 from those where it is 0."""

    def loss(weights: Row) -> tuple[float, Row]:
        logit = table.times(weights)
        chance = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
        cost = weight @ (np.logaddexp(0, logit) - said * logit) + RIDGE / 2 * weights @ weights
        return float(cost), table.back(weight * (chance - said)) + RIDGE * weights

    at = np.zeros(table.buckets + table.dense.shape[1])
    cost, slope = loss(at)
    past: deque[tuple[Row, Row]] = deque(maxlen=_MEMORY)
    for _ in range(_STEPS):
        if np.abs(slope).max() < _CLOSE_ENOUGH:
            break
        way = _direction(slope, past)
        stride = 1.0 if past else 1 / max(1.0, float(np.abs(slope).sum()))
        while True:
            step = stride * way
            next_cost, next_slope = loss(at + step)
            if next_cost <= cost + _SUFFICIENT * float(slope @ step) or stride < 1e-10:
                break
            stride /= 2
        past.append((step, next_slope - slope))
        at, cost, slope = at + step, next_cost, next_slope
    return at


def _direction(slope: Row, past: deque[tuple[Row, Row]]) -> Row:
    """Down the slope, bent by what the last steps taught of its curve."""
    way, kept = -slope, []
    for step, bend in reversed(past):
        share = (step @ way) / (step @ bend)
        way = way - share * bend
        kept.append(share)
    if past:
        step, bend = past[-1]
        way = way * ((step @ bend) / (bend @ bend))
    for (step, bend), share in zip(past, reversed(kept), strict=True):
        way = way + (share - (bend @ way) / (step @ bend)) * step
    return way
