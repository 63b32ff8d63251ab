import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import Expects, expects, form_of, subject_asked_after


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
        ("Where is the author from?", Expects.PLACE),
        ("Where did the support group come from?", Expects.FACT),
        ("Which drug company made it?", Expects.PERSON),
        ("What did Mesmer do after he left Paris?", Expects.SEQUEL),
        ("What happened to the group afterwards?", Expects.SEQUEL),
        ("What happened to Mesmer?", Expects.FACT),
        ("What did he say after that?", Expects.FACT),
        ("Whose words does she repeat?", Expects.FACT),
        ("In what state do wounds heal?", Expects.FACT),
        ("Which state is she from?", Expects.PLACE),
        ("Which book is recommended?", Expects.TITLE),
        ("Who directed the video?", Expects.PERSON),
        ("What was the vote count?", Expects.NUMBER),
        ("what were the five kids' names", Expects.PERSON),
        ("What was the name of the hospital?", Expects.PERSON),
        ("Which medical school teaches it?", Expects.PLACE),
        ("Which of Jung's books is it from?", Expects.TITLE),
        ("Under what headline did he write?", Expects.TITLE),
        ("Which member proposed it?", Expects.PERSON),
        ("Which sect does she mention by name?", Expects.PERSON),
        ("how accurate is it in numbers", Expects.NUMBER),
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
    ("question", "form"),
    [
        ("When was it?", "when"),
        ("In what year was it?", "when"),
        ("How long did it last?", "how long"),
        ("How many were there?", "how many"),
        ("Why so?", "why"),
        ("In which town?", "where"),
        ("Who's that?", "who"),
        ("How does it work?", "how"),
        ("Which drug did she take?", "which of a kind"),
        ("What happened to him?", "what"),
        ("Was he punished?", "whether"),
        ("healer or guru", ""),
    ],
)
def test_the_form_in_which_a_question_asks(question: str, form: str):
    assert form_of(question) == form


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
