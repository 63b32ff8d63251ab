"""The right of an answer to go on, and the pace at which what it brings is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from bot.events import Event, Finished, Passed

# To show something costs more than most events do, and an eye is not quicker than that.
PAUSE = 0.1


class Ticket:
    """The right of an answer to go on; whoever holds it may withdraw it, from the same event loop."""

    def __init__(self) -> None:
        self._withdrawn = asyncio.Event()
        self._over = asyncio.Event()
        self.forgotten = False

    @property
    def withdrawn(self) -> bool:
        return self._withdrawn.is_set()

    def withdraw(self) -> None:
        self._withdrawn.set()

    def over(self) -> None:
        """The answer has written all that it will ever write."""
        self._over.set()

    async def forget(self, seconds: float) -> None:
        """Withdraw it without a trace, and wait so long at most until the answer writes no more."""
        self.forgotten = True
        self.withdraw()
        await asyncio.wait({asyncio.create_task(self._over.wait())}, timeout=seconds)

    async def batches(
        self, stream: AsyncIterator[Event], pause: float = PAUSE
    ) -> AsyncGenerator[list[Event]]:
        """The stream's events until it ends or the ticket is withdrawn, whatever it is waiting for then.

        Events that come within `pause` seconds of each other come together; the first statement and the
        whole answer never wait.

        One task reads the stream from end to end, since what a library keeps in context variables
        must not change hands between two events.
        """
        inbox = _Inbox()
        reading = asyncio.create_task(inbox.fill(stream))
        clock, due = asyncio.get_running_loop().time, 0.0
        try:
            while await self._unless_withdrawn(inbox.arrived):
                await self._unless_withdrawn(inbox.urgent, max(0.0, due - clock()))
                if self.withdrawn:
                    return
                if batch := inbox.emptied():
                    yield batch
                    due = clock() + pause
                if inbox.closed and not inbox.arrived.is_set():
                    await reading
                    return
        finally:
            reading.cancel()
            await asyncio.wait({reading})

    async def _unless_withdrawn(self, event: asyncio.Event, seconds: float | None = None) -> bool:
        """Wait for `event`, so long at most; False where the ticket is withdrawn."""
        waits = {asyncio.create_task(each.wait()) for each in (event, self._withdrawn)}
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        return not self.withdrawn


class _Inbox:
    """Events that have come and are not yet shown. `urgent`: one of them is not to wait."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._begun = False
        self.arrived, self.urgent = asyncio.Event(), asyncio.Event()
        self.closed = False

    async def fill(self, stream: AsyncIterator[Event]) -> None:
        """Take in the whole stream; raises what it raises, once all that came before can be seen."""
        try:
            async for event in stream:
                self._events.append(event)
                self.arrived.set()
                if isinstance(event, Finished) or (isinstance(event, Passed) and not self._begun):
                    self._begun = True
                    self.urgent.set()
        finally:
            self.closed = True
            self.arrived.set()
            self.urgent.set()

    def emptied(self) -> list[Event]:
        """What had come, which is in it no more."""
        events, self._events = self._events, []
        if not self.closed:
            self.urgent.clear()
        self.arrived.clear()
        return events
