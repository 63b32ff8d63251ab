"""A ticket ends the stream that it stands for, and paces what is shown of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.corpus import Collection
from bot.events import Event, Finished, Passed, Progress, Stage
from bot.web.ticket import Ticket
from tests.web.scripted_server import answer, statements

LONG = 3600.0
AWHILE = Progress(stage=Stage.SEARCHING, detail="one")


async def gathered(
    stream: AsyncIterator[Event], pause: float, ticket: Ticket | None = None
) -> list[list[Event]]:
    return [batch async for batch in (ticket or Ticket()).batches(stream, pause)]


def test_a_withdrawn_ticket_ends_a_stream_that_is_waiting_and_closes_it() -> None:
    closed = []

    async def silent() -> AsyncIterator[Event]:
        try:
            await asyncio.Event().wait()
            yield Progress(stage=Stage.SEARCHING, detail="never")
        finally:
            closed.append(True)

    async def withdrawn_while_waiting() -> list[list[Event]]:
        ticket = Ticket()
        asyncio.get_running_loop().call_later(0.01, ticket.withdraw)
        return await gathered(silent(), 0, ticket)

    assert asyncio.run(withdrawn_while_waiting()) == []
    assert closed == [True]


def test_a_fault_of_the_stream_reaches_the_reader() -> None:
    async def failing() -> AsyncIterator[Event]:
        yield Progress(stage=Stage.SEARCHING, detail="one")
        raise RuntimeError("the guide failed")

    async def read() -> list[list[Event]]:
        return await gathered(failing(), 0)

    with pytest.raises(RuntimeError, match="the guide failed"):
        asyncio.run(read())


def test_the_first_statement_and_the_whole_answer_do_not_wait_for_the_pause(
    mill: Collection,
) -> None:
    passed, finished = Passed(statement=statements(mill)[0]), Finished(answer=answer(mill, "Keep it?"))

    async def answering() -> AsyncIterator[Event]:
        for event in (AWHILE, AWHILE, passed, AWHILE, passed, AWHILE, finished):
            yield event
            # Lets the reader see each event by itself, if it looks.
            await asyncio.sleep(0.01)

    batches = asyncio.run(gathered(answering(), LONG))
    assert batches == [[AWHILE], [AWHILE, passed], [AWHILE, passed, AWHILE, finished]]


def test_what_has_come_is_shown_after_the_pause_though_nothing_follows() -> None:
    async def halting() -> AsyncIterator[Event]:
        yield AWHILE
        await asyncio.sleep(0)
        yield AWHILE
        await shown.wait()

    async def read() -> int:
        seen = 0
        async for batch in Ticket().batches(halting(), 0.02):
            seen += len(batch)
            if seen == 2:
                shown.set()
        return seen

    async def main() -> int:
        return await asyncio.wait_for(read(), 10)

    shown = asyncio.Event()
    assert asyncio.run(main()) == 2
