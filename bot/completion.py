"""Filling a side that a model left out, from the map of the debate."""

from __future__ import annotations

from collections.abc import Container, Iterable

from bot.draft import DraftQuote, DraftStatement
from bot.positions import DebateMap, Position
from bot.records import Stance

MOST_VOICES = 3


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
