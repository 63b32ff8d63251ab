"""Errors planted into whole answers: the faithful ones are clean, and each planted one is found."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.records import Answer
from bot.settings import Settings
from evals.bench import Bench, quiet_bench
from evals.cases import find_suites
from evals.planted_answers import OPERATORS, answered_anyway, faithful_answers, plant_answers, refused


@pytest.fixture(scope="module")
def quiet(night_settings: Settings) -> Bench:
    return quiet_bench(night_settings)


@pytest.fixture(scope="module")
def faithful(quiet: Bench) -> list[Answer]:
    return faithful_answers(quiet, seed=2)


def test_no_faithful_answer_is_refused(quiet: Bench, faithful: Sequence[Answer]):
    assert faithful and refused(faithful, quiet) == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_planted_error_is_found(quiet: Bench, faithful: Sequence[Answer], operator: str):
    tally = plant_answers(operator, faithful, quiet, seed=2)
    assert tally.planted and tally.missed == ()
    assert plant_answers(operator, faithful, quiet, seed=2) == tally


def test_an_answer_to_the_unanswerable_is_found(quiet: Bench):
    tally = answered_anyway(find_suites(["night-buses"]), quiet, seed=2)
    assert tally.planted == 18 and tally.missed == ()


def test_a_blind_check_lets_them_through(
    quiet: Bench, faithful: Sequence[Answer], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("evals.planted_answers.check", lambda *_: ())
    assert plant_answers("side dropped", faithful, quiet, seed=2).found == 0
