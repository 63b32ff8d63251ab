"""Visitors who stream from the real window while its model's endpoint goes wrong, dies and comes back.

What `struck` gives is all that came of it, for tests to judge.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from gradio_client.utils import apply_diff

from benchmarks.servers import Running
from benchmarks.soak import figures, leaks, under_way
from benchmarks.visitor import Heard, Visitor
from bot.exchange import Exchange
from bot.positions import DebateMap, Sides, load_map
from bot.records import Answer
from bot.web.memory import KeptConversation
from tests.conftest import ROOT, Served, free_port, serving
from tests.endpoint import MODEL
from tests.faulty_endpoint import TEXT, Deed, deeds

# Visitors who come before all others, and make the window load what it needs.
FIRST = 4
FOLLOW_UP = "And who disagrees with that?"
# Seconds that the settings give the model for one question.
LIMIT = 8.0
OUT_SECONDS, SETTLE_SECONDS = 1.0, 40.0
QUOTE = re.compile(r'<a class="cite" href="#([\w.]+)~(\d+)~(\d+)"')
TCP = Path("/proc/net/tcp")


@dataclass
class Endpoint:
    """The faulty model's process, which can be killed, and started again at the same address."""

    place: Path
    port: int = field(default_factory=free_port)
    started: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def log(self) -> Path:
        return self.place / "deeds.jsonl"

    @property
    def deeds(self) -> list[Deed]:
        return deeds(self.log)

    @property
    def connections(self) -> int:
        """How many connections to it a process on this machine still holds."""
        rows = [line.split() for line in TCP.read_text("utf-8").splitlines()[1:]]
        # One that its process has closed has no inode, though the system remembers it for a minute.
        return sum(row[2].endswith(f":{self.port:04X}") and row[9] != "0" for row in rows)

    def start(self) -> None:
        """Start it: the first time with nothing going wrong, then each time with other luck."""
        command = [sys.executable, "-m", "tests.faulty_endpoint", str(self.port), str(self.started)]
        self.started += 1
        with (self.place / "endpoint.log").open("ab") as output:
            self.process = subprocess.Popen(
                [*command, str(self.log)], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )

    async def listening(self) -> None:
        """Wait until it takes connections."""
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            await asyncio.sleep(0.1)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True)
class Told:
    """What one visitor got for one question: what came down the stream, and how often an end came."""

    question: str
    topic: str
    heard: Heard
    ends: tuple[KeptConversation, ...]
    quotes: frozenset[str]

    @property
    def exchange(self) -> Exchange:
        return self.ends[-1].exchanges[-1]

    @property
    def answer(self) -> Answer | None:
        return self.exchange.answer


@dataclass(frozen=True)
class Crowd:
    """All that came of one crowd: to each visitor, at the endpoint, and in the window's own process."""

    came: list[tuple[list[Told], str]]
    deeds: list[Deed]
    held_when_killed: int
    held: int
    left: list[str]
    address: str
    log: str

    @property
    def each(self) -> list[Told]:
        return [told for visitor, _ in self.came for told in visitor]


def pages(heard: Heard) -> Iterator[list[Any]]:
    """The page's parts as they stood after each message of a stream."""
    parts: list[Any] = []
    for line in heard.text.splitlines():
        message = json.loads(line.removeprefix("data:"))
        data = message["output"]["data"]
        if parts and message["msg"] == "process_generating":
            parts = [apply_diff(part, diff) for part, diff in zip(parts, data, strict=True)]
        else:
            parts = data
        yield parts


def told_of(question: str, topic: str, heard: Heard) -> Told:
    """What a stream told, read as the page reads it."""
    ends, quotes = {}, set()
    for chat, *_, bridge in pages(heard):
        quotes.update(QUOTE.findall(chat[-1]["content"][0]["text"]))
        message = json.loads(bridge.get("value") or "{}")
        kept = KeptConversation.model_validate_json(message["text"]) if message.get("text") else None
        if kept and not kept.pending:
            ends[message["mark"]] = kept
    return Told(question, topic, heard, tuple(ends.values()), frozenset(quotes))


def questions_of(number: int, debate: DebateMap) -> list[tuple[str, str]]:
    """A visitor's two questions, which no other asks, with their topics; every other one follows up."""
    debated = [topic for topic in debate.topics if topic.sides is Sides.BOTH]
    first, other = debated[number], debated[-1 - number]
    second = (FOLLOW_UP, first.id) if number % 2 else (other.questions[0], other.id)
    return [(first.questions[0], first.id), second]


async def crowd(
    served: Served, numbers: range, debate: DebateMap, back: asyncio.Event
) -> list[tuple[list[Told], str]]:
    """What visitors are told who all ask at once, and again once the endpoint is `back`.

    Beside it all that was sent to each.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)

    async def one(number: int) -> tuple[list[tuple[str, str, Heard]], str]:
        async with httpx.AsyncClient(timeout=120, limits=limits) as http:
            visitor = Visitor(served.url, http)
            (first, topic), (second, other) = questions_of(number, debate)
            heard = [(first, topic, await visitor.ask(first))]
            await back.wait()
            return [*heard, (second, other, await visitor.ask(second))], visitor.heard

    came = await asyncio.gather(*(one(number) for number in numbers))
    return [([told_of(*each) for each in heard], all_of_it) for heard, all_of_it in came]


async def outage(endpoint: Endpoint, size: int, back: asyncio.Event) -> int:
    """Kill the endpoint in the middle of several streams, and bring it back; how many there were."""
    begun, until = len(endpoint.deeds), time.monotonic() + 3 * LIMIT
    while len(endpoint.deeds) < begun + size // 2 or endpoint.connections < 2:
        assert time.monotonic() < until, "too few have come to the endpoint"
        await asyncio.sleep(0.05)
    held = endpoint.connections
    endpoint.kill()
    await asyncio.sleep(OUT_SECONDS)
    endpoint.start()
    await endpoint.listening()
    back.set()
    return held


@contextmanager
def window(place: Path, endpoint: Endpoint) -> Generator[Served]:
    """`python app.py` with its model at the endpoint."""
    knowledge = place / "knowledge"
    # Without its deck, whose answers would be made at the same endpoint beside the visitors'.
    shutil.copytree(TEXT.parent, knowledge, ignore=shutil.ignore_patterns("deck.yaml"))
    named = {
        "KNOWLEDGE_DIR": str(knowledge),
        "MODEL": MODEL,
        "METRICS": "true",
        "ANSWER_TIMEOUT": str(LIMIT),
        "MODEL_TIMEOUT": str(LIMIT / 2),
        "MODEL_RETRIES": "1",
    }
    more = {f"COUNTERPOINT_{name}": value for name, value in named.items()}
    with serving("app.py", place, OPENAI_BASE_URL=endpoint.address, **more) as served:
        yield served


def settled(running: Running, endpoint: Endpoint, before: dict[str, int]) -> tuple[int, list[str]]:
    """The connections and other things that are still held once the window has had time to let go."""
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        held, left = endpoint.connections, leaks(before, figures(running), under_way(running))
        if not (held or left) or time.monotonic() > until:
            return held, left
        time.sleep(0.5)


def struck(place: Path, size: int) -> Crowd:
    """What becomes of `size` visitors, with two questions each, whose endpoint is killed under the first."""
    endpoint, debate = Endpoint(place), load_map(TEXT)
    endpoint.start()
    try:
        with window(place, endpoint) as served:
            running, there = Running(served.url, served.process.pid), asyncio.Event()
            there.set()
            # What the first visitors make it load is no leak.
            asyncio.run(crowd(served, range(size, size + FIRST), debate, there))
            endpoint.kill()
            endpoint.start()
            asyncio.run(endpoint.listening())
            before = figures(running)
            came, held = asyncio.run(_struck(served, endpoint, debate, size))
            after = settled(running, endpoint, before)
            log = served.log.read_text("utf-8")
        return Crowd(came, endpoint.deeds, held, *after, endpoint.address, log)
    finally:
        endpoint.kill()


async def _struck(served: Served, endpoint: Endpoint, debate: DebateMap, size: int) -> tuple[Any, int]:
    back = asyncio.Event()
    return await asyncio.gather(crowd(served, range(size), debate, back), outage(endpoint, size, back))
