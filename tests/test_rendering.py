from __future__ import annotations

from typing import Any

import pytest

from bot.records import Answer, Evidence, Near, Outcome, Provenance, Stance, Statement
from bot.rendering import footer, gist, people, plain_text, says_itself, statement_text

MADE = Provenance(
    model="m", collection="c", collection_hash="", index_hash="", settings_hash="", prompts_hash=""
)


def statement(
    stance: Stance, text: str, quote: str, passage: str = "C2", owner: str | None = None
) -> Statement:
    evidence = Evidence(passage=passage, quote=quote, end=len(quote), owner=owner)
    return Statement(stance=stance, voice="v", speaker="Pilar", text=text, evidence=(evidence,))


PRO = statement(Stance.FOR, "fines hurt", "I agree that fines hurt")
CON = statement(Stance.AGAINST, "fines teach", "A small fine teaches children", "C3")
ASIDE = statement(Stance.CONTEXT, "fines exist", "There are fines here", "A1")


def answer(**more: Any) -> Answer:
    fields: dict[str, Any] = {
        "question": "Q?",
        "standalone_question": "Q?",
        "proposition": "Fines should go.",
        "outcome": Outcome.ANSWERED,
        "statements": (CON, ASIDE, PRO),
        "voices_for": ("v",),
        "voices_against": ("w", "x"),
        "provenance": MADE,
    }
    return Answer(**{**fields, **more})


def test_sides_come_in_the_same_order_whatever_the_answers():
    text = plain_text(answer())
    assert text.index("FOR\n") < text.index("AGAINST\n") < text.index("CONTEXT\n")


def test_a_side_without_statements_has_no_heading():
    assert "AGAINST" not in plain_text(answer(statements=(PRO,)))


@pytest.mark.parametrize("part", ["Pilar: fines hurt", "“I agree that fines hurt” [C2]", "Fines should go."])
def test_the_text_shows_speaker_quote_passage_and_proposition(part: str):
    assert part in plain_text(answer())


def test_a_statement_that_is_its_quote_is_shown_once():
    own = statement(Stance.FOR, "Fines are bad here.", "Fines are bad here.")
    assert says_itself(own)
    assert statement_text(own) == "  Pilar: “Fines are bad here.” [C2]"


def test_anothers_words_are_marked_as_quoted():
    quoted = statement(Stance.FOR, "we stopped", "We stopped being the police", "A4", "Tom Asher")
    assert "[A4, quoting Tom Asher]" in statement_text(quoted)


def test_a_side_that_is_silent_is_told_once():
    told = answer(gaps=("Nobody here defends it.", "Nobody here speaks for this."))
    assert "Nobody here defends it." in plain_text(told)
    assert "Nobody here speaks for this." not in plain_text(told)


def test_a_silence_without_words_of_its_own_is_told_in_general():
    assert "Nobody here speaks for this." in plain_text(answer(gaps=("Nobody here speaks for this.",)))


def test_gaps_and_notice_are_shown():
    text = plain_text(answer(gaps=("Nobody says why.",), notice="Please ask a doctor."))
    assert text.startswith("Please ask a doctor.")
    assert "Nobody says why." in text


def test_where_the_text_does_not_say_the_nearest_passages_are_offered():
    near = Near(passage="A1", text="In 2019 our library " + "collected fines and " * 20)
    text = plain_text(answer(statements=(), outcome=Outcome.NOT_IN_COLLECTION, unused=(near,)))
    assert "Nearest in the text:\n  [A1] In 2019 our library" in text
    assert text.endswith(" …")


def test_off_topic_offers_none():
    near = Near(passage="A1", text="In 2019")
    assert "[A1]" not in plain_text(answer(statements=(), outcome=Outcome.OFF_TOPIC, unused=(near,)))


def test_the_footer_counts_people_and_checks():
    lines = footer(answer(dropped=(PRO,)))
    assert lines == ["1 person for, 2 people against; 3 of 4 drafted statements passed the check."]


@pytest.mark.parametrize(("model", "did"), [("m", "finished"), ("embedded", "wrote")])
def test_the_footer_tells_what_stood_in_and_why(model: str, did: str):
    made = MADE.model_copy(update={"fallback": "the model's reply broke off", "model": model})
    assert footer(answer(provenance=made))[-1] == (
        f"The built-in model {did} this answer: the model's reply broke off."
    )


def test_an_answer_without_statements_has_no_footer():
    assert footer(answer(statements=())) == []


@pytest.mark.parametrize(("count", "words"), [(0, "no one"), (1, "1 person"), (7, "7 people")])
def test_people(count: int, words: str):
    assert people(count) == words


def test_the_gist_holds_what_a_later_question_may_need():
    told = gist(answer(gaps=("Nobody says why.",)))
    assert told.splitlines() == [
        "Fines should go.",
        "Pilar (C3, against): fines teach",
        "Pilar (A1, context): fines exist",
        "Pilar (C2, for): fines hurt",
        "Nobody says why.",
    ]


def test_no_answer_has_no_gist():
    assert gist(None) == ""
