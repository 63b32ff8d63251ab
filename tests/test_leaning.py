"""What a follow-up leans on, what it wants, and how two readings of it are weighed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.leaning import (
    MISSING_LOSS,
    NEAR_GAIN,
    SHOWN_LOSS,
    FollowUp,
    Wants,
    follow_up,
    leans_back,
    placed,
    weighed,
)

BEFORE = [("Would you call a good therapist a healer?", "The author speaks of genuine healers.")]


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("and who disagrees?", Wants.DISAGREEMENT),
        ("who says that's wrong, and on what grounds", Wants.DISAGREEMENT),
        ("and who is less impressed", Wants.DISAGREEMENT),
        ("does anyone agree with that?", Wants.AGREEMENT),
        ("what do the replies say?", Wants.REPLIES),
        ("and the author himself?", Wants.AUTHOR),
        ("the second one, in full", Wants.IN_FULL),
        ("what did the third person say?", Wants.SAID),
        ("any others?", Wants.MORE),
        ("why?", None),
    ],
)
def test_what_a_follow_up_wants(question: str, wants: Wants | None):
    read = follow_up(question, BEFORE)
    assert read is not None
    assert read.wants is wants


@pytest.mark.parametrize(
    "question",
    [
        "Why do doctors prescribe drugs?",
        "So psychiatry is a hoax?",
        "Do the readers agree with the article?",
        "What made the author write this?",
        "Do the commenters agree with each other?",
    ],
)
def test_a_question_that_says_enough_leans_on_nothing(question: str):
    assert not leans_back(question)


TWICE = (
    "A proposition.\nAnn (C1, for): one\nBob (C2, for): two\nAnn (C3, for): three\nEve (C4, against): four"
)


@pytest.mark.parametrize(
    ("question", "passage"),
    [("what did the third person say?", "C4"), ("the third one, in full", "C3"), ("C2 in full", "C2")],
)
def test_persons_are_counted_once_and_statements_each(question: str, passage: str):
    read = follow_up(question, [("Any?", TWICE)])
    assert read and read.passages == (passage,)


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
def test_a_question_that_stands_alone_is_read_alone(question: str):
    read = follow_up(question, BEFORE)
    assert read is not None
    assert not read.leans
    assert read.readings == (question,)


def test_the_first_question_is_never_a_follow_up():
    assert follow_up("and who disagrees?", []) is None


def test_passages_named_in_one_line_can_be_counted_off():
    read = follow_up(
        "Why does the second one say so?", [("Any pity?", "Against: [C5] “no”. For: [C5.1] “yes”.")]
    )
    assert read is not None
    assert read.passages == ("C5.1",)


def test_a_follow_up_is_read_with_its_question_and_alone():
    read = follow_up("and their pets?", BEFORE)
    assert read is not None
    assert read.readings == (f"{BEFORE[0][0]} and their pets?", "and their pets?")


def test_a_follow_up_of_nothing_but_talk_is_not_read_alone():
    read = follow_up("and who agrees?", BEFORE)
    assert read is not None
    assert len(read.readings) == 1


def test_what_one_reading_alone_found_is_weighed_below_what_both_did():
    found = [[{"id": "a", "score": 0.6}, {"id": "b", "score": 0.5}], [{"id": "b", "score": 0.5}]]
    assert [(entry["id"], entry["score"]) for entry in weighed(found, "id")] == [
        ("a", pytest.approx((0.6 + 0.5 - MISSING_LOSS) / 2)),
        ("b", pytest.approx(0.5)),
    ]


def test_no_reading_finds_nothing():
    assert weighed([], "id") == []


def test_of_two_entries_in_the_same_words_the_better_one_counts():
    found = [
        [{"quote": "same", "score": 0.8}, {"quote": "other", "score": 0.5}, {"quote": "same", "score": 0.3}]
    ]
    assert [(entry["quote"], entry["score"]) for entry in weighed(found, "quote")] == [
        ("same", 0.8),
        ("other", 0.5),
    ]


def test_a_fact_where_the_earlier_answer_stood_comes_first_unless_it_was_shown():
    follow = FollowUp(question="q", standalone="q", passages=("C1",), said="shown words")
    facts = [
        {"passage": "C2", "quote": "elsewhere", "score": 0.5},
        {"passage": "C1", "quote": "shown words", "score": 0.5},
        {"passage": "C1", "quote": "new words", "score": 0.5},
    ]
    assert [(fact["quote"], fact["score"]) for fact in placed(facts, follow)] == [
        ("new words", 0.5 + NEAR_GAIN),
        ("elsewhere", 0.5),
        ("shown words", 0.5 + NEAR_GAIN - SHOWN_LOSS),
    ]


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_lean(text: str):
    leans_back(text)
    follow_up(text, [(text, text)])


@pytest.mark.parametrize(
    ("question", "wants"),
    [
        ("What do the replies to C5.1 say?", Wants.REPLIES),
        ("Who replied to C5.1 and disagreed?", Wants.REPLIES),
        ("Who disagrees with C5.1?", Wants.REPLIES),
        ("Does anyone here disagree with Commenter C5.1?", Wants.REPLIES),
        ("Did anybody respond to C5.1?", Wants.REPLIES),
        ("Who answered C5.1?", Wants.REPLIES),
        ("What does C5.1 say, and what do the replies say?", Wants.SAID_AND_REPLIES),
        ("What is the answer that C5.1 gives, what does it say?", Wants.SAID),
    ],
)
def test_what_is_asked_of_a_passage_by_its_name(question: str, wants: Wants):
    read = follow_up(question, [])
    assert read is not None
    assert (read.wants, read.passages) == (wants, ("C5.1",))


def test_whether_they_agree_with_each_other_on_that_does_lean():
    assert leans_back("Do the commenters agree with each other about that?")
