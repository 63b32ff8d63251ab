"""What a guide tells its reader while it answers: progress, each statement as it passes, the whole answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from enum import StrEnum

from bot.records import Answer, Record, Statement
from bot.working import Working


class Stage(StrEnum):
    SEARCHING = "searching"
    READING = "reading"
    DRAFTING = "drafting"
    CHECKING = "checking"


class Progress(Record):
    """What the guide is doing, in words for the reader (“Checking statement 4”)."""

    stage: Stage
    detail: str


class Passed(Record):
    """One statement that has passed the check, ready to be shown; `proposition` once it is known."""

    statement: Statement
    proposition: str = ""


class Finished(Record):
    """The whole answer; always the last event, and always sent unless the reader stopped.

    `working` is how it came about; None where it is in fixed words.
    """

    answer: Answer
    working: Working | None = None


class Turn(Record):
    """An earlier question and its answer: the record, or a gist where only that is known."""

    question: str
    answer: Answer | None = None
    gist: str = ""


Event = Progress | Passed | Finished


async def last_of(stream: AsyncIterator[Event]) -> Finished:
    """The last event of a guide's stream: the whole answer, and its working."""
    last = None
    async for event in stream:
        last = event
    assert isinstance(last, Finished)
    return last
