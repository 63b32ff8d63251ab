from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fusion import fuse

ORDER = {"a": 0, "b": 1, "c": 2, "d": 3}


def test_scores_are_those_worked_out_by_hand() -> None:
    fused = fuse([["a", "b", "c"], ["c", "a"]], 10, ORDER)
    assert fused == [
        ("a", pytest.approx(1 / 11 + 1 / 12)),
        ("c", pytest.approx(1 / 13 + 1 / 11)),
        ("b", pytest.approx(1 / 12)),
    ]


def test_a_weight_multiplies_a_ranking() -> None:
    assert fuse([["a", "b"], ["b", "a"]], 1, ORDER, [1.0, 3.0]) == [
        ("b", pytest.approx(1 / 3 + 3 / 2)),
        ("a", pytest.approx(1 / 2 + 3 / 3)),
    ]


def test_equals_stand_in_reading_order() -> None:
    assert [item for item, _ in fuse([["d", "b"], ["b", "d"]], 10, ORDER)] == ["b", "d"]


def test_no_ranking_gives_nothing() -> None:
    assert fuse([[], []], 10, ORDER) == []


@given(st.permutations(list(ORDER)), st.integers(1, 1000))
def test_one_ranking_keeps_its_order(ranking: list[str], constant: int) -> None:
    assert [item for item, _ in fuse([ranking], constant, ORDER)] == ranking
