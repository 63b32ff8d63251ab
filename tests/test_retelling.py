"""Retelling: another person's words in the first person, and nobody made up."""

from __future__ import annotations

import pytest

from bot.phrases import rulebook
from bot.retelling import retold, spoken


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("my brother says he will kill himself", "i say i will kill myself"),
        ("my 14 year old son wants to die", "i want to die"),
        ("a friend told me she is sad", "i told me i am sad"),
        ("she has a plan", "i have a plan"),
    ],
)
def test_another_person_is_put_into_the_first(said: str, told: str) -> None:
    assert retold(said, rulebook()) == told


@pytest.mark.parametrize("said", ["does the author say he wants to die", "i want to die"])
def test_nobody_near_the_visitor_is_retold(said: str) -> None:
    assert retold(said, rulebook()) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("want to die", "i want to die"),
        ("feeling low", "i am feeling low"),
        ("who wants to die", "who wants to die"),
    ],
)
def test_a_dropped_subject_is_put_back(said: str, told: str) -> None:
    assert spoken(said, rulebook()) == told
