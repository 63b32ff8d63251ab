"""What the embedded model puts into a draft, from scores and quotes that are given by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bot.editor import compose
from bot.notes import Notes

HURT, TEACH = "fines hurt poor families", "a fine teaches children to keep a promise"


def position(speaker: str, stance: str, quote: str, passage: str = "C1") -> dict[str, Any]:
    evidence = [{"passage": passage, "quote": quote}]
    return {"speaker": speaker, "stance": stance, "claim": quote, "evidence": evidence, "fit": 0.5}


def topic(
    score: float, *positions: dict[str, Any], id_: str = "drop-fines", joins: bool = False
) -> dict[str, Any]:
    return {
        "id": id_,
        "score": score,
        "proposition": "Fines go.",
        "joins": joins,
        "positions": list(positions),
    }


def fact(score: float, quote: str, passage: str = "A2") -> dict[str, Any]:
    return {
        "passage": passage,
        "quote": quote,
        "answer": "thing",
        "score": score,
        "asked_so": True,
        "disputed_by": [],
    }


BOTH = (position("Pilar", "for", HURT), position("Ivo", "against", TEACH, "C2"))


def told(
    question: str, *topics: dict[str, Any], facts: tuple[dict[str, Any], ...] = ()
) -> list[tuple[str, str]]:
    draft = compose(question, Notes(topics=topics, facts=facts))
    return [(statement.stance, statement.evidence[0].quote) for statement in draft.statements]


SIDES = [("for", HURT), ("against", TEACH)]


def test_beside_a_debate_the_fact_that_is_as_near_is_told():
    near = fact(0.6, "the library took in 900 last year")
    assert told("Should fines go?", topic(0.6, *BOTH), facts=(near,)) == [*SIDES, ("context", near["quote"])]


def test_a_fact_that_is_further_off_is_not_told():
    assert told("Should fines go?", topic(0.6, *BOTH), facts=(fact(0.5, "the library took in 900"),)) == SIDES


def test_a_fact_whose_words_are_shown_already_is_not_told_again():
    assert told("Should fines go?", topic(0.6, *BOTH), facts=(fact(0.6, f"I think {HURT}"),)) == SIDES


def test_context_rests_on_words_that_no_side_has_shown():
    around = position("Pilar", "context", f"I think that {HURT}")
    assert told("Should fines go?", topic(0.6, *BOTH, around)) == SIDES


def test_words_that_two_joined_topics_rest_on_are_shown_once():
    other = topic(0.6, position("Pilar", "for", HURT), id_="fairness", joins=True)
    assert told("Should fines go?", topic(0.6, *BOTH), other) == SIDES


def test_of_two_facts_one_within_the_other_the_nearer_is_told():
    facts = (fact(0.8, "in 1973"), fact(0.79, "it began in 1973, by a vote"), fact(0.78, "a vote was held"))
    assert [quote for _, quote in told("What began the change?", facts=facts)] == [
        "in 1973",
        "a vote was held",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "Who disagrees with the author?",
        "who here agrees?",
        "Which readers agree with that?",
        "Who defends fines?",
    ],
)
def test_who_takes_a_side_is_answered_by_sides_though_a_fact_is_nearer(question: str):
    found = told(question, topic(0.6, *BOTH), facts=(fact(0.9, "the library opened in May"),))
    assert found[:2] == SIDES


def test_who_did_a_thing_is_answered_by_the_fact():
    opened = fact(0.9, "Mara Quill opened the library")
    assert told("Who opened the library?", topic(0.6, *BOTH), facts=(opened,)) == [
        ("context", opened["quote"])
    ]


def test_what_is_nearer_to_things_elsewhere_than_to_the_text_is_off_the_subject():
    near = fact(0.4, "the library took in 900 last year")
    notes = Notes(facts=(near,), elsewhere=0.5)
    assert compose("How do I take a cake out of its tin?", notes).outcome == "off_topic"
    assert compose("How do I take it out?", notes.model_copy(update={"elsewhere": 0.2})).statements


def test_of_a_text_that_nobody_has_mapped_nothing_is_known_to_be_elsewhere():
    about = {"id": "C1", "speaker": "Pilar", "text": "A cake is baked here every winter."}
    other = {"id": "C2", "speaker": "Ivo", "text": "Nothing of the kind is done there."}
    assert compose("Who bakes a cake in winter?", Notes(passages=(about, other), elsewhere=0.8)).statements


def test_who_names_a_commenter_asks_about_the_text_whatever_else_is_near():
    near = fact(0.4, "the library took in 900 last year")
    notes = Notes(facts=(near,), elsewhere=0.9, speaker_named=True)
    assert compose("How much did Pilar say the library took?", notes).statements


def test_a_fact_that_nobody_asked_who_of_is_no_answer_to_who_where_that_is_known_to_be_open():
    stated = {**fact(0.6, "the library took in 900 last year"), "asked_so": False}
    notes = Notes(facts=(stated,), left_open=({"about": "who", "near": [], "score": 0.56},))
    assert compose("Who of them took it in?", notes).outcome == "not_in_collection"
    asked = notes.model_copy(update={"facts": ({**stated, "asked_so": True},)})
    assert compose("Who of them took it in?", asked).outcome == "answered"


def test_what_somebody_says_of_a_thing_is_looked_for_in_his_own_passages():
    def passage(id_: str, speaker: str, season: str = "winter") -> dict[str, Any]:
        return {"id": id_, "speaker": speaker, "text": f"Here {id_} speaks of {season} opening hours."}

    of_winter = (passage("C1", "Commenter C1"), passage("A1", "Ada Cole, the author"))
    notes = Notes(passages=(*of_winter, passage("C2", "Pilar", "summer"), passage("C3", "Ivo", "spring")))
    for question, found in (
        ("What does the author say about winter?", ["A1"]),
        ("What does Cole say about winter?", ["A1"]),
        ("What is said about winter?", ["C1", "A1"]),
    ):
        draft = compose(question, notes)
        assert [statement.evidence[0].passage for statement in draft.statements] == found
