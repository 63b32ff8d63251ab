"""Answers whose working may still be asked for: in memory only, the latest few hundred."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from bot.events import Event, Finished
from bot.records import Answer
from bot.working import Working, working_key

MOST_KEPT = 400


@dataclass(frozen=True)
class Worked:
    """An answer and how it came about."""

    answer: Answer
    working: Working


class Workings:
    """The latest answers with their workings, by a key that only the answer's own reader is given."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._by_key: OrderedDict[str, Worked] = OrderedDict()

    def keep(self, event: Event) -> None:
        """Keep an answer that has a working; any other event is passed over."""
        if isinstance(event, Finished) and event.working:
            self._by_key[working_key(event.answer)] = Worked(event.answer, event.working)
            while len(self._by_key) > self._most:
                self._by_key.popitem(last=False)

    def holds(self, answer: Answer) -> bool:
        """Whether the working of an answer can still be asked for."""
        return working_key(answer) in self._by_key

    def get(self, key: str) -> Worked | None:
        return self._by_key.get(key)


def working_link(answer: Answer) -> str:
    """A link to an answer's working; "" where it has none, being in fixed words."""
    if not answer.provenance.passages_read:
        return ""
    return f'<a class="show-working" href="/working/{working_key(answer)}">Show the working</a>'
