"""One question and what was shown for it, as the window keeps it and the transcript prints it."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from bot.events import Turn
from bot.records import Answer, Record, Statement


class Exchange(Record):
    """A question with its whole answer, or with what had passed the check when the answer ended early.

    Where `answer` is None, `remark` says in one sentence why it ended, and `proposition` and
    `statements` hold what was shown until then.
    """

    question: str
    answer: Answer | None = None
    proposition: str = ""
    statements: tuple[Statement, ...] = ()
    remark: str = ""

    @model_validator(mode="after")
    def _ended_in_one_way(self) -> Self:
        if (self.answer is None) is not bool(self.remark):
            raise ValueError("an exchange holds either an answer or a remark on why there is none")
        return self

    @property
    def shown(self) -> tuple[Statement, ...]:
        """The statements that the visitor saw."""
        return self.answer.statements if self.answer else self.statements

    @property
    def gist(self) -> str:
        """What an answer that ended early had shown, for the questions that follow; "" for a whole one."""
        lines = [self.proposition, *(f"{s.speaker}: {s.text}" for s in self.statements)]
        return "\n".join(lines).strip()

    @property
    def turn(self) -> Turn:
        """The exchange as the guide takes it."""
        return Turn(question=self.question, answer=self.answer, gist=self.gist)
