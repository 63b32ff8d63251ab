"""The questions that a facilitator shows in front of a room: `deck.yaml` of a collection.

It is edited by people and read strictly, like every file of a collection. Where there is none, the
map's own questions make a deck.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from bot.corpus import CollectionError, read_record
from bot.positions import DebateMap, Sides
from bot.records import Record

DECK = "deck.yaml"
# A longer question could not be read from the back row.
QUESTION_CHARS = 200
MOST_QUESTIONS = 60
MAPPED = 6


class Deck(Record):
    """A title, "" for the collection's own, and questions in the order in which they are shown."""

    title: str = ""
    questions: tuple[str, ...] = Field(min_length=1, max_length=MOST_QUESTIONS)


def load_deck(folder: Path, debate: DebateMap) -> Deck | None:
    """The deck of a collection's folder, else one from its map; None where neither holds a question.

    Raises CollectionError, in one sentence, where the file is malformed.
    """
    path = folder / DECK
    if not path.is_file():
        questions = mapped_questions(debate, MAPPED)
        return Deck(questions=questions) if questions else None
    deck = read_record(Deck, path)
    fault = question_fault(deck.questions)
    if fault:
        raise CollectionError(f"{path}: {fault}")
    return deck


def question_fault(questions: Iterable[str]) -> str | None:
    """What is wrong with the first question that cannot be shown, in one sentence; None: all can."""
    seen: set[str] = set()
    for number, question in enumerate(questions, start=1):
        if not question.strip():
            return f"question {number} is empty: write it or take it out."
        if len(question) > QUESTION_CHARS:
            return f"question {number} is longer than {QUESTION_CHARS} characters: shorten it."
        if question in seen:
            return f"“{question}” stands there twice: take one out."
        seen.add(question)
    return None


def mapped_questions(debate: DebateMap, most: int) -> tuple[str, ...]:
    """The first question of each topic of the map; those on which both sides speak come first."""
    topics = sorted(debate.topics, key=lambda topic: topic.sides is not Sides.BOTH)
    return tuple(topic.questions[0] for topic in topics if topic.questions)[:most]
