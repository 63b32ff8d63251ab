"""How an answer came about: what was searched and found, what was drafted, and what the check made of it.

A record beside the `Answer`, for whoever wants to see the working; nothing is shown to a visitor
because of it.
"""

from __future__ import annotations

import hashlib

from bot.records import Answer, Record, Stance, Statement

KEY_DIGITS = 32


class Found(Record):
    """A passage with the score that a tool gave it; scores compare within one call only."""

    passage: str
    score: float


class Search(Record):
    """One search of the text: its words, and what it returned, best first."""

    query: str
    hits: tuple[Found, ...] = ()


class MappedPosition(Record):
    """A position of the map as it was looked up; `fit` is how near its claim is to the question."""

    speaker: str
    stance: Stance
    claim: str
    passages: tuple[str, ...]
    fit: float


class MappedTopic(Record):
    """A topic of the map that the question was found to touch."""

    topic: str
    proposition: str
    score: float
    positions: tuple[MappedPosition, ...] = ()


class Drafted(Record):
    """A statement as it was drafted, attributed and checked; `stand_in`: the embedded model drafted it
    in another model's place."""

    statement: Statement
    stand_in: bool = False


class Working(Record):
    """Everything between the question and its answer. `model` is the one that was asked."""

    model: str
    searches: tuple[Search, ...] = ()
    topics: tuple[MappedTopic, ...] = ()
    facts: tuple[Found, ...] = ()
    threads: tuple[str, ...] = ()
    drafted: tuple[Drafted, ...] = ()


def working_key(answer: Answer) -> str:
    """A name for an answer's working that only whoever holds the answer can tell."""
    return hashlib.sha256(answer.model_dump_json().encode()).hexdigest()[:KEY_DIGITS]
