"""A deck's answers: made once, kept, checked again, and passed over once anything has changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.deck import Deck
from bot.events import Event
from bot.rehearsal import Rehearsal
from bot.settings import Settings

QUESTIONS = ("Should the library stop charging for late books?", "What does the article say?")


class Counting:
    """The real guide, counting what it is asked."""

    def __init__(self, guide: Any) -> None:
        self.guide, self.asked = guide, []

    def stream(self, question: str) -> AsyncIterator[Event]:
        self.asked.append(question)
        return self.guide.stream(question)


@pytest.fixture
def settings(fines_settings: Settings, tmp_path: Path) -> Settings:
    return fines_settings.model_copy(update={"data_dir": tmp_path})


def rehearsal(guide: Any, settings: Settings, questions: tuple[str, ...] = QUESTIONS) -> Rehearsal:
    return Rehearsal(settings, guide.collection, guide.debate, Deck(questions=questions))


@pytest.fixture
def made(guide: Any, settings: Settings) -> Rehearsal:
    fresh = rehearsal(guide, settings)
    asyncio.run(fresh.prepare(guide))
    return fresh


def test_nothing_is_ready_before_it_is_made(guide: Any, settings: Settings):
    fresh = rehearsal(guide, settings)
    assert (fresh.missing, fresh.prepared(QUESTIONS[0])) == (QUESTIONS, None)


def test_made_answers_are_there_for_the_next_start(guide: Any, settings: Settings, made: Rehearsal):
    again, counting = rehearsal(guide, settings), Counting(guide)
    asyncio.run(again.prepare(counting))
    assert (again.missing, counting.asked) == ((), [])
    assert again.prepared(QUESTIONS[0]) == made.prepared(QUESTIONS[0])


def test_an_answer_comes_with_its_working(made: Rehearsal):
    prepared = made.prepared(QUESTIONS[0])
    assert prepared and prepared.working
    assert [d.statement for d in prepared.working.drafted if d.statement.check.verdict == "passed"] == list(
        prepared.answer.statements
    )


def test_only_what_is_missing_is_made(guide: Any, settings: Settings, made: Rehearsal):
    more, counting = rehearsal(guide, settings, (*QUESTIONS, "Who pays?")), Counting(guide)
    asyncio.run(more.prepare(counting))
    assert counting.asked == ["Who pays?"]


@pytest.mark.parametrize("change", [{"search_passages": 5}, {"model": "another"}])
def test_a_changed_setting_makes_the_answers_old(
    guide: Any, settings: Settings, made: Rehearsal, change: dict
):
    assert rehearsal(guide, settings.model_copy(update=change)).missing == QUESTIONS


def stored(settings: Settings) -> Path:
    (path,) = (settings.data_dir / "deck").iterdir()
    return path


def test_an_altered_quote_is_found_and_not_shown(guide: Any, settings: Settings, made: Rehearsal):
    path = stored(settings)
    content = json.loads(path.read_text("utf-8"))
    content["prepared"][0]["answer"]["statements"][0]["evidence"][0]["quote"] = "Words that nobody wrote here"
    path.write_text(json.dumps(content), "utf-8")
    assert rehearsal(guide, settings).missing == QUESTIONS[:1]


@pytest.mark.parametrize("content", ["", "{", '{"made_by": "other"}'])
def test_a_damaged_file_is_made_anew(guide: Any, settings: Settings, made: Rehearsal, content: str):
    stored(settings).write_text(content, "utf-8")
    assert rehearsal(guide, settings).missing == QUESTIONS
