from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from pydantic import Field

from bot.assembly import attribute
from bot.corpus import Collection
from bot.draft import DraftQuote, DraftStatement
from bot.judge import Judge
from bot.prompts import load_prompts
from bot.records import Statement
from bot.settings import ROOT


@pytest.fixture
def statement(fines: Collection) -> Statement:
    quoted = DraftQuote(passage="C1", quote="I agree that fines hurt poor families")
    return attribute(DraftStatement(evidence=[quoted], stance="for", text="fines hurt poor families"), fines)


def asked(fines: Collection, statement: Statement, reply: str, seconds: float = 5.0) -> bool:
    judge = Judge(FakeListChatModel(responses=[reply]), load_prompts(ROOT / "prompts"), fines)
    return asyncio.run(judge.objects(statement, "P", seconds))


@pytest.mark.parametrize(
    ("reply", "objects"),
    [("no", True), ("No.", True), (" **no** ", True), ("yes", False), ("Yes!", False)],
)
def test_a_plain_verdict_counts(fines: Collection, statement: Statement, reply: str, objects: bool):
    assert asked(fines, statement, reply) is objects


@pytest.mark.parametrize("reply", ["", "no idea", "nothing wrong", "yes and no", "maybe", "not sure"])
def test_any_other_leaves_the_statement_and_is_logged(
    fines: Collection, statement: Statement, reply: str, caplog: pytest.LogCaptureFixture
):
    assert asked(fines, statement, reply) is False
    assert "unscored" in caplog.text


def test_without_time_it_is_not_asked(
    fines: Collection, statement: Statement, caplog: pytest.LogCaptureFixture
):
    assert asked(fines, statement, "no", seconds=0) is False
    assert "no time left" in caplog.text


def test_it_is_shown_the_whole_sentence(fines: Collection, statement: Statement):
    class Listening(FakeListChatModel):
        heard: list[Any] = Field(default_factory=list)

        def _call(self, messages: Any, *args: Any, **kwargs: Any) -> str:
            self.heard.extend(messages)
            return "yes"

    model = Listening(responses=["yes"])
    judge = Judge(model, load_prompts(ROOT / "prompts"), fines)
    asyncio.run(judge.objects(statement, "P", 5))
    assert "someone still has to pay for lost books" in model.heard[0].content
