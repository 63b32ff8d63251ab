"""What can be done with answers once they are there: saved as a transcript, judged, added to a suite."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import gradio as gr
from pydantic import Field, ValidationError

from bot.batch import BatchError
from bot.corpus import Collection
from bot.feedback import NOTE_CHARS, Feedback, FeedbackError, FeedbackStore, Verdict
from bot.records import Answer, Record
from bot.settings import Settings
from bot.suite import add_case, suite_case
from bot.transcript import markdown, page
from bot.web.acts import Offers
from bot.web.bridge import Save
from bot.web.conversation import Conversation
from bot.web.memory import discreet
from bot.web.plain_text import plain

STORED = "Thank you: your feedback is stored for whoever runs this page."
NOT_STORED = "Your feedback could not be stored. Please tell whoever runs this page."
ADDED = "Added to {name} as {id}."
THERE_ALREADY = "{name} holds this question already, as {id}."
NOT_ADDED = "The answer could not be added to {name}: see what the server printed."
Asked = TypeVar("Asked", bound=Record)
log = logging.getLogger(__name__)


class SaveAsked(Record):
    """A transcript is asked for. `address`: where the visitor's browser has this page."""

    format: Literal["markdown", "page"]
    address: str = Field("", max_length=500)


class AnswerNamed(Record):
    """An answer, by its number in the conversation."""

    number: int = Field(ge=0)


class Judged(AnswerNamed):
    """A visitor's verdict on an answer."""

    verdict: Verdict
    note: str = Field("", max_length=NOTE_CHARS)


class AfterAnswer:
    """The acts on finished answers, as far as the settings allow them."""

    def __init__(self, collection: Collection, settings: Settings) -> None:
        self.collection = collection
        self.settings = settings
        self.offers = Offers(feedback=settings.feedback, suite=settings.suite_file is not None)
        self._store = FeedbackStore(settings.data_dir)

    def join(self, bridge: gr.HTML, conversation: gr.State, note: gr.HTML, quiet: dict[str, Any]) -> None:
        """Join the page's parts to what is done; an act that is not allowed is not there to be called."""
        bridge.download(self.save, conversation, bridge, **quiet)
        if self.offers.feedback:
            bridge.like(self.judge, conversation, note, **quiet)
        if self.offers.suite:
            bridge.select(self.add, conversation, note, **quiet)

    async def save(self, conversation: Conversation, event: gr.EventData) -> Any:
        """The conversation as a file that the browser saves."""
        asked = _read(SaveAsked, event)
        if asked is None or not conversation.turns:
            return gr.skip()
        turns = [discreet(exchange) for exchange in conversation.turns]
        name = f"counterpoint-{datetime.now().astimezone():%Y-%m-%d-%H%M}"
        if asked.format == "page":
            text = page(turns, self.collection, asked.address)
            return Save(name=f"{name}.html", type="text/html", text=text).sent
        text = markdown(turns, self.collection, asked.address)
        return Save(name=f"{name}.md", type="text/markdown", text=text).sent

    async def judge(self, conversation: Conversation, event: gr.EventData) -> Any:
        """Store a verdict; the note says whether it is stored."""
        judged = _read(Judged, event)
        answer = _answer(conversation, judged)
        if judged is None or answer is None:
            return gr.skip()
        history = tuple(exchange.turn for exchange in conversation.turns[: judged.number])
        feedback = Feedback(verdict=judged.verdict, note=judged.note.strip(), history=history, answer=answer)
        try:
            await asyncio.to_thread(self._store.add, feedback)
        except (FeedbackError, OSError):
            log.exception("Feedback could not be stored.")
            return _note(NOT_STORED)
        return _note(STORED)

    async def add(self, conversation: Conversation, event: gr.EventData) -> Any:
        """Add an answer to the operator's suite; the note says how that went."""
        named, path = _read(AnswerNamed, event), self.settings.suite_file
        answer = _answer(conversation, named)
        if named is None or answer is None or path is None:
            return gr.skip()
        case = suite_case(answer, [exchange.turn for exchange in conversation.turns[: named.number]])
        try:
            added = await asyncio.to_thread(add_case, Path(path), case)
        except (BatchError, OSError):
            log.exception("An answer could not be added to the suite.")
            return _note(NOT_ADDED.format(name=path.name))
        return _note((ADDED if added else THERE_ALREADY).format(name=path.name, id=case["id"]))


def _answer(conversation: Conversation, named: AnswerNamed | None) -> Answer | None:
    known = named is not None and named.number < len(conversation.turns)
    return conversation.turns[named.number].answer if named and known else None


def _read(kind: type[Asked], event: gr.EventData) -> Asked | None:
    """What the page sent with an act, or None where it is nothing that the page would send."""
    try:
        return kind.model_validate(event._data)
    except ValidationError:
        return None


def _note(sentence: str) -> str:
    return f"<p>{plain(sentence)}</p>"
