import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import Expects, could_answer, expects, subject_asked_after


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people are in the group?", Expects.NUMBER),
        ("By how much does the risk rise?", Expects.NUMBER),
        ("What percentage of users get it?", Expects.NUMBER),
        ("When did SSRIs arrive?", Expects.TIME),
        ("In which year was it removed?", Expects.TIME),
        ("How long did Carey cover psychiatry?", Expects.TIME),
        ("Where does the support group meet?", Expects.PLACE),
        ("Where does a kind person turn to?", Expects.FACT),
        ("Which book is recommended?", Expects.TITLE),
        ("Who directed the video?", Expects.PERSON),
        ("What was the vote count?", Expects.NUMBER),
        ("what were the five kids' names", Expects.PERSON),
        ("What was the name of the hospital?", Expects.PERSON),
        ("Which medical school teaches it?", Expects.PLACE),
        ("Who said that?", Expects.FACT),
        ("What creates healing conditions?", Expects.FACT),
        ("why is it denied that everyone can heal", Expects.FACT),
        ("Should fines be dropped?", Expects.DEBATE),
        ("What do people here think of diagnosis?", Expects.DEBATE),
        ("Why does anyone disagree?", Expects.DEBATE),
        ("Isn't the author simply right?", Expects.DEBATE),
        ("healer or guru", Expects.DEBATE),
        ("", Expects.DEBATE),
    ],
)
def test_what_would_answer_a_question(question: str, kind: Expects):
    assert expects(question) is kind


@pytest.mark.parametrize(
    ("kind", "text", "fits"),
    [
        (Expects.NUMBER, "about 58 years of age", True),
        (Expects.NUMBER, "for twenty years", True),
        (Expects.NUMBER, "a far higher percentage of them", False),
        (Expects.TIME, "for two decades", True),
        (Expects.TIME, "long ago", False),
        (Expects.PERSON, "the reporter Benedict Carey wrote", True),
        (Expects.PERSON, "a retired psychiatrist, a user of it", False),
        (Expects.FACT, "anything at all", True),
    ],
)
def test_whether_a_text_holds_the_kind_of_thing_asked_for(kind: Expects, text: str, fits: bool):
    assert could_answer(kind, text) is fits


def test_a_number_that_the_question_gives_does_not_answer_how_many():
    assert not could_answer(
        Expects.NUMBER, "first saw one 60 years ago", "How many, of the one from 60 years ago?"
    )


def test_a_name_that_the_question_gives_does_not_answer_who():
    assert not could_answer(Expects.PERSON, "said of Carey", "Who said it of Carey?")


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Does anyone mention lithium?", "lithium"),
        ("what do they say about eating disorders", "eating disorders"),
        ("What is said here about prisons?", "prisons"),
        ("Is psilocybin mentioned as a treatment?", "psilocybin"),
        ("Does it come up?", None),
        ("Is electroshock barbaric?", None),
    ],
)
def test_what_a_question_asks_after(question: str, subject: str | None):
    assert subject_asked_after(question) == subject


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_read(text: str):
    expects(text)
