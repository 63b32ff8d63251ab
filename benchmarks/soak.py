"""Hours of a workshop in minutes: mixed visitors on one window, and what it has left open afterwards.

Run: python -m benchmarks.soak MINUTES. Exits 1 if sessions, files, threads, sockets or memory leaked, or
if any question was not answered as it should have been.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.servers import Running, window
from benchmarks.visitor import Doors, Heard, VisitError, Visitor
from bot.settings import ROOT
from bot.web.server import SESSIONS_KEPT

AT_ONCE = 20
SETTLE_SECONDS = 45
# Of ten visits nine open a session: so many fill all that the window keeps.
WARM_VISITS = SESSIONS_KEPT * 5 // 4
# What comes and goes with the runtime itself: worker threads, kept connections.
SLACK = {"threads": 12, "files": 12, "sockets": 6}
GROWTH_MB = 150
SETTINGS = {"METRICS": "true", "SESSION_QUESTIONS": "12", "SESSION_STREAMS": "3"}


@dataclass
class Seen:
    """What the visitors met, and the server's figures in the course of it."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    figures: list[dict[str, int]] = field(default_factory=list)


def figures(running: Running) -> dict[str, int]:
    files, sockets = running.descriptors()
    return {
        "MB": running.status("VmRSS") // 1024,
        "threads": running.status("Threads"),
        "files": files,
        "sockets": sockets,
    }


async def mixed_load(
    running: Running, seen: Seen, seed: int, seconds: float = 0.0, at_least: int = 0
) -> None:
    """So many visitors at a time, each of another kind, until the time is over and so many have been."""
    lines = (ROOT / "evals" / "suites" / "contested.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    chance, end = random.Random(seed), time.monotonic() + seconds
    async with httpx.AsyncClient(timeout=60) as http:
        first = Visitor(running.url, http)
        await first.arrive()
        doors = first.doors
        assert doors is not None

        def going_on() -> bool:
            return time.monotonic() < end or sum(seen.outcomes.values()) < at_least

        async def visit() -> None:
            while going_on():
                kind = chance.choices(["asks", "leaves", "floods", "junk", "reads"], [70, 12, 3, 10, 5])[0]
                try:
                    outcome = await KINDS[kind](running.url, chance, questions, doors)
                except (VisitError, httpx.HTTPError, json.JSONDecodeError) as error:
                    outcome = "fault"
                    seen.faults.append(f"{kind}: {type(error).__name__} {error}")
                seen.outcomes[f"{kind}: {outcome}"] += 1

        async def watch() -> None:
            while going_on():
                seen.figures.append(figures(running))
                await asyncio.sleep(15)

        await asyncio.gather(watch(), *(visit() for _ in range(AT_ONCE)))


async def _asks(url: str, chance: random.Random, questions: list[str], doors: Doors) -> str:
    async with httpx.AsyncClient(timeout=60) as http:
        visitor = Visitor(url, http, doors=doors)
        for _ in range(chance.randint(1, 4)):
            heard: Heard = await visitor.ask(chance.choice(questions))
            if not heard.ok:
                return "not answered"
            await asyncio.sleep(chance.uniform(0, 0.5))
    return "answered"


async def _leaves(url: str, chance: random.Random, questions: list[str], doors: Doors) -> str:
    """Asks, and closes the page while the answer is on its way."""
    async with httpx.AsyncClient(timeout=60) as http:
        visitor = Visitor(url, http, doors=doors)
        try:
            async with asyncio.timeout(chance.uniform(0.01, 0.6)):
                await visitor.ask(chance.choice(questions))
        except TimeoutError:
            return "left"
    return "was answered first"


async def _floods(url: str, chance: random.Random, questions: list[str], doors: Doors) -> str:
    """One conversation asks thirty times as fast as it can."""
    async with httpx.AsyncClient(timeout=60) as http:
        visitor = Visitor(url, http, doors=doors)
        heard = [await visitor.ask(chance.choice(questions)) for _ in range(30)]
    return "told to wait" if "please wait" in heard[-1].text else "never told to wait"


async def _junk(url: str, chance: random.Random, _: list[str], doors: Doors) -> str:
    """Bodies that no page sends."""
    bodies = [
        b"",
        b"{",
        b"[]",
        b'{"data": null}',
        b"\xff" * 2000,
        b'{"fn_index": 9999, "data": []}',
        b"x" * 400_000,
    ]
    async with httpx.AsyncClient(timeout=60) as http:
        reply = await http.post(f"{url}/gradio_api/queue/join", content=chance.choice(bodies))
    return "refused" if 400 <= reply.status_code < 600 else f"answered with {reply.status_code}"


async def _reads(url: str, *_: object) -> str:
    async with httpx.AsyncClient(timeout=60) as http:
        return "read" if (await http.get(url)).status_code == 200 else "not read"


KINDS = {"asks": _asks, "leaves": _leaves, "floods": _floods, "junk": _junk, "reads": _reads}


def leaks(before: dict[str, int], after: dict[str, int], under_way: float) -> list[str]:
    """What is left open that should not be, in words; empty where nothing is."""
    found = [
        f"{name} grew from {before[name]} to {after[name]}"
        for name, slack in SLACK.items()
        if after[name] > before[name] + slack
    ]
    if after["MB"] > before["MB"] + GROWTH_MB:
        found.append(f"memory grew from {before['MB']} MB to {after['MB']} MB")
    if under_way:
        found.append(f"{under_way:.0f} answers are still under way")
    return found


def under_way(running: Running) -> float:
    """Answers that the window says are under way."""
    lines = httpx.get(f"{running.url}/metrics").text.splitlines()
    return float(
        next(line for line in lines if line.startswith("counterpoint_answers_under_way ")).split()[1]
    )


def soak(minutes: float, place: Path) -> tuple[Seen, dict[str, int], list[str]]:
    """Load for so many minutes; what was seen, the figures after it, and what leaked."""
    seen = Seen()
    more = {f"COUNTERPOINT_{name}": value for name, value in SETTINGS.items()}
    with window(place, "app.py", True, **more) as running:
        # What the first visitors make it load is no leak, nor are the sessions that it keeps.
        asyncio.run(mixed_load(running, Seen(), seed=1, at_least=min(WARM_VISITS, int(60 * minutes))))
        time.sleep(5)
        before = figures(running)
        asyncio.run(mixed_load(running, seen, seed=0, seconds=60 * minutes))
        time.sleep(SETTLE_SECONDS)
        after = figures(running)
        found = leaks(before, after, under_way(running))
        seen.figures = [before, *seen.figures]
    log = (place / "window.log").read_text("utf-8")
    if "Traceback" in log:
        found.append("the log holds a traceback")
    return seen, after, found


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with tempfile.TemporaryDirectory() as place:
        seen, after, found = soak(minutes, Path(place))
        log = (Path(place) / "window.log").read_text("utf-8")
    unanswered = sum(n for kind, n in seen.outcomes.items() if kind in ("asks: not answered", "asks: fault"))
    report = {
        "minutes": minutes,
        "outcomes": dict(seen.outcomes.most_common()),
        "before": seen.figures[0],
        "most": {name: max(each[name] for each in seen.figures) for name in seen.figures[0]},
        "after": after,
        "leaks": found,
        "faults": seen.faults[:10],
    }
    print(json.dumps(report, indent=2))
    if "Traceback" in log:
        print(log[-3000:], file=sys.stderr)
    return 1 if found or unanswered else 0


if __name__ == "__main__":
    sys.exit(main())
