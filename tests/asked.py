"""Asking the guide over the small collection, with a scripted model at an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr

from bot.draft import DRAFT
from bot.embedding import load_embedding
from bot.events import Event, Finished, Turn
from bot.guide import Guide
from bot.prompts import load_prompts
from bot.records import Answer
from bot.settings import Settings
from bot.tools import LOOK_UP_MAP, SEARCH
from tests.endpoint import (
    KEY,
    MODEL,
    Endpoint,
    Step,
    calls,
    endpoint,
)

QUESTION = "Should the library stop charging late fines?"
LOOKED_UP = calls((LOOK_UP_MAP, {"question": QUESTION}), (SEARCH, {"query": QUESTION}))
FOR = ("A5", "The library should drop late fines for everyone, starting in spring.")
PILAR = ("C1", "I agree that fines hurt poor families")
AGAINST = ("C2", "A small fine teaches children to keep a promise.")

Opener = Callable[..., Guide]


def statement(quoted: tuple[str, str], stance: str, text: str = "", **more: Any) -> dict[str, Any]:
    passage, quote = quoted
    return {
        "evidence": [{"passage": passage, "quote": quote, **more}],
        "stance": stance,
        "text": text or quote.rstrip("."),
    }


def drafted(*statements: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    return DRAFT, {"topics": ["drop-fines"], "statements": list(statements), "outcome": "answered", **more}


BOTH = (statement(FOR, "for"), statement(AGAINST, "against"))


def opener(library: Any) -> Opener:
    """What opens the guide over the small collection with a model at an address."""
    embedding, prompts = load_embedding(library.settings), load_prompts(library.settings.prompts_dir)
    guide = Guide(library.settings, library.collection, library.index, embedding, prompts)

    def opened(url: str, **more: Any) -> Guide:
        settings: Settings = library.settings.model_copy(
            update={
                "model": MODEL,
                "openai_api_key": SecretStr(KEY),
                "openai_base_url": url,
                "model_retries": 0,
                "answer_timeout": 120.0,
                **more,
            }
        )
        return guide.with_settings(settings)

    return opened


def events_of(guide: Guide, question: str = QUESTION, history: list[Turn] | None = None) -> list[Event]:
    async def all_of_them() -> list[Event]:
        return [event async for event in guide.stream(question, history or [])]

    return asyncio.run(all_of_them())


@contextmanager
def asked(open_at: Opener, *steps: Step, **more: Any) -> Generator[tuple[list[Event], Answer, Endpoint]]:
    aside = {"aside": more.pop("aside")} if "aside" in more else {}
    history, question = more.pop("history", None), more.pop("question", QUESTION)
    with endpoint(*steps, **aside) as served:
        events = events_of(open_at(served.url, **more), question, history)
        last = events[-1]
        assert isinstance(last, Finished)
        yield events, last.answer, served


def texts(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements]


def shown_by(answer: Answer) -> set[tuple[str, str]]:
    return {(statement.voice, statement.stance.value) for statement in answer.statements}
