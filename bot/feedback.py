"""What visitors say of answers, where the operator lets them: SQLite in the data folder, no one's name in it.

A row holds the verdict, the note, the question with what went before it, and the answer; nothing
about who sent it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field

from bot.events import Turn
from bot.records import Answer, Record
from bot.suite import suite_case

FILE = "feedback.sqlite3"
NOTE_CHARS = 1000
# A window that stands open to the world must not fill a disk.
MOST_ROWS = 20_000
_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    verdict TEXT NOT NULL,
    note TEXT NOT NULL,
    history TEXT NOT NULL,
    answer TEXT NOT NULL
)
"""


class FeedbackError(RuntimeError):
    """Feedback cannot be stored or read; the message says what to do."""


class Verdict(StrEnum):
    """What a visitor may say of an answer."""

    HELPFUL = "helpful"
    ONE_SIDED = "one-sided"
    WRONG_SPEAKER = "wrong-speaker"
    UNSUPPORTED = "quote-does-not-support"
    UNSAFE = "unsafe"


VERDICTS = {
    Verdict.HELPFUL: "Helpful",
    Verdict.ONE_SIDED: "One-sided",
    Verdict.WRONG_SPEAKER: "Wrong speaker",
    Verdict.UNSUPPORTED: "A quote does not support this",
    Verdict.UNSAFE: "Unsafe",
}


class Feedback(Record):
    """One verdict on one answer. `at` is in UTC, ISO 8601, to the minute."""

    verdict: Verdict
    note: str = Field("", max_length=NOTE_CHARS)
    history: tuple[Turn, ...] = ()
    answer: Answer
    at: str = Field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="minutes"))


class FeedbackStore:
    """The feedback in one data folder. Each call opens and closes the file, from whatever thread."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE

    def add(self, feedback: Feedback) -> None:
        """Store it; FeedbackError where the file cannot be written or is full."""
        history = json.dumps([turn.model_dump(mode="json") for turn in feedback.history], ensure_ascii=False)
        row = (feedback.at, feedback.verdict, feedback.note, history, feedback.answer.model_dump_json())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._opened() as database:
            if database.execute("SELECT count(*) FROM feedback").fetchone()[0] >= MOST_ROWS:
                raise FeedbackError(f"{self.path} is full: export it and move it away.")
            database.execute(
                "INSERT INTO feedback (at, verdict, note, history, answer) VALUES (?, ?, ?, ?, ?)", row
            )

    def all(self) -> list[Feedback]:
        """Everything stored, oldest first; FeedbackError where there is nothing to read."""
        if not self.path.is_file():
            raise FeedbackError(
                f"There is no feedback in the data folder {self.path.parent.resolve()}: if it was given "
                "elsewhere, set COUNTERPOINT_DATA_DIR to that window’s folder, and if none was yet, serve "
                "with COUNTERPOINT_FEEDBACK=true."
            )
        with self._opened() as database:
            rows = database.execute("SELECT at, verdict, note, history, answer FROM feedback ORDER BY id")
            return [_read(*row) for row in rows]

    @contextmanager
    def _opened(self) -> Generator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=10)) as database, database:
                database.execute(_TABLE)
                yield database
        except sqlite3.Error as error:
            raise FeedbackError(f"{self.path} cannot be used ({error}): move it away and go on.") from error


def _read(at: str, verdict: str, note: str, history: str, answer: str) -> Feedback:
    return Feedback(
        at=at,
        verdict=Verdict(verdict),
        note=note,
        history=tuple(Turn.model_validate(turn) for turn in json.loads(history)),
        answer=Answer.model_validate_json(answer),
    )


def feedback_cases(given: Sequence[Feedback]) -> list[dict[str, Any]]:
    """The feedback as suite cases, one a question; its verdicts are tags.

    An answer that everyone found helpful gives its quotes as gold, one that somebody faulted gives
    none: what would be right there, a person must say.
    """
    by_id: dict[str, list[Feedback]] = {}
    for each in given:
        by_id.setdefault(suite_case(each.answer, each.history)["id"], []).append(each)
    return [_case(together) for together in by_id.values()]


def _case(together: list[Feedback]) -> dict[str, Any]:
    last = together[-1]
    verdicts = dict.fromkeys(each.verdict for each in together)
    tags = [f"feedback-{verdict}" for verdict in verdicts]
    return suite_case(last.answer, last.history, tags, trusted=set(verdicts) == {Verdict.HELPFUL})
