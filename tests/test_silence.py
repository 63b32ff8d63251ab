"""Whether a text is silent on a question that stands near to something it says."""

from __future__ import annotations

import pytest

from bot.notes import Notes
from bot.question import expects
from bot.silence import is_left_open

CANCER = "his Stage Three Kidney Cancer with mets to the aorta vein with five kids"
AGE = "the average life expectancy is about 58 years of age"


def near(quote: str, score: float = 0.9) -> Notes:
    fact = {"quote": quote, "score": score, "asked_so": True}
    return Notes(facts=(fact,))


@pytest.mark.parametrize(
    ("question", "quote", "silent"),
    [
        ("How old was the husband when he died?", CANCER, True),
        ("How old do they get?", AGE, False),
        ("What was wrong with the husband?", CANCER, False),
    ],
)
def test_however_near_a_fact_must_hold_the_kind_of_thing_asked_for(question: str, quote: str, silent: bool):
    assert is_left_open(question, expects(question), near(quote)) is silent


def test_what_is_known_to_be_left_open_counts_where_it_is_plainly_nearer():
    question = "What was wrong with the husband?"
    notes = near(CANCER).model_copy(update={"left_open": ({"score": 0.95},)})
    assert is_left_open(question, expects(question), notes)
    assert not is_left_open(
        question, expects(question), notes.model_copy(update={"left_open": ({"score": 0.91},)})
    )
