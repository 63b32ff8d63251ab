"""Numbers, names and reach that a statement adds to its evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.details import content_stems, is_negator, new_names, new_numbers, new_reach


@pytest.mark.parametrize(
    ("statement", "evidence", "new"),
    [
        ("he waited 60 years", "I waited sixty years", []),
        ("fifty-eight of them", "58 of them", []),
        ("two hundred books", "200 books", []),
        ("three thousand two hundred books", "3,200 books", []),
        ("4,200 dollars", "4200 dollars", []),
        ("30% of them", "30 per cent of them", []),
        ("about 59 years", "about 58 years", ["59"]),
        ("fifty of them", "fifty-eight of them", ["50"]),
        ("30% of them", "30 of them", ["30%"]),
        ("in 1983", "in 1973", ["1983"]),
        ("seven of them", "some of them", ["7"]),
        ("at least one said so", "at least two said so", ["1"]),
        ("when one is noisy", "when someone is noisy", []),
        ("a charge of 1.5 dollars", "a charge of 15 dollars", ["1.5"]),
    ],
)
def test_new_numbers(statement: str, evidence: str, new: list[str]) -> None:
    assert new_numbers(statement, evidence) == new


@pytest.mark.parametrize(
    ("statement", "evidence", "proper", "new"),
    [
        ("the town of Elm Ferry dropped fines", "Elm Ferry dropped its fines", (), []),
        ("the town of Oak Ferry dropped fines", "Elm Ferry dropped its fines", (), ["Oak"]),
        ("Fines hurt", "They hurt", (), []),
        ("it hurts. Fines hurt", "They hurt", (), []),
        ("Sieff’s book is good", "Daniela Sieff wrote a good book", ("sieff",), []),
        ("jung’s book is good", "a good book", ("jung",), ["jung’s"]),
        ("what I’m told", "what you are told", (), []),
    ],
)
def test_new_names(statement: str, evidence: str, proper: tuple[str, ...], new: list[str]) -> None:
    assert new_names(statement, evidence, proper) == new


@pytest.mark.parametrize(
    ("statement", "evidence", "new"),
    [
        ("all fines hurt", "some fines hurt", ["all"]),
        ("every fine hurts", "all fines hurt", []),
        ("fines must go", "fines may go", ["must"]),
        ("fines should go", "fines ought to go", []),
        ("fines only hurt", "fines hurt", ["only"]),
        ("fines not only hurt", "fines hurt", ["not-only"]),
        ("fines only hurt", "fines not only hurt", ["only"]),
        ("not all fines hurt", "fines hurt", ["not-all"]),
        ("all fines hurt", "not all fines hurt", ["all"]),
        ("fines never hurt", "fines do not hurt", ["never"]),
        ("fines can’t hurt", "fines cannot hurt", []),
        ("they won't go", "they will not go", []),
        ("one can agree that fines hurt", "I agree that fines hurt", []),
        ("fines hurt before spring", "fines hurt after spring", ["before"]),
    ],
)
def test_new_reach(statement: str, evidence: str, new: list[str]) -> None:
    assert new_reach(statement, evidence) == new


@pytest.mark.parametrize("rule", [new_numbers, new_names, new_reach])
@given(text=st.text(max_size=80), more=st.text(max_size=40))
def test_nothing_is_new_in_a_text_that_holds_the_statement(rule, text: str, more: str) -> None:  # type: ignore[no-untyped-def]
    assert rule(text, f"{more} {text}") == []


@pytest.mark.parametrize(
    ("word", "negates"), [("not", True), ("don't", True), ("note", False), ("never", True)]
)
def test_is_negator(word: str, negates: bool) -> None:
    assert is_negator(word) is negates


def test_contractions_and_negators_carry_no_content() -> None:
    assert content_stems("they’re not healers, don’t you think it’s one’s own fear?") == [
        "healer",
        "think",
        "fear",
    ]
