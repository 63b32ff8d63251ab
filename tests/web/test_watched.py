from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

import pytest

from bot.corpus import Collection
from bot.events import Event, Finished, Turn
from bot.records import Check, Finding, FindingKind, Outcome
from bot.settings import Settings
from bot.web.log import FIELDS
from bot.web.metrics import Metrics
from bot.web.watched import WatchedGuide
from tests.web.scripted_server import PROVENANCE, ScriptedGuide, answer, statements

QUESTION = "Did the mill feed my grandmother?"


class FixedGuide(ScriptedGuide):
    """Ends every question with one answer, or with an error."""

    def __init__(self, collection: Collection, settings: Settings, error: Exception | None = None) -> None:
        super().__init__(settings, collection)
        self.error = error

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncGenerator[Event]:
        if self.error:
            raise self.error
        finding = Finding(kind=FindingKind.QUOTE_NOT_FOUND, detail="No such words.")
        failed = Check(verdict="failed", findings=(finding,))
        dropped = statements(self.collection)[0].model_copy(update={"check": failed})
        provenance = PROVENANCE.model_copy(update={"fallback": "the model did not finish in time"})
        yield Finished(answer=answer(self.collection, question, dropped=(dropped,), provenance=provenance))
        yield Finished(answer=answer(self.collection, question, outcome=Outcome.PARTIAL))


def read(guide: WatchedGuide, most: int = 99) -> None:
    async def reading() -> None:
        async with aclosing(guide.stream(QUESTION)) as events:
            async for _ in events:
                nonlocal most
                most -= 1
                if not most:
                    return

    asyncio.run(reading())


def watched(
    mill: Collection, caplog: pytest.LogCaptureFixture, error: Exception | None = None, **changes: object
) -> tuple[WatchedGuide, Metrics]:
    caplog.set_level(logging.INFO, "bot")
    metrics = Metrics()
    settings = Settings().model_copy(update=changes)
    return WatchedGuide(FixedGuide(mill, settings, error), metrics), metrics


def noted(caplog: pytest.LogCaptureFixture) -> dict[str, object]:
    return cast("dict[str, object]", getattr(caplog.records[-1], FIELDS))


def test_a_question_is_counted_by_how_it_ended(mill: Collection, caplog: pytest.LogCaptureFixture) -> None:
    guide, metrics = watched(mill, caplog)
    read(guide)
    assert b'counterpoint_questions_total{outcome="partial"} 1.0' in metrics.text()
    assert b"counterpoint_answers_under_way 0.0" in metrics.text()
    assert b"counterpoint_answer_seconds_count 1.0" in metrics.text()


def test_drops_and_fallbacks_are_counted_by_why(mill: Collection, caplog: pytest.LogCaptureFixture) -> None:
    guide, metrics = watched(mill, caplog)
    read(guide, 1)
    assert b'counterpoint_dropped_statements_total{finding="quote_not_found"} 1.0' in metrics.text()
    assert b'counterpoint_fallbacks_total{reason="the model did not finish in time"} 1.0' in metrics.text()


def test_a_failure_is_counted_and_passed_on(mill: Collection, caplog: pytest.LogCaptureFixture) -> None:
    guide, metrics = watched(mill, caplog, KeyError("gone"))
    with pytest.raises(KeyError, match="gone"):
        read(guide)
    assert b'counterpoint_questions_total{outcome="failed"} 1.0' in metrics.text()
    assert b"counterpoint_answers_under_way 0.0" in metrics.text()


def test_the_log_holds_no_word_of_the_question(mill: Collection, caplog: pytest.LogCaptureFixture) -> None:
    guide, _ = watched(mill, caplog)
    read(guide)
    fields = noted(caplog)
    assert (fields["outcome"], fields["turn"], fields["characters"]) == ("partial", 1, len(QUESTION))
    assert not any("grandmother" in str(part) for part in (fields, caplog.text))


def test_the_log_holds_the_question_where_it_is_wanted(
    mill: Collection, caplog: pytest.LogCaptureFixture
) -> None:
    guide, _ = watched(mill, caplog, log_words=True)
    read(guide)
    assert noted(caplog)["question"] == QUESTION


def test_what_else_a_guide_offers_is_still_there(mill: Collection, caplog: pytest.LogCaptureFixture) -> None:
    guide, _ = watched(mill, caplog)
    assert guide.starters() and guide.chroma_answers() and guide._whole("?", ())
