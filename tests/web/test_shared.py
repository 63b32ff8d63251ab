"""A question of this side's own is answered once for a whole room, and nobody else's is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.corpus import Collection
from bot.deck import Deck
from bot.events import Event, Finished, Passed, Turn
from bot.facts import Fact, Facts
from bot.positions import DebateMap
from bot.settings import Settings
from bot.web.shared import MOST, SharedGuide, own_questions
from tests.web.scripted_server import answer, statements

OURS = "Keep it?"


class Counting:
    """A guide that notes what it was asked, and fails as often as it is told to."""

    def __init__(self, mill: Collection, settings: Settings, fails: int = 0) -> None:
        self.collection, self.settings = mill, settings
        self.asked: list[str] = []
        self._fails = fails

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Event]:
        self.asked.append(question)
        yield Passed(statement=statements(self.collection)[0])
        await asyncio.sleep(0)
        if len(self.asked) <= self._fails:
            raise RuntimeError("the guide failed")
        yield Finished(answer=answer(self.collection, question))

    def starters(self) -> list[str]:
        return [OURS]

    def close(self) -> None: ...


async def heard(guide: SharedGuide, question: str, history: Sequence[Turn] = ()) -> list[Event]:
    return [event async for event in guide.stream(question, history)]


def test_who_asks_at_once_and_who_asks_later_hears_the_same_answer_made_once(mill: Collection) -> None:
    guide = Counting(mill, Settings())

    async def room() -> list[list[Event]]:
        shared = SharedGuide(guide, {OURS})
        return [*await asyncio.gather(*(heard(shared, OURS) for _ in range(5))), await heard(shared, OURS)]

    answers = asyncio.run(room())
    assert guide.asked == [OURS]
    assert [len(events) for events in answers] == [2] * 6
    assert all(events == answers[0] for events in answers)


@pytest.mark.parametrize("case", ["own words", "history", "endpoint"])
def test_what_may_differ_from_visitor_to_visitor_is_not_shared(mill: Collection, case: str) -> None:
    guide = Counting(mill, Settings(model="other" if case == "endpoint" else "embedded"))
    question = "My own words?" if case == "own words" else OURS
    history = [Turn(question="Before?", gist="It was.")] if case == "history" else []

    async def twice() -> None:
        shared = SharedGuide(guide, {OURS})
        for _ in range(2):
            await heard(shared, question, history)

    asyncio.run(twice())
    assert guide.asked == [question] * 2


def test_a_listener_who_leaves_does_not_end_it_for_the_others(mill: Collection) -> None:
    guide = Counting(mill, Settings())

    async def room() -> list[Event]:
        shared = SharedGuide(guide, {OURS})
        leaving = shared.stream(OURS)
        await anext(leaving)
        staying = asyncio.create_task(heard(shared, OURS))
        await leaving.aclose()
        return await staying

    assert isinstance(asyncio.run(room())[-1], Finished)
    assert guide.asked == [OURS]


def test_a_failure_reaches_all_who_wait_and_is_not_kept(mill: Collection) -> None:
    guide = Counting(mill, Settings(), fails=1)

    async def room() -> list[object]:
        shared = SharedGuide(guide, {OURS})
        both = [heard(shared, OURS), heard(shared, OURS)]
        return [*await asyncio.gather(*both, return_exceptions=True), await heard(shared, OURS)]

    *failed, later = asyncio.run(room())
    assert [type(each) for each in failed] == [RuntimeError, RuntimeError]
    assert isinstance(later, list) and isinstance(later[-1], Finished)
    assert len(guide.asked) == 2


def test_no_more_than_so_many_answers_are_kept(mill: Collection) -> None:
    guide = Counting(mill, Settings())
    questions = [f"Number {number}?" for number in range(MOST + 1)]

    async def all_then_the_first() -> None:
        shared = SharedGuide(guide, questions)
        for question in (*questions, questions[0]):
            await heard(shared, question)

    asyncio.run(all_then_the_first())
    assert guide.asked == [*questions, questions[0]]


def test_the_questions_of_this_side_are_those_of_its_files() -> None:
    fact = Fact(passage="A1", quote="It grinds.", questions=("Does it grind?",))
    ours = own_questions(DebateMap(()), Facts((fact,)), Deck(questions=("Sell it?",)))
    assert ours == {"Does it grind?", "Sell it?"}
