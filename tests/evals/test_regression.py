"""The regression that trains the care screen's second net."""

from __future__ import annotations

import numpy as np
import pytest

from evals.regression import RIDGE, Table, regression


@pytest.fixture
def table() -> Table:
    generator = np.random.default_rng(7)
    sparse = [(generator.integers(0, 8, 3), generator.normal(size=3)) for _ in range(40)]
    return Table.build(sparse, 8, generator.normal(size=(40, 3)))


def _full(table: Table) -> np.ndarray:
    full = np.zeros((len(table.dense), table.buckets))
    np.add.at(full, (table.rows, table.places), table.values)
    return np.hstack([full, table.dense])


def test_a_table_multiplies_like_its_full_matrix(table: Table) -> None:
    weights, numbers = np.arange(11.0), np.arange(40.0)
    assert np.allclose(table.times(weights), _full(table) @ weights)
    assert np.allclose(table.back(numbers), _full(table).T @ numbers)


def test_some_rows_of_a_table_are_those_rows(table: Table) -> None:
    chosen = np.arange(40) % 3 == 0
    assert np.allclose(_full(table.only(chosen)), _full(table)[chosen])


def test_the_weights_lie_where_the_slope_is_flat(table: Table) -> None:
    said, weight = (np.arange(40) % 2).astype(float), np.linspace(0.5, 1.5, 40)
    found = regression(table, said, weight)
    chance = 1 / (1 + np.exp(-table.times(found)))
    slope = table.back(weight * (chance - said)) + RIDGE * found
    assert np.abs(slope).max() < 0.05
