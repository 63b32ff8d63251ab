"""Breaking a statement on purpose, so that a room can watch the check catch it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from random import Random

from bot.corpus import Collection, spoken_as
from bot.planting import OPERATORS, evidence_of
from bot.records import Check, Statement


class Breakage(StrEnum):
    """What may be made wrong."""

    QUOTE = "quote"
    SPEAKER = "speaker"
    NEGATION = "negation"


# Tried from the one whose turn it is onwards, until one applies.
OPERATORS_FOR: Mapping[Breakage, tuple[str, ...]] = {
    Breakage.QUOTE: ("word cut from quote", "quote stitched"),
    Breakage.SPEAKER: ("speaker swapped",),
    Breakage.NEGATION: ("negation dropped", "negation added"),
}
# A “not” that is there is dropped before another is added: the plainest way to turn a claim round.
ALWAYS_IN_ORDER = frozenset({Breakage.NEGATION})


def broken(statement: Statement, breakage: Breakage, turn: int, collection: Collection) -> Statement | None:
    """The statement made wrong in one way, unchecked; another `turn` gives another error of the kind.

    None where no error of the kind can be made of it.
    """
    operators = OPERATORS_FOR[breakage]
    first = 0 if breakage in ALWAYS_IN_ORDER else turn % len(operators)
    for operator in (*operators[first:], *operators[:first]):
        random = Random(f"{operator} {turn} {statement.text}")
        wrong = OPERATORS[operator](statement, collection, random)
        if wrong is not None and wrong != statement:
            return wrong.model_copy(update={"check": Check()})
    return None


def rewritten(
    statement: Statement, text: str, quote: str, voice: str, collection: Collection
) -> Statement | None:
    """The statement with claim, first quote and speaker as somebody wrote them; None for an unknown voice."""
    speaker = collection.voice_by_id.get(voice)
    if speaker is None:
        return None
    evidence = evidence_of(statement.evidence[0].passage, quote, collection)
    return statement.model_copy(
        update={
            "text": text,
            "voice": voice,
            "speaker": spoken_as(speaker),
            "evidence": (evidence, *statement.evidence[1:]),
            "check": Check(),
        }
    )
