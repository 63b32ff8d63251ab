"""Filling what a model left out: a side from the map of the debate, or a fact."""

from __future__ import annotations

from collections.abc import Container, Iterable

from bot.assembly import Assembly
from bot.draft import Draft, DraftQuote, DraftStatement
from bot.positions import DebateMap, Position
from bot.records import Outcome, Stance

MOST_VOICES = 3


def remaining(assembly: Assembly, sides: Iterable[Stance], beside: Draft | None) -> list[DraftStatement]:
    """What completes an answer: the map's positions on these sides; where it rests on no topic, the facts
    of the draft that was made beside it, whose outcome then is the answer's."""
    if assembly.topics:
        shown = {kept.voice for kept in assembly.kept if kept.stance is not Stance.CONTEXT}
        return filling(assembly.debate, assembly.topics, sides, shown)
    if beside is None:
        return []
    assembly.outcome = Outcome(beside.outcome)
    cited = {evidence.passage for kept in assembly.kept for evidence in kept.evidence}
    facts = (drafted for drafted in beside.statements if drafted.stance == Stance.CONTEXT)
    return [drafted for drafted in facts if drafted.evidence[0].passage not in cited]


def filling(
    debate: DebateMap, topics: Iterable[str], sides: Iterable[Stance], shown: Container[str]
) -> list[DraftStatement]:
    """Positions of the topics on these sides, up to three voices a side, none of them in `shown`."""
    positions = [position for topic in topics for position in debate.by_id[topic].positions]
    return [
        drafted(position)
        for side in sides
        for position in _first_of_each_voice(positions, side, shown)[:MOST_VOICES]
    ]


def _first_of_each_voice(
    positions: Iterable[Position], side: Stance, shown: Container[str]
) -> list[Position]:
    firsts: dict[str, Position] = {}
    for position in positions:
        if position.stance is side and position.voice not in shown:
            firsts.setdefault(position.voice, position)
    return list(firsts.values())


def drafted(position: Position) -> DraftStatement:
    """A position of the map as a model would draft it, to go through the same check."""
    return DraftStatement(
        evidence=[
            DraftQuote(passage=quoted.passage, quote=quoted.quote, quoting=quoted.owner)
            for quoted in position.evidence
        ],
        stance=position.stance.value,
        text=position.claim,
    )
