"""How much one visitor, and one address, may ask: enough for a room, too little for a flood.

A workshop's hundred phones share one address, so its limits are a room's. When they are reached, who
was asking here before goes on, and only newcomers wait: a flood of made-up sessions keeps nobody out.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.settings import Settings

MINUTE = 60.0
KEPT = 10_000
TOO_FAST = "That was a lot of questions in one minute: please wait a little and ask again."
TOO_MANY_ANSWERS = "Earlier questions of yours are still being answered: please wait for them, or stop them."
ROOM_FULL = "Very many questions are coming from where you are: please wait a minute and ask again."


@dataclass(frozen=True)
class Visitor:
    """Who asks: a conversation's own mark, and the address that it comes from; "" where unknown."""

    session: str = ""
    address: str = ""


@dataclass
class _Asked:
    """When the questions of the latest minute came, and since when there have been any."""

    since: float
    times: deque[float] = field(default_factory=deque)

    def within(self, start: float) -> int:
        while self.times and self.times[0] <= start:
            self.times.popleft()
        return len(self.times)


class Limits:
    """Counts questions and answers under way; to be used from one thread. `now` gives seconds."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._now = now
        self._asked: dict[tuple[str, str], _Asked] = {}
        self._running: Counter[tuple[str, str]] = Counter()

    def refusal(self, visitor: Visitor) -> str | None:
        """Why this visitor has to wait, in one kind sentence; None, and counted, where they need not."""
        now = self._now()
        session, address = ("session", visitor.session), ("address", visitor.address)
        settings, room = self._settings, 2 if self._was_here(session, now) else 1
        for key, at_once, a_minute, many, fast in (
            (session, settings.session_streams, settings.session_questions, TOO_MANY_ANSWERS, TOO_FAST),
            (
                address,
                settings.address_streams * room,
                settings.address_questions * room,
                ROOM_FULL,
                ROOM_FULL,
            ),
        ):
            if not key[1]:
                continue
            if at_once and self._running[key] >= at_once:
                return many
            if a_minute and key in self._asked and self._asked[key].within(now - MINUTE) >= a_minute:
                return fast
        for key in (session, address):
            self._asked.setdefault(key, _Asked(now)).times.append(now)
        self._forget(now)
        return None

    @contextmanager
    def answering(self, visitor: Visitor) -> Generator[None]:
        """Counts one answer as under way until the block ends."""
        keys = (("session", visitor.session), ("address", visitor.address))
        self._running.update(keys)
        try:
            yield
        finally:
            for key in keys:
                self._running[key] -= 1
                if self._running[key] <= 0:
                    del self._running[key]

    def _was_here(self, session: tuple[str, str], now: float) -> bool:
        known = self._asked.get(session)
        return bool(session[1]) and known is not None and known.since <= now - MINUTE

    def _forget(self, now: float) -> None:
        """Once there are very many to remember, forget who came first of those who asked nothing just now."""
        if len(self._asked) <= KEPT:
            return
        idle = [key for key, asked in self._asked.items() if not asked.within(now - MINUTE)]
        for key in idle or list(self._asked)[: KEPT // 2]:
            del self._asked[key]
