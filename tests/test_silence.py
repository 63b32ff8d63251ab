"""Whether a text is silent on a question that stands near to something it says."""

from __future__ import annotations

import pytest

from bot.notes import Notes
from bot.question import expects
from bot.silence import is_left_open

CANCER = "his Stage Three Kidney Cancer with mets to the aorta vein with five kids"
AGE = "the average life expectancy is about 58 years of age"


def near(quote: str, score: float = 0.8) -> Notes:
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
def test_a_near_fact_must_hold_the_kind_of_thing_asked_for(question: str, quote: str, silent: bool):
    assert is_left_open(question, expects(question), near(quote)) is silent


def test_of_a_question_that_somebody_wrote_for_the_fact_it_need_not_be_seen():
    question = "How old was the husband when he died?"
    assert not is_left_open(question, expects(question), near(CANCER, 0.9))


@pytest.mark.parametrize(
    ("question", "unknown", "silent"),
    [
        ("Do cyclists want night buses?", ("cyclist",), True),
        ("Would most of the cyclists support it?", ("cyclist",), True),
        ("Do bakers want night buses?", (), False),
        ("Do jolts to the skull help?", ("jolt",), False),
        ("Do bakers want velocipedes?", ("velociped",), False),
    ],
)
def test_what_people_want_of_whom_nobody_speaks_is_not_told(
    question: str, unknown: tuple[str, ...], silent: bool
):
    notes = Notes(topics=({"score": 0.9},), unknown_words=unknown)
    assert is_left_open(question, expects(question), notes) is silent


@pytest.mark.parametrize(
    ("question", "unknown", "silent"),
    [
        ("What did Szasz say about lithium?", ("lithium",), True),
        ("What did Szasz say about psychiatry?", (), False),
        ("What did Szasz say about psychiatry and lithium?", ("lithium",), False),
    ],
)
def test_what_is_said_about_something_unheard_of_is_not_told(
    question: str, unknown: tuple[str, ...], silent: bool
):
    notes = near("psychiatry is a science of lies").model_copy(update={"unknown_words": unknown})
    assert is_left_open(question, expects(question), notes) is silent


def test_what_is_known_to_be_left_open_counts_where_it_is_plainly_nearer():
    question = "What was wrong with the husband?"
    notes = near(CANCER).model_copy(update={"left_open": ({"score": 0.85},)})
    assert is_left_open(question, expects(question), notes)
    assert not is_left_open(
        question, expects(question), notes.model_copy(update={"left_open": ({"score": 0.81},)})
    )
