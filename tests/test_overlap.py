"""Containment, and the words, signs and order that a statement adds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.overlap import (
    containment,
    foreign_signs,
    foreign_words,
    idf,
    mended,
    swapped_words,
    unframed,
    vocabulary,
)

TEXTS = (
    "Fines hurt poor families.",
    "Fines keep families away.",
    "The town measured its fines.",
    "Fiens help.",
)


def test_rare_words_weigh_more() -> None:
    weights = idf(TEXTS)
    assert weights["poor"] > weights["famili"] > 0


def test_containment_is_the_share_of_weight() -> None:
    weights = {"fine": 1.0, "hurt": 3.0}
    assert containment("fines hurt", "they hurt", weights) == pytest.approx(0.75)


def test_an_unknown_word_weighs_as_much_as_the_rarest() -> None:
    assert containment("fines sparkle", "fines", {"fine": 1.0, "hurt": 3.0}) == pytest.approx(0.25)


@given(st.text(max_size=100), st.text(max_size=100))
def test_containment_stays_within_bounds_and_is_whole_for_a_part(text: str, more: str) -> None:
    assert 0.0 <= containment(more, text, idf(TEXTS)) <= 1.0
    assert containment(text, f"{text} {more}", idf(TEXTS)) == 1.0


def test_foreign_words_are_named_in_order() -> None:
    assert foreign_words("sparkling fines hurt penguins", "a fine hurts") == ["sparkling", "penguins"]


@pytest.mark.parametrize(
    ("statement", "evidence", "signs"),
    [
        ("fines “hurt” – 100% – the poor’s…", "", []),
        ("fines <b>hurt", "fines hurt", ["<", ">"]),
        ("fines <b>hurt", "fines <b>hurt", []),
        ("fines\nhurt", "fines hurt", ["\n"]),
        ("fi\u200bnes", "fines", ["\u200b"]),
        ("[hurt](x)", "hurt", ["[", "]"]),
    ],
)
def test_foreign_signs(statement: str, evidence: str, signs: list[str]) -> None:
    assert foreign_signs(statement, evidence) == signs


@pytest.mark.parametrize(
    ("statement", "rest"),
    [("says that fines hurt", " fines hurt"), ("fines, he says that, hurt", "fines, he says that, hurt")],
)
def test_only_an_opening_word_of_saying_is_framing(statement: str, rest: str) -> None:
    assert unframed(statement) == rest


@pytest.mark.parametrize(
    ("statement", "rest"),
    [
        ("Commenter C2 says that fines hurt", " fines hurt"),
        ("Commenter C2, says that fines hurt", " fines hurt"),
        ("Commenter C2 hurt", "Commenter C2 hurt"),
        ("Commenter C2.1 says that fines hurt", "Commenter C2.1 says that fines hurt"),
    ],
)
def test_the_speaker_goes_only_with_a_word_of_saying(statement: str, rest: str) -> None:
    assert unframed(statement, "Commenter C2") == rest


@pytest.mark.parametrize(
    ("statement", "evidence", "swapped"),
    [
        ("the institution charges the society gladly", "the society charges the institution gladly", True),
        ("the society charges the institution gladly", "the society charges the institution gladly", False),
        ("the society is charged by the institution", "the institution charged the society", False),
        ("kindness is needed to heal", "to heal, kindness is needed by all", False),
        ("penguins charge the society", "the society charges the institution", False),
    ],
)
def test_swapped_words(statement: str, evidence: str, swapped: bool) -> None:
    assert (swapped_words(statement, evidence) is not None) is swapped


@pytest.mark.parametrize(
    ("evidence", "statement", "text"),
    [
        ("Fiens help.", "fines help", "fines help."),
        ("Poor town.", "penguins help", "Poor town."),
        ("Fiens help.", "fires help", "Fiens help."),
    ],
)
def test_only_a_rare_slip_for_a_known_word_is_mended(evidence: str, statement: str, text: str) -> None:
    assert mended(evidence, statement, idf(TEXTS)) == text


@pytest.mark.parametrize("slip", ["mesured", "measuured", "meaxured", "maesured"])
def test_one_letter_lost_added_changed_or_swapped_is_a_slip(slip: str) -> None:
    assert mended(f"They {slip} it.", "they measured it", idf((*TEXTS, slip))) == "They measured it."


def test_a_common_word_is_no_slip() -> None:
    weights = idf(("healed", "healed again", "heated"))
    assert mended("They healed it.", "they heated it", weights) == "They healed it."


def test_proper_words_are_those_only_written_with_a_capital() -> None:
    texts = ("We met Asher there.", "Asher's fines. Fines hurt, said Asher.", "In Spring or spring.")
    assert vocabulary("x", texts)[1] == frozenset({"asher"})
