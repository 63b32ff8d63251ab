"""A guide that is watched: each question leaves a line in the log and a count in the metrics."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from bot.corpus import Collection
from bot.events import Event, Finished, Turn
from bot.records import Answer
from bot.settings import Settings
from bot.web.conversation import AnyGuide
from bot.web.log import FIELDS

if TYPE_CHECKING:
    from bot.web.metrics import Metrics

STOPPED, FAILED = "stopped", "failed"
log = logging.getLogger(__name__)


@runtime_checkable
class Indexed(Protocol):
    """A guide that knows whether its index's Chroma answers."""

    def chroma_answers(self) -> bool: ...


class WatchedGuide:
    """The guide that is given, with every question noted when it is over."""

    def __init__(self, guide: AnyGuide, metrics: Metrics | None) -> None:
        self._guide = guide
        self._metrics = metrics
        self.collection: Collection = guide.collection
        self.settings: Settings = guide.settings

    @property
    def unwatched(self) -> AnyGuide:
        """The guide itself, for questions that no visitor asks: the log and the numbers are visitors'."""
        return self._guide

    def __getattr__(self, name: str) -> Any:
        # Whatever else a guide offers is its own affair.
        return getattr(self._guide, name)

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncGenerator[Event]:
        """The guide's own events, unchanged."""
        started, answer, outcome = time.perf_counter(), None, STOPPED
        if self._metrics:
            self._metrics.began()
        try:
            stream = cast("AsyncGenerator[Event]", self._guide.stream(question, history))
            async with aclosing(stream) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        answer, outcome = event.answer, event.answer.outcome
                    yield event
        except Exception:
            outcome = FAILED
            raise
        finally:
            if self._metrics:
                self._metrics.ended(answer, outcome)
            self._note(question, answer, outcome, time.perf_counter() - started, len(history))

    def starters(self) -> list[str]:
        return self._guide.starters()

    def chroma_answers(self) -> bool:
        """Whether the index's Chroma answers; True for a guide that has none."""
        return not isinstance(self._guide, Indexed) or self._guide.chroma_answers()

    def close(self) -> None:
        self._guide.close()

    def _note(self, question: str, answer: Answer | None, outcome: str, seconds: float, turn: int) -> None:
        fields: dict[str, Any] = {
            "outcome": str(outcome),
            "seconds": round(seconds, 3),
            "turn": turn + 1,
            "characters": len(question),
        }
        if answer:
            found = Counter(finding.kind for each in answer.dropped for finding in each.check.findings)
            fields |= {
                "model": answer.provenance.model,
                "statements": len(answer.statements),
                "dropped": {str(kind): count for kind, count in found.items()},
                "fallback": answer.provenance.fallback,
            }
        if self.settings.log_words:
            fields["question"] = question
        log.info("question", extra={FIELDS: fields})
