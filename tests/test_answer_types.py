"""A text that is about the thing asked after answers only if it holds the kind of thing asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer_types import could_answer
from bot.question import Expects

NUMBER, TIME, PERSON, TITLE = Expects.NUMBER, Expects.TIME, Expects.PERSON, Expects.TITLE
SEQUEL = Expects.SEQUEL


@pytest.mark.parametrize(
    ("kind", "question", "text", "fits"),
    [
        (NUMBER, "How old do they get?", "about 58 years of age", True),
        (NUMBER, "How many years was it?", "for twenty years", True),
        (NUMBER, "How many people are in it?", "in the last 8 years, a support group", False),
        (NUMBER, "How many people are in it?", "a group of eight people", True),
        (NUMBER, "What was the vote count?", "in 1973 it was removed by vote", False),
        (NUMBER, "How many of them help?", "a far higher percentage of them", False),
        (NUMBER, "How many books is that?", "when one is noisy", False),
        (NUMBER, "How many, of the one from 60 years ago?", "first saw one 60 years ago", False),
        (NUMBER, "How much did the town spend?", "it carried 61,000 passengers", False),
        (NUMBER, "How much does he earn?", "£40,000 a year", True),
        (NUMBER, "How much does he earn?", "a salary of 40,000", True),
        (TIME, "How long did he report on it?", "for two decades", True),
        (TIME, "When did it begin?", "by the 1980s", True),
        (TIME, "In which month?", "one day in June", True),
        (TIME, "When was that?", "long ago", False),
        (TIME, "Which year is that figure for?", "a 75 billion dollar industry", False),
        (PERSON, "Who wrote it?", "the reporter Benedict Carey wrote", True),
        (PERSON, "Who wrote it?", "a retired psychiatrist, a user of it", False),
        (PERSON, "Who said it of Carey?", "said of Benedict Carey", False),
        (PERSON, "Who set it up?", "The best is EXPLAINING it", False),
        (PERSON, "Who told them?", "Once I told them", False),
        (PERSON, "Who told them?", "said so\n\nOnce I told them", False),
        (TITLE, "Which book is it?", "the book “Against Therapy: The Myth of Healing”", True),
        (TITLE, "In which book does it stand?", "“We cannot change anything unless we accept it”", False),
        (
            TITLE,
            "Which book is it?",
            "Bartletts “Normality Does Not Equal Mental Health’-an essential read",
            True,
        ),
        (TITLE, "Which book is it?", "“I don’t know what it’s called", False),
        (NUMBER, "How old was he when he died?", "he had Stage Three cancer and five kids", False),
        (NUMBER, "At what age do they die?", "he is five years old", True),
        (PERSON, "Who directed it?", "a video, courtesy Eternalized", False),
        (PERSON, "Who directed it?", "a video by Ada Lind", True),
        (PERSON, "Who founded it?", "the group that Ada Lind founded", True),
        (
            SEQUEL,
            "What did he do after he left Paris?",
            "was found to be a fraud, and run out of Paris",
            False,
        ),
        (SEQUEL, "What did he do after he left Paris?", "he left Paris and then taught in Spa", True),
        (NUMBER, "What share would fares pay back?", "Fares would pay back about a third", True),
        (NUMBER, "How often did she call?", "I called the police twice", True),
        (NUMBER, "How many lines are there?", "It has since added a third line", False),
        (TIME, "When does he start work?", "I start at half past three", True),
        (TIME, "When does the first bus leave?", "there was nothing until the 5.15", True),
        (TIME, "When do they clean?", "on Tuesdays", True),
        (TIME, "When do wounds heal?", "wounds heal when we are open", True),
        (TIME, "When did the wounds heal?", "wounds heal when we are open", False),
        (Expects.FACT, "What is it?", "anything at all", True),
    ],
)
def test_whether_a_text_holds_the_kind_of_thing_asked_for(
    kind: Expects, question: str, text: str, fits: bool
):
    assert could_answer(kind, text, question) is fits


@given(kind=st.sampled_from(Expects), text=st.text(max_size=200), question=st.text(max_size=100))
def test_no_text_is_too_odd_to_read(kind: Expects, text: str, question: str):
    assert could_answer(kind, text, question) in (True, False)
