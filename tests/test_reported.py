"""Views that a sentence only reports are not its writer's; what its writer vouches for is."""

from __future__ import annotations

import pytest

from bot.corpus import Collection
from bot.grounding import check_statement, grounds_for
from bot.records import Evidence, FindingKind, Stance, Statement
from bot.reported import only_reported

FINES = "fines hurt the poor"


@pytest.mark.parametrize(
    "evidence",
    [
        "Critics say that fines hurt the poor.",
        "Most readers seem to think that fines hurt the poor.",
        "We are told that fines hurt the poor.",
        "It is often argued that fines hurt the poor.",
        "I used to believe the fines hurt the poor.",
        "My uncle told me that fines hurt the poor.",
        "While some professionals want to believe that fines hurt the poor, libraries thrive.",
        "The myth that fines hurt the poor is old.",
        "The hypothesis (lately in fashion) that fines hurt the poor is old.",
        "According to the mayor, fines hurt the poor.",
        "Rumour has it that fines hurt the poor.",
        "Fines hurt the poor, or so they tell us.",
        "Fines hurt the poor, according to my neighbour.",
        "He said the fines hurt the poor. He said that fines hurt the poor.",
    ],
)
def test_a_view_of_anothers_is_only_reported(evidence: str):
    assert only_reported(FINES, evidence)


@pytest.mark.parametrize(
    "evidence",
    [
        "Fines hurt the poor.",
        "I think that fines hurt the poor.",
        "I have always said that fines hurt the poor.",
        "The data show that fines hurt the poor.",
        "Experience tells us that fines hurt the poor.",
        "As I said before, fines hurt the poor.",
        "It is fair to say that fines hurt the poor.",
        "One can argue that fines hurt the poor.",
        "My claim is that fines hurt the poor.",
        "It is a theory that can hurt: fines hurt the poor.",
        "Critics say that fines hurt the poor. Fines hurt the poor.",
        "Critics say that fines work, but fines hurt the poor.",
    ],
)
def test_what_the_writer_holds_is_not(evidence: str):
    assert only_reported(FINES, evidence) is None


@pytest.mark.parametrize("kept", ["critics say fines hurt the poor", "fines are said to hurt the poor"])
def test_a_statement_that_keeps_the_report_is_carried(kept: str):
    assert only_reported(kept, "Critics say that fines hurt the poor.") is None


def test_the_check_refuses_a_reported_view_as_the_speakers_own(fines: Collection):
    passages = tuple(
        p.model_copy(update={"text": "Critics say that fines hurt the poor.", "quoted": ()})
        if p.id == "C1"
        else p
        for p in fines.passages
    )
    collection = Collection("fines", fines.about, passages, fines.voices)
    speaker = collection.speaker("C1")
    made = Statement(
        stance=Stance.FOR,
        voice=speaker.id,
        speaker=speaker.name or speaker.label,
        text=FINES,
        evidence=(Evidence(passage="C1", quote=FINES, start=17, end=17 + len(FINES)),),
    )
    found = check_statement(made, grounds_for(collection, ["C1"]))
    assert [finding.kind for finding in found] == [FindingKind.QUOTE_OF_ANOTHER]
    assert "say that" in found[0].detail
