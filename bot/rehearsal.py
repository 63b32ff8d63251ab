"""The answers to a deck, made and checked before the audience arrives.

They lie in `data_dir/deck`, in a file named by all that they depend on: after any change of text,
settings or code the old ones are passed over and new ones made. What lies there is checked once more
whenever it is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from bot.corpus import Collection
from bot.deck import Deck
from bot.events import Event, last_of
from bot.fingerprint import fingerprint
from bot.grounding import check
from bot.positions import DebateMap
from bot.records import Answer, Record
from bot.settings import Settings
from bot.working import Working


class Prepared(Record):
    """A question of the deck with its answer, and how that came about."""

    question: str
    answer: Answer
    working: Working | None = None


class _Stored(Record):
    made_by: str
    prepared: tuple[Prepared, ...] = ()


class Answering(Protocol):
    """The part of a guide that a rehearsal needs."""

    def stream(self, question: str) -> AsyncIterator[Event]: ...


class Rehearsal:
    """The deck's answers as far as they are made. Belongs to one event loop or thread at a time."""

    def __init__(self, settings: Settings, collection: Collection, debate: DebateMap, deck: Deck) -> None:
        self.deck = deck
        self._collection = collection
        self._debate = debate
        self._made_by = fingerprint(settings, collection, debate)
        self._path = settings.data_dir / "deck" / f"{collection.name}-{self._made_by}.json"
        self._prepared = {each.question: each for each in self._read()}

    def prepared(self, question: str) -> Prepared | None:
        """A question's answer, where it is made and current."""
        return self._prepared.get(question)

    @property
    def missing(self) -> tuple[str, ...]:
        """The deck's questions whose answers are still to be made."""
        return tuple(question for question in self.deck.questions if question not in self._prepared)

    @property
    def stood_in_for(self) -> tuple[str, ...]:
        """The deck's questions that the embedded model answered, or completed, in another one's place."""
        return tuple(
            question
            for question in self.deck.questions
            if (made := self._prepared.get(question)) and made.answer.provenance.fallback
        )

    async def prepare(
        self,
        guide: Answering,
        questions: Iterable[str] | None = None,
        told: Callable[[Prepared], object] = lambda _: None,
    ) -> None:
        """Make the answers that are missing, or those to `questions`; each is kept as soon as it is made.

        `told` hears of each. Raises OSError where the folder cannot be written.
        """
        for question in self.missing if questions is None else questions:
            last = await last_of(guide.stream(question))
            made = Prepared(question=question, answer=last.answer, working=last.working)
            self._prepared[question] = made
            self._write()
            told(made)

    def _read(self) -> list[Prepared]:
        try:
            stored = _Stored.model_validate_json(self._path.read_bytes())
        except (FileNotFoundError, ValidationError):
            # Missing or damaged: it is derived, and is made anew.
            return []
        if stored.made_by != self._made_by:
            return []
        return [each for each in stored.prepared if self._still_holds(each.answer)]

    def _still_holds(self, answer: Answer) -> bool:
        return answer.findings == check(answer, self._collection, self._debate.stances(answer.topics))

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        stored = _Stored(made_by=self._made_by, prepared=tuple(self._prepared.values()))
        _replace(self._path, stored.model_dump_json(indent=1))


def _replace(path: Path, content: str) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(content, "utf-8")
    beside.replace(path)
