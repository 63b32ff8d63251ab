"""Many visitors at once, beside Gradio's bare handler streaming the very same pages."""

from __future__ import annotations

import asyncio
import tempfile
import time

import httpx

from benchmarks.report import Table, spread
from benchmarks.servers import Running, window
from benchmarks.visitor import Heard, VisitError, Visitor

QUESTION = "Would you call a good therapist a healer?"
SYSTEMS = {"counterpoint": "app.py", "bare Gradio": "benchmarks/bare_window.py"}


def measure(sizes: tuple[int, ...] = (1, 25, 100, 200), rounds: int = 1) -> Table:
    """So many visitors ask at the same moment, each once a round."""
    table = Table(
        "Crowd",
        "Every visitor sends the same question at once and reads its stream; client and server share the "
        "machine. The bare handler only replays the states that one answer went through. Seconds to the "
        "first statement; MB is the server's memory afterwards.",
    )
    taken: dict[tuple[str, int], tuple[float, float, int, int]] = {}
    for name, program in SYSTEMS.items():
        with tempfile.TemporaryDirectory() as place, window(place, program) as running:
            asyncio.run(crowd(running, 2))
            for size in sizes:
                heard = [each for _ in range(rounds) for each in asyncio.run(crowd(running, size))]
                good = [each.first for each in heard if each.ok and each.first is not None]
                failed = len(heard) - len(good)
                taken[name, size] = (*spread(good or [float("nan")]), failed, running.status("VmRSS") // 1024)
    for size in sizes:
        base = taken["bare Gradio", size][1]
        for name in SYSTEMS:
            p50, p95, failed, memory = taken[name, size]
            table.rows.append(
                {
                    "visitors": size,
                    "system": name,
                    "p50": p50,
                    "p95": p95,
                    "p95 ÷ bare": p95 / base,
                    "failed": failed,
                    "MB": memory,
                }
            )
    return table


async def crowd(running: Running, size: int, question: str = QUESTION) -> list[Heard]:
    """What `size` visitors hear who have all arrived and then ask at the same moment."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=120, limits=limits) as http:
        visitors = [Visitor(running.url, http) for _ in range(size)]
        await visitors[0].arrive()
        for visitor in visitors:
            visitor.doors = visitors[0].doors
        await asyncio.gather(*(visitor.open() for visitor in visitors[1:]))
        return await asyncio.gather(*(_asked(visitor, question) for visitor in visitors))


async def _asked(visitor: Visitor, question: str) -> Heard:
    started = time.perf_counter()
    try:
        return await visitor.ask(question)
    except (VisitError, httpx.HTTPError):
        return Heard(total=time.perf_counter() - started)
