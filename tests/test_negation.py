"""Negations that a statement turns round, and limits that it drops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.negation import dropped_limits, turned_negations

KEPT = [
    ("mania does not cause tension", "Mania does not cause tension."),
    ("mania doesn't cause tension", "Mania does not cause tension."),
    ("it is not an ethical out", "Not a valid ethical “out” for someone who understands."),
    ("condemnation oppresses", "Condemnation does not liberate, it oppresses."),
    ("psychiatry works", "I can’t deny that psychiatry works."),
    ("that some societies are insane is disagreed with", "I disagree that some societies are insane."),
    ("the blame is not only understandable, but right", "The blame is not only understandable, but right."),
    ("no one is warm all the time", "No one is receptive and warm all the time!"),
    ("it uncritically accepts", "rather than thinking critically, it uncritically accepts"),
    ("none of the psychiatrists, nor any of the psychologists, were healers",
     "none of the psychiatrists that I saw, nor any of the psychologists, were healers"),
    ("they may be ill", "whether or not they may be ill"),
    ("i think that it helps", "nobody can think so, but it helps"),
]  # fmt: skip

TURNED = [
    ("it helps anyone", "I do not think it helps anyone."),
    ("mania causes tension", "Mania does not cause tension."),
    ("mania does not cause relief", "Mania does cause relief, not tension."),
    ("bad science is science", "“Bad science” isn’t really science at all."),
    ("psychiatry does not work", "I can’t deny that psychiatry works."),
    ("some societies are insane", "I disagree that some societies are insane."),
    (
        "the blaming is not understandable",
        "The blaming is not only, to my mind, understandable, but justified.",
    ),
    ("study after study has provided evidence", "Study after study has failed to provide evidence."),
    ("it thinks critically", "rather than thinking critically, it uncritically accepts"),
    ("mutual, judgmental support", "mutual, non-judgmental support"),
    ("everyone is receptive and warm", "No one is receptive and warm all the time!"),
    ("healing can be scientifically measured", "healing cannot be quantified and scientifically measured"),
    ("most people dont rebel", "Most people rebel."),
    ("healing is possible, not", "Healing is possible."),
    ("psychologists do that and they never will", "Psychologists never do that and they never will."),
]


@pytest.mark.parametrize(("statement", "evidence"), KEPT)
def test_a_kept_negation_is_no_finding(statement: str, evidence: str) -> None:
    assert turned_negations(statement, evidence) == []


def test_a_turned_word_is_named_as_the_statement_writes_it() -> None:
    assert turned_negations("they agreed that fines help", "They never agreed that fines help.") == ["agreed"]


@pytest.mark.parametrize(("statement", "evidence"), TURNED)
def test_a_turned_negation_is_found(statement: str, evidence: str) -> None:
    assert turned_negations(statement, evidence)


@pytest.mark.parametrize(
    ("statement", "evidence", "dropped"),
    [
        ("healer is the wrong word", "Perhaps healer is the wrong word.", ["perhaps"]),
        ("perhaps healer is the wrong word", "Perhaps healer is the wrong word.", []),
        ("maybe healer is the wrong word", "Perhaps healer is the wrong word.", []),
        ("complaints are justified", "Most complaints are justified.", ["most"]),
        ("they enjoyed it", "I think some of them really enjoyed it.", ["some"]),
        ("some of them enjoyed it", "I think some of them really enjoyed it.", []),
        ("healing will occur", "If we create the conditions, healing will occur.", ["if"]),
        (
            "when we create the conditions, healing will occur",
            "If we create the conditions, healing will occur.",
            [],
        ),
        ("illness is a metaphor", "Illness is a metaphor, unless there is a lesion.", ["unless"]),
        ("no title is needed", "NO title is needed, EXCEPT for those seeking glory.", ["except"]),
        ("they fight to change it", "They fight to change it, even if it costs their jobs.", []),
        ("the council runs buses", "The council should run buses.", ["should"]),
        ("the council has to run buses", "The council should run buses.", []),
        ("titles are for glory", "Perhaps fines hurt; titles are for glory.", []),
        ("the term is grandiose, perhaps", "Perhaps the term seems grandiose.", ["seems"]),
    ],
)
def test_dropped_limits(statement: str, evidence: str, dropped: list[str]) -> None:
    assert dropped_limits(statement, evidence) == dropped


SUBJECTS = st.sampled_from(
    ["the article", "a healer", "psychiatry", "every fine", "our society", "the label"]
)
AUXILIARIES = st.sampled_from(["can", "does", "will", "must", "should", "may"])
VERBS = st.sampled_from(
    ["help readers", "hurt poor families", "measure healing", "frighten children", "work"]
)


@given(SUBJECTS, AUXILIARIES, VERBS, st.sampled_from(["not", "never"]))
def test_a_negator_added_to_one_clause_is_found(
    subject: str, auxiliary: str, verb: str, negator: str
) -> None:
    assert turned_negations(f"{subject} {auxiliary} {negator} {verb}", f"{subject} {auxiliary} {verb}.")


@given(SUBJECTS, AUXILIARIES, VERBS, st.sampled_from(["not", "never"]))
def test_a_negator_removed_from_one_clause_is_found(
    subject: str, auxiliary: str, verb: str, negator: str
) -> None:
    assert turned_negations(f"{subject} {auxiliary} {verb}", f"{subject} {auxiliary} {negator} {verb}.")


@given(st.text(max_size=200))
def test_a_text_never_turns_or_limits_itself(text: str) -> None:
    assert turned_negations(text, text) == []
    assert dropped_limits(text, text) == []
