"""Planted errors: each operator changes what it says it changes, the same way every time."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from bot.corpus import Collection
from bot.planting import KNOWN_BLIND, OPERATORS
from bot.positions import DebateMap
from bot.records import Statement
from bot.wording import words
from evals.planted import (
    false_alarms,
    map_statements,
    plant,
    sentence_statements,
)

IN_TEXT = (
    "uncited sentence added",
    "opinion added",
    "negation added",
    "negation dropped",
    "number changed",
    "name changed",
    "one word replaced",
    "reach widened",
    "two words swapped",
)
IN_EVIDENCE = ("citation swapped", "speaker and citation swapped", "quote stitched", "word cut from quote")


@pytest.fixture(scope="module")
def faithful(fines: Collection, fines_map: DebateMap) -> list[Statement]:
    return [*map_statements(fines_map, fines), *sentence_statements(fines)]


def test_no_faithful_statement_is_refused(faithful: list[Statement], fines: Collection) -> None:
    assert faithful and false_alarms(faithful, fines) == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_applies_somewhere_and_is_the_same_each_time(
    operator: str, faithful: list[Statement], fines: Collection
) -> None:
    once, again = (plant(operator, faithful, fines, seed=3) for _ in range(2))
    assert once == again
    assert once.planted > 0 or operator == "reach widened"


@pytest.mark.parametrize("operator", [operator for operator in OPERATORS if operator not in KNOWN_BLIND])
def test_every_planted_error_is_found(operator: str, faithful: list[Statement], fines: Collection) -> None:
    assert plant(operator, faithful, fines, seed=3).missed == ()


@pytest.mark.parametrize("operator", IN_TEXT)
def test_an_error_in_the_text_leaves_the_evidence_alone(
    operator: str, faithful: list[Statement], fines: Collection
) -> None:
    for number, statement in enumerate(faithful):
        wrong = OPERATORS[operator](statement, fines, Random(number))
        if wrong is not None:
            assert wrong.evidence == statement.evidence
            assert words(wrong.text) != words(statement.text)


@pytest.mark.parametrize("operator", IN_EVIDENCE)
def test_an_error_in_the_evidence_leaves_the_text_alone(
    operator: str, faithful: list[Statement], fines: Collection
) -> None:
    for number, statement in enumerate(faithful):
        wrong = OPERATORS[operator](statement, fines, Random(number))
        if wrong is not None:
            assert wrong.text == statement.text
            assert wrong.evidence != statement.evidence


def test_one_word_is_replaced_by_one(faithful: list[Statement], fines: Collection) -> None:
    for statement in faithful:
        wrong = OPERATORS["one word replaced"](statement, fines, Random(1))
        assert wrong is not None
        pairs = zip(words(wrong.text), words(statement.text), strict=True)
        assert sum(ours != theirs for ours, theirs in pairs) == 1


def test_a_quote_is_not_stitched_to_what_its_own_passage_says_too(
    faithful: list[Statement], fines: Collection
) -> None:
    statement = faithful[0]
    own = fines.by_id[statement.evidence[0].passage]
    echo = own.model_copy(update={"id": "C99", "text": own.text})
    twice = replace(fines, passages=(own, echo))
    assert OPERATORS["quote stitched"](statement, twice, Random(1)) is None
