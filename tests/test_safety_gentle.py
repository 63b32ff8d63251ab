"""The gentle words that may stand before an answer or alone: sadness, grief, anger, and after a crisis."""

from __future__ import annotations

import pytest

from bot.safety import Concern, Screening, screen

AGGRIEVED = [
    "my psychiatrist ruined my life and I'm furious",
    "I lost twenty years to medication",
    "I grieve for the life I could have had",
    "they drugged me for decades. Is anyone here calling for prison?",
]

NOT_AGGRIEVED = [
    "which commenter says they destroyed her life",
    "who hates psychiatrists?",
    "what did the psychiatrists take from the patients?",
]


def test_after_a_crisis_the_debate_is_answered_with_a_word_that_help_is_there() -> None:
    assert screen("What does the author say about love?", ["I want to die"]).variant == "after"


@pytest.mark.parametrize("message", AGGRIEVED)
def test_anger_at_ones_own_treatment_is_acknowledged(message: str) -> None:
    found = screen(message)
    assert found.concern is Concern.NONE and found.variant == "aggrieved"


@pytest.mark.parametrize("message", NOT_AGGRIEVED)
def test_questions_about_anger_are_only_answered(message: str) -> None:
    assert screen(message).variant == ""


@pytest.mark.parametrize(
    "message",
    [
        "I've been crying every day since my mum died",
        "since my mother died I cry every night",
        "i miss my dad so much since he passed away",
    ],
)
def test_mourning_is_no_danger_to_anyone(message: str) -> None:
    found = screen(message)
    assert (found.concern, found.variant) == (Concern.NONE, "gentle")


@pytest.mark.parametrize(
    "message",
    [
        "since my mum died I don't want to live",
        "after my husband died I took all his pills",
        "since my son died I want to be with him",
    ],
)
def test_mourning_hides_no_danger(message: str) -> None:
    assert screen(message).concern is Concern.CRISIS


def test_someone_bereaved_is_answered_gently() -> None:
    assert screen("I lost my son to suicide. Does anyone here speak of that?") == Screening(
        concern=Concern.NONE, variant="gentle", wants_debate=True
    )


@pytest.mark.parametrize(
    ("message", "only_told"),
    [
        ("I feel so down today", True),
        ("My grandmother passed away last week, I miss her", True),
        ("I hate my job at the clinic, I feel so down today", True),
        ("I feel sad that nobody here defends psychiatry", False),
        ("I am so sad. What do people here say about grief?", False),
    ],
)
def test_sadness_gets_a_gentle_word_and_nothing_else_only_where_nothing_is_asked(
    message: str, only_told: bool
):
    found = screen(message)
    assert (found.concern, found.variant, found.only_told) == (Concern.NONE, "gentle", only_told)


@pytest.mark.parametrize("message", ["Is sadness an illness?", "Do you feel sad reading this?"])
def test_talk_of_sadness_is_answered_as_any_question(message: str):
    assert screen(message).variant == ""
