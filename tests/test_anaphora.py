"""What points back to an earlier question, and what only looks as if it did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.anaphora import points_back


@pytest.mark.parametrize(
    "question",
    [
        "does anyone agree with him?",
        "what do they say to that?",
        "Do the patients like it?",
        "how big is it, and who's on the list?",
        "what did help her then",
        "who says that's wrong",
        "Could that go wrong?",
        "Is that true?",
        "Who says the opposite?",
        "does that woman write again?",
        "whats his reason",
        "did the same person write more",
        "who else works there?",
    ],
)
def test_what_points_back(question: str):
    assert points_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "Should doctors be vulnerable with their patients?",
        "What did Mesmer do after he left Paris?",
        "Do therapists hold more power than they admit?",
        "Is it dangerous when a therapist sees a healer in the mirror?",
        "is it time to move beyond anger",
        "Is there anyone who was helped by a psychiatrist?",
        "What made the author write this?",
        "Is this article right about drugs?",
        "Is there hope that professionals will change their field?",
        "Society is insane, isn't it?",
        "Does psychiatry do the opposite of healing?",
        "Is healing a gift that only some people have?",
        "Would another culture call mania normal?",
        "",
    ],
)
def test_what_stands_by_itself(question: str):
    assert not points_back(question)


@given(st.text(max_size=200))
def test_no_question_is_too_odd_to_read(question: str):
    assert points_back(question) in (True, False)
