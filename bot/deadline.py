"""A limit on how long a stream may keep its reader waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any


async def within(stream: AsyncGenerator[Any], limit: float | None) -> AsyncGenerator[Any]:
    """What the stream gives, as long as it gives it before `limit` seconds are over; else TimeoutError."""
    deadline = asyncio.get_running_loop().time() + limit if limit is not None else None
    try:
        while True:
            # Only around the waiting: what the reader does with an item must not be interrupted.
            async with asyncio.timeout_at(deadline):
                item = await anext(stream, None)
            if item is None:
                return
            yield item
    finally:
        await stream.aclose()
