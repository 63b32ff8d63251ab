"""A limit on how long a stream may keep its reader waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any


async def within(stream: AsyncGenerator[Any], limit: float | None) -> AsyncGenerator[Any]:
    """What the stream gives, as long as it gives it before `limit` seconds are over; else TimeoutError."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit if limit is not None else None
    try:
        while True:
            # A stream that runs ahead of its reader has an item ready each time, which the timeout lets by.
            if deadline is not None and loop.time() >= deadline:
                raise TimeoutError
            # Only around the waiting: what the reader does with an item must not be interrupted.
            async with asyncio.timeout_at(deadline):
                item = await anext(stream, None)
            if item is None:
                return
            yield item
    finally:
        await stream.aclose()
