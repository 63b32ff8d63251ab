"""The clustered bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.bootstrap import LEAST_CLUSTERS, difference, estimate

SHARES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 5)).map(lambda p: (min(p), p[1])),
    min_size=LEAST_CLUSTERS,
    max_size=30,
)


@given(SHARES)
@settings(max_examples=40, deadline=None)
def test_the_value_lies_in_its_interval_and_the_interval_between_0_and_1(rows: list[tuple[int, int]]):
    hits, of = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    made = estimate(hits, of)
    assert made.value == pytest.approx(hits.sum() / of.sum())
    assert made.low is not None and made.high is not None
    assert 0 <= made.low <= made.high <= 1


def test_nothing_to_count_is_not_zero():
    assert estimate(np.zeros(3), np.zeros(3)).value is None


def test_one_question_has_no_interval():
    made = estimate(np.array([1.0]), np.array([1.0]))
    assert (made.value, made.low, made.high) == (1.0, None, None)


def test_a_few_questions_that_differ_have_no_interval_either():
    few = np.array([1.0] * (LEAST_CLUSTERS - 2) + [0.0])
    assert (estimate(few, np.ones_like(few)).low, difference((few, few + 1), (few, few + 1)).low) == (
        None,
        None,
    )


def test_a_perfect_score_of_few_questions_is_not_certain():
    made = estimate(np.ones(10), np.ones(10))
    assert made.high == 1 and made.low == pytest.approx(0.025**0.1)


def test_paraphrases_of_a_question_do_not_narrow_the_interval():
    hits, of = np.array([1.0, 0, 1, 1, 0, 1]), np.ones(6)
    once, fourfold = estimate(hits, of), estimate(4 * hits, 4 * of)
    assert (once.low, once.high) == (fourfold.low, fourfold.high)


def test_the_same_seed_gives_the_same_interval():
    hits, of = np.array([1.0, 0, 1, 1, 0, 1, 0, 0]), np.ones(8)
    assert estimate(hits, of, seed=3) == estimate(hits, of, seed=3)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        hits = random.binomial(3, 0.7, size=40).astype(float)
        made = estimate(hits, np.full(40, 3.0), resamples=400)
        assert made.low is not None and made.high is not None
        covered += made.low <= 0.7 <= made.high
    assert covered >= 180


def test_a_run_does_not_differ_from_itself():
    run = (np.array([1.0, 0, 1, 1, 0]), np.ones(5))
    made = difference(run, run)
    assert (made.value, made.low, made.high) == (0, 0, 0)


def test_a_paired_difference_is_surer_than_two_intervals():
    before = np.array([1.0, 0] * 10)
    after = before.copy()
    after[1:9:2] = 1
    made = difference((before, np.ones(20)), (after, np.ones(20)))
    assert made.value == pytest.approx(0.2)
    assert made.low is not None and made.low > 0


def test_questions_that_only_one_run_answers_are_left_out_of_a_difference():
    one = (np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    two = (np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    assert difference(one, two).value == 0
