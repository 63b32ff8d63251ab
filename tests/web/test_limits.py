from __future__ import annotations

import pytest

from bot.settings import Settings
from bot.web.limits import KEPT, ROOM_FULL, TOO_FAST, TOO_MANY_ANSWERS, Limits, Visitor


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def limits(clock: Clock, **changes: int) -> Limits:
    few = {"session_questions": 3, "address_questions": 5, "session_streams": 2, "address_streams": 4}
    return Limits(Settings().model_copy(update=few | changes), clock)


def asked(limits: Limits, visitor: Visitor, times: int) -> list[str | None]:
    return [limits.refusal(visitor) for _ in range(times)]


def test_a_conversation_may_ask_so_often_a_minute_and_then_again(clock: Clock) -> None:
    some = limits(clock)
    assert asked(some, Visitor("s", "a"), 4) == [None, None, None, TOO_FAST]
    clock.now += 61
    assert some.refusal(Visitor("s", "a")) is None


def test_a_refused_question_does_not_count(clock: Clock) -> None:
    some = limits(clock)
    asked(some, Visitor("s", "a"), 20)
    clock.now += 61
    assert asked(some, Visitor("s", "a"), 3) == [None] * 3


def test_an_address_may_ask_so_often_a_minute(clock: Clock) -> None:
    some = limits(clock)
    refusals = [some.refusal(Visitor(f"s{number}", "a")) for number in range(6)]
    assert refusals == [None] * 5 + [ROOM_FULL]
    assert some.refusal(Visitor("s9", "another")) is None


def test_who_was_here_before_a_flood_still_asks(clock: Clock) -> None:
    some, guest = limits(clock), Visitor("guest", "room")
    assert some.refusal(guest) is None
    clock.now += 120
    flood = [some.refusal(Visitor(f"bot{number}", "room")) for number in range(50)]
    assert flood.count(None) == 5
    assert some.refusal(guest) is None


def test_even_old_conversations_share_a_limit(clock: Clock) -> None:
    some = limits(clock, session_questions=100)
    old = [Visitor(f"s{number}", "a") for number in range(5)]
    assert [some.refusal(each) for each in old] == [None] * 5
    clock.now += 120
    assert [some.refusal(each) for each in old * 4].count(None) == 10


def test_answers_under_way_are_bounded_and_given_back(clock: Clock) -> None:
    some, visitor = limits(clock), Visitor("s", "a")
    with some.answering(visitor), some.answering(visitor):
        assert some.refusal(visitor) == TOO_MANY_ANSWERS
    assert some.refusal(visitor) is None


def test_answers_under_way_at_an_address_are_bounded(clock: Clock) -> None:
    some = limits(clock, address_streams=1)
    with some.answering(Visitor("s1", "a")):
        assert some.refusal(Visitor("s2", "a")) == ROOM_FULL


def test_an_answer_that_fails_is_given_back(clock: Clock) -> None:
    some = limits(clock, session_streams=1)
    with pytest.raises(KeyError), some.answering(Visitor("s", "a")):
        raise KeyError
    assert some.refusal(Visitor("s", "a")) is None


def test_zero_means_any_number(clock: Clock) -> None:
    some = limits(clock, session_questions=0, address_questions=0, session_streams=0, address_streams=0)
    with some.answering(Visitor("s", "a")):
        assert set(asked(some, Visitor("s", "a"), 500)) == {None}


def test_a_visitor_of_whom_nothing_is_known_is_not_held_for_another(clock: Clock) -> None:
    assert set(asked(limits(clock), Visitor(), 50)) == {None}


def test_what_is_remembered_is_bounded(clock: Clock) -> None:
    some = limits(clock, address_questions=0)
    for number in range(KEPT + 500):
        some.refusal(Visitor(f"s{number}", f"a{number}"))
    assert len(some._asked) <= KEPT
