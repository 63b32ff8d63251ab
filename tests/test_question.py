import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import Expects, Wants, could_answer, expects, follow_up, leans_back, subject_asked_after

BEFORE = [("Would you call a good therapist a healer?", "The author speaks of genuine healers.")]


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
        ("Which book is recommended?", Expects.TITLE),
        ("Who directed the video?", Expects.PERSON),
        ("What was the vote count?", Expects.NUMBER),
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
    ("question", "wants"),
    [
        ("and who disagrees?", Wants.DISAGREEMENT),
        ("does anyone agree with that?", Wants.AGREEMENT),
        ("what do the replies say?", Wants.REPLIES),
        ("and the author himself?", Wants.AUTHOR),
        ("the second one, in full", Wants.IN_FULL),
        ("any others?", Wants.MORE),
        ("why?", None),
    ],
)
def test_what_a_follow_up_wants(question: str, wants: Wants | None):
    read = follow_up(question, BEFORE)
    assert read is not None
    assert read.wants is wants


GIST = "A proposition.\nCommenter C5.1 (C5.1, for): one thing\nBirdsong (C11, against): another"


@pytest.mark.parametrize(
    ("question", "answer", "passages"),
    [
        ("the second one", GIST, ("C11",)),
        ("and the last?", GIST, ("C11",)),
        ("the first, please", GIST, ("C5.1",)),
        ("the fourth one?", GIST, ("C5.1", "C11")),
        ("why?", GIST, ("C5.1", "C11")),
        ("why?", "No ids here.", ()),
    ],
)
def test_which_passages_a_follow_up_means(question: str, answer: str, passages: tuple[str, ...]):
    read = follow_up(question, [("Is it so?", answer)])
    assert read is not None
    assert read.passages == passages


def test_an_ordinal_counts_clauses_where_the_answer_gives_no_ids():
    read = follow_up(
        "the second one, in full", [("Any objections?", "One finds it grandiose; another asks why.")]
    )
    assert read is not None
    assert read.standalone.strip().startswith("another asks why")


def test_a_follow_up_carries_the_question_before_it():
    read = follow_up("and who disagrees?", BEFORE)
    assert read is not None
    assert "good therapist a healer" in read.standalone


def test_a_follow_up_of_a_follow_up_carries_the_first_question():
    read = follow_up("why?", [*BEFORE, ("and who disagrees?", "Several commenters.")])
    assert read is not None
    assert "good therapist a healer" in read.standalone


@pytest.mark.parametrize(
    "question",
    ["Is electroshock barbaric?", "What does the author say about antidepressants and withdrawal symptoms?"],
)
def test_a_question_that_stands_alone_is_no_follow_up(question: str):
    assert follow_up(question, BEFORE) is None


def test_the_first_question_is_never_a_follow_up():
    assert follow_up("and who disagrees?", []) is None


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
    leans_back(text)
    follow_up(text, [(text, text)])
