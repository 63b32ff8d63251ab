"""A model at an endpoint that goes wrong in every way by turns, over the bundled text.

Run as a program: `python -m tests.faulty_endpoint PORT SEED LOG`. Chance, from SEED, says what becomes of
each request; with 0 nothing goes wrong. LOG gets a line of JSON for each, a `Deed`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from random import Random
from typing import Any

from bot.completion import filling
from bot.corpus import Collection, load_collection
from bot.draft import DRAFT, DraftQuote, DraftStatement
from bot.planting import OPERATORS
from bot.positions import DebateMap, Topic, load_map, statement_of
from bot.records import Record, Stance, Statement
from bot.settings import ROOT
from bot.tools import LOOK_UP_MAP, SEARCH
from tests.endpoint import (
    VENDOR,
    Call,
    Exchange,
    Step,
    calls,
    closes_at_once,
    drips,
    endpoint,
    fails,
    hangs,
    replies,
    says,
    streams_raw,
    writes_without_end,
)

TEXT = ROOT / "knowledge" / "levine"
SIDES = (Stance.FOR, Stance.AGAINST)
# Longer than any limit of the test, so that whoever waits for the end of it waits too long.
FOREVER = 60.0
SLOWLY = 0.02
HONEST = "does its work"
FAULTS: dict[str, Step] = {
    "says nothing": hangs(FOREVER),
    "401": fails(401),
    "429": fails(429, Retry_After="30"),
    "500": fails(500),
    "junk json": replies("{not json"),
    "junk in the stream": streams_raw("data: {nonsense\n\ndata: [DONE]\n\n"),
    "error in the stream": streams_raw('data: {"error": {"message": "' + VENDOR + '"}}\n\n'),
    "empty stream": streams_raw(""),
    "closes": closes_at_once,
    "declines": says("", refusal=VENDOR),
    "declines in words": says("I'm sorry, I can't help with that."),
    "drips": drips(FOREVER),
    "no end": writes_without_end(60_000),
}
# What comes before chance, so that no crowd is too small for it: the faults that only the program's own
# limit ends, and an answer or two that nothing happens to.
FIRST_OPENED, FIRST_DRAFTED = ("says nothing", "drips", HONEST, HONEST), (HONEST, HONEST)
# Those that befall a conversation with the guide that has begun well.
LATER = ("says nothing", "500", "closes")
# Of those that bot/planting.py makes, the ones that a draft can hold and no check may let through.
WRONG = ("citation swapped", "quote stitched", "word cut from quote", "uncited sentence added")


class Deed(Record):
    """What became of one request: what the visitor had said in it, and what was drafted, rightly or not.

    `topic` is the one that the latest question of the map's own is on.
    """

    name: str
    topic: str
    said: tuple[str, ...]
    right: tuple[DraftStatement, ...] = ()
    wrong: tuple[DraftStatement, ...] = ()


def deeds(log: Path) -> list[Deed]:
    """What an endpoint has written down so far."""
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    return [Deed.model_validate_json(line) for line in lines]


@dataclass(frozen=True)
class Written:
    """A draft that goes out in some way, and what stands in it."""

    step: Step
    right: Sequence[DraftStatement] = ()
    wrong: Sequence[DraftStatement] = ()


Writer = Callable[[Topic, Random], Written]


class Drafts:
    """Drafts over one text, each of them out of what the map holds on one topic."""

    def __init__(self, collection: Collection, debate: DebateMap) -> None:
        self._collection = collection
        self._debate = debate
        self.ways: dict[str, Writer] = {
            HONEST: lambda topic, _: self._whole(topic),
            "slowly": lambda topic, _: self._whole(topic, pause=SLOWLY),
            "broken off": lambda topic, chance: self._cut(topic, chance),
            "out of tokens": lambda topic, chance: self._cut(topic, chance, finish="length"),
            "goes on dripping": self._dripping,
            "one side": lambda topic, _: self._whole(topic, SIDES[:1]),
            "denies": lambda topic, _: Written(calls(_draft(topic, [], outcome="off_topic"))),
            "an error planted": lambda topic, chance: self._planted(topic, chance, self._right(topic)),
            "nothing but an error": lambda topic, chance: self._planted(topic, chance, []),
        }

    def _right(self, topic: Topic, sides: Iterable[Stance] = SIDES) -> list[DraftStatement]:
        return filling(self._debate, [topic.id], sides, ())

    def _whole(self, topic: Topic, sides: Iterable[Stance] = SIDES, **more: Any) -> Written:
        right = self._right(topic, sides)
        return Written(calls(_draft(topic, right), **more), right)

    def _cut(self, topic: Topic, chance: Random, **more: Any) -> Written:
        right = self._right(topic)
        return Written(calls(_draft(topic, right), upto=chance.randrange(40, 2500), **more), right)

    def _dripping(self, topic: Topic, chance: Random) -> Written:
        cut = self._cut(topic, chance)
        return Written(drips(FOREVER, cut.step), cut.right)

    def _planted(self, topic: Topic, chance: Random, right: list[DraftStatement]) -> Written:
        statement = statement_of(chance.choice(topic.positions), self._collection)
        made = (OPERATORS[name](statement, self._collection, chance) for name in WRONG)
        wrong = [_as_drafted(chance.choice([each for each in made if each]))]
        return Written(calls(_draft(topic, [*wrong, *right])), right, wrong)


def _as_drafted(statement: Statement) -> DraftStatement:
    quotes = [DraftQuote(passage=e.passage, quote=e.quote, quoting=e.owner) for e in statement.evidence]
    return DraftStatement(evidence=quotes, stance=statement.stance.value, text=statement.text)


def _draft(topic: Topic, statements: Sequence[DraftStatement], outcome: str = "answered") -> Call:
    held = [statement.model_dump() for statement in statements]
    return DRAFT, {"topics": [topic.id], "statements": held, "outcome": outcome}


def dealt(cards: Sequence[str], chance: Random, before: Container[str]) -> Iterator[str]:
    """One card after another, for ever: in chance order, every one of them once before any comes again.

    `before` are those that were dealt in an earlier life.
    """
    yield from _shuffled([card for card in cards if card == HONEST or card not in before], chance)
    while True:
        yield from _shuffled(cards, chance)


def _shuffled(cards: Sequence[str], chance: Random) -> list[str]:
    return chance.sample(cards, len(cards))


class FaultyModel:
    """Answers each request as chance has it, and writes down what it did."""

    def __init__(self, seed: int, log: Path) -> None:
        self._chance = Random(seed)
        self._log = log
        self._lock = threading.Lock()
        debate = load_map(TEXT)
        self._topics = {question: topic for topic in debate.topics for question in topic.questions}
        self._ways = Drafts(load_collection(TEXT), debate).ways
        before = {deed.name for deed in deeds(log)}
        opening = [*FAULTS, *[HONEST] * len(FAULTS)]
        drafting = [*self._ways, *[HONEST] * len(self._ways), *LATER]
        self._opening = chain(FIRST_OPENED, dealt(opening, self._chance, before)) if seed else repeat(HONEST)
        self._drafting = (
            chain(FIRST_DRAFTED, dealt(drafting, self._chance, before)) if seed else repeat(HONEST)
        )

    def answer(self, exchange: Exchange) -> None:
        """One step of the conversation with the guide, or a fault in its place."""
        messages = exchange.body["messages"]
        said = tuple(str(message["content"]) for message in messages if message["role"] == "user")
        topic = next(self._topics[words] for words in reversed(said) if words in self._topics)
        # No turn but the one that is under way has kept its tools' results.
        looked_up = any(message["role"] == "tool" for message in messages)
        with self._lock:
            name, written = self._drafted(topic) if looked_up else self._looked_up(said[-1])
            deed = Deed(
                name=name, topic=topic.id, said=said, right=tuple(written.right), wrong=tuple(written.wrong)
            )
            with self._log.open("a", encoding="utf-8") as log:
                log.write(deed.model_dump_json() + "\n")
        written.step(exchange)

    def _drafted(self, topic: Topic) -> tuple[str, Written]:
        name = next(self._drafting)
        return name, Written(FAULTS[name]) if name in FAULTS else self._ways[name](topic, self._chance)

    def _looked_up(self, question: str) -> tuple[str, Written]:
        name = next(self._opening)
        looks_up = calls((LOOK_UP_MAP, {"question": question}), (SEARCH, {"query": question}))
        return name, Written(FAULTS.get(name, looks_up))


def main(port: str, seed: str, log: str) -> None:
    """Serve until killed."""
    with endpoint(FaultyModel(int(seed), Path(log)).answer, port=int(port)):
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
