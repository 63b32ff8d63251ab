from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import pytest

from bot.deadline import within


async def numbers(pause: float, closed: list[bool]) -> AsyncGenerator[int]:
    try:
        for number in range(3):
            await asyncio.sleep(pause)
            yield number
    finally:
        closed.append(True)


async def read(limit: float | None, pause: float, dwell: float = 0.0) -> tuple[list[int], list[bool]]:
    seen: list[int] = []
    closed: list[bool] = []
    try:
        async for number in within(numbers(pause, closed), limit):
            seen.append(number)
            await asyncio.sleep(dwell)
    except TimeoutError:
        seen.append(-1)
    return seen, closed


@pytest.mark.parametrize("limit", [None, 5.0])
def test_what_comes_in_time_comes_whole(limit: float | None):
    assert asyncio.run(read(limit, 0)) == ([0, 1, 2], [True])


def test_a_stream_that_keeps_its_reader_waiting_is_ended_and_closed():
    assert asyncio.run(read(0.05, 5)) == ([-1], [True])


def test_the_limit_is_on_all_items_together():
    seen, closed = asyncio.run(read(0.25, 0.2))
    assert (seen, closed) == ([0, -1], [True])


def test_a_reader_is_never_interrupted_while_it_reads():
    seen, _ = asyncio.run(read(0.05, 0, dwell=0.1))
    assert seen[0] == 0


def test_a_stream_that_always_has_something_ready_is_ended_too():
    async def restless() -> AsyncGenerator[int]:
        until = time.monotonic() + 2
        while time.monotonic() < until:
            yield 1

    async def read_on() -> None:
        async for _ in within(restless(), 0.05):
            pass

    with pytest.raises(TimeoutError):
        asyncio.run(read_on())
