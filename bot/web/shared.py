"""One answer for a whole room: a question that this side offers itself is answered once for all who ask it.

Only the collection's own questions are shared, word for word, asked at the start of a conversation of the
embedded model, which says the same to everybody. A visitor's own words are never kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Container, Sequence
from contextlib import aclosing
from typing import Any, cast

from bot.corpus import Collection
from bot.deck import Deck
from bot.events import Event, Turn
from bot.facts import Facts
from bot.positions import DebateMap
from bot.settings import EMBEDDED, Settings
from bot.web.conversation import AnyGuide

# An answer with its working is some 100 kB.
MOST = 64


def own_questions(debate: DebateMap, facts: Facts, deck: Deck | None) -> frozenset[str]:
    """The questions that the collection's own files hold."""
    return frozenset(
        [
            *(each for topic in debate.topics for each in (*topic.questions, *topic.opposed_questions)),
            *(each for fact in facts.facts for each in fact.questions),
            *(deck.questions if deck else ()),
        ]
    )


class SharedGuide:
    """The guide that is given, whose answers to `ours`, the questions of this side, are made once.

    For one event loop.
    """

    def __init__(self, guide: AnyGuide, ours: Container[str]) -> None:
        self._guide = guide
        self._ours = ours
        self._recordings: OrderedDict[str, _Recording] = OrderedDict()
        self.collection: Collection = guide.collection
        self.settings: Settings = guide.settings

    def __getattr__(self, name: str) -> Any:
        # Whatever else a guide offers is its own affair.
        return getattr(self._guide, name)

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncGenerator[Event]:
        """The guide's events; of a shared answer, those that others have had or are having."""
        if history or self.settings.model != EMBEDDED or question not in self._ours:
            events = cast("AsyncGenerator[Event]", self._guide.stream(question, history))
        else:
            events = self._recording(question).events()
        async with aclosing(events):
            async for event in events:
                yield event

    def starters(self) -> list[str]:
        return self._guide.starters()

    def close(self) -> None:
        self._guide.close()

    def _recording(self, question: str) -> _Recording:
        found = self._recordings.get(question)
        if found is None or found.failed:
            found = self._recordings[question] = _Recording(self._guide, question)
        self._recordings.move_to_end(question)
        if len(self._recordings) > MOST:
            self._recordings.popitem(last=False)
        return found


class _Recording:
    """The events of one answer, as far as it has come. It is made to its end, whoever still listens."""

    def __init__(self, guide: AnyGuide, question: str) -> None:
        self._events: list[Event] = []
        self._over = False
        self._grown = asyncio.Condition()
        self._making = asyncio.create_task(self._make(guide, question))

    @property
    def failed(self) -> bool:
        return self._making.done() and (self._making.cancelled() or self._making.exception() is not None)

    async def events(self) -> AsyncGenerator[Event]:
        """Every event from the first on. Raises what making the answer raised."""
        heard = 0
        while not (self._over and heard == len(self._events)):
            async with self._grown:
                while not self._over and heard == len(self._events):
                    await self._grown.wait()
            while heard < len(self._events):
                yield self._events[heard]
                heard += 1
        # Shielded: one listener who leaves must not end it for the others.
        await asyncio.shield(self._making)

    async def _make(self, guide: AnyGuide, question: str) -> None:
        try:
            async for event in guide.stream(question):
                self._events.append(event)
                await self._tell()
        finally:
            self._over = True
            await self._tell()

    async def _tell(self) -> None:
        async with self._grown:
            self._grown.notify_all()
