"""Many visitors at once, beside Gradio's bare handler streaming the very same pages."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle

import httpx

from benchmarks.report import Table, spread
from benchmarks.servers import Running, window
from benchmarks.visitor import Heard, VisitError, Visitor
from bot.positions import load_map
from bot.settings import ROOT

# Each visitor's own words, and a question that the page offers to all of them.
OWN = [
    json.loads(line)["question"]
    for line in (ROOT / "evals" / "suites" / "contested.jsonl").read_text("utf-8").splitlines()
]
OFFERED = [load_map(ROOT / "knowledge" / "levine").topics[0].questions[0]]
SYSTEMS = {
    "counterpoint, own words": ("app.py", OWN),
    "counterpoint, one question": ("app.py", OFFERED),
    "bare Gradio": ("benchmarks/bare_window.py", OFFERED),
}


def measure(sizes: tuple[int, ...] = (1, 25, 100, 200), rounds: int = 1) -> Table:
    """So many visitors ask at the same moment, each once a round."""
    table = Table(
        "Crowd",
        "All visitors ask at once and read their streams; client and server share the machine. “Own words”: "
        f"{len(OWN)} questions that the window has not seen; “one question”: one that the page offers, which "
        "is answered once for all. The bare handler only replays the states that one answer goes through. "
        "Seconds to the first statement; MB is the server's memory afterwards.",
    )
    taken: dict[tuple[str, int], tuple[float, float, int, int]] = {}
    for name, (program, questions) in SYSTEMS.items():
        with tempfile.TemporaryDirectory() as place, window(place, program) as running:
            asyncio.run(crowd(running, 2, questions))
            for size in sizes:
                heard = [each for _ in range(rounds) for each in asyncio.run(crowd(running, size, questions))]
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


async def crowd(running: Running, size: int, questions: Sequence[str]) -> list[Heard]:
    """What `size` visitors hear who have all arrived and then ask, in turn, `questions` at one moment."""
    # A busy server may close an idle connection just as it is used again, which a browser would retry.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=120, limits=limits) as http:
        visitors = [Visitor(running.url, http) for _ in range(size)]
        await visitors[0].arrive()
        for visitor in visitors:
            visitor.doors = visitors[0].doors
        await asyncio.gather(*(visitor.open() for visitor in visitors[1:]))
        return await asyncio.gather(
            *(_asked(*each) for each in zip(visitors, cycle(questions), strict=False))
        )


async def _asked(visitor: Visitor, question: str) -> Heard:
    started = time.perf_counter()
    try:
        return await visitor.ask(question)
    except (VisitError, httpx.HTTPError) as error:
        print(f"A visitor was not answered: {error!r}", file=sys.stderr)
        return Heard(total=time.perf_counter() - started)
