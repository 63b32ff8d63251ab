"""A visitor of a window over plain HTTP, as its own page talks to it."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
SHOWN = "blockquote"


class VisitError(RuntimeError):
    """The window did not answer as its page expects."""


@dataclass
class Heard:
    """What came back to one question. Seconds count from when it was sent; None: it did not happen."""

    first: float | None = None
    total: float = 0.0
    ok: bool = False
    text: str = ""


@dataclass
class Visitor:
    """One conversation with the window at `url`; `http` keeps its cookies."""

    url: str
    http: httpx.AsyncClient
    session: str = field(default_factory=lambda: secrets.token_hex(6))
    function: int | None = None

    async def arrive(self) -> None:
        """Load the page and find which function answers a question. Raises VisitError."""
        page = await self.http.get(f"{self.url}/")
        config = (await self.http.get(f"{self.url}/config")).raise_for_status().json()
        if page.status_code != 200:
            raise VisitError(f"The page answered with {page.status_code}.")
        self.function = asking(config)

    async def ask(self, question: str, shown: str = SHOWN) -> Heard:
        """Ask, and read the stream to its end; `first` is when `shown` first stood in it."""
        if self.function is None:
            await self.arrive()
        heard, started = Heard(), time.perf_counter()
        joining = {"data": [question, None], "fn_index": self.function, "session_hash": self.session}
        joined = await self.http.post(f"{self.url}{JOIN}", json=joining)
        if joined.status_code != 200:
            raise VisitError(f"The question was answered with {joined.status_code}: {joined.text[:200]}")
        pieces = []
        address = f"{self.url}{DATA}?session_hash={self.session}"
        async with self.http.stream("GET", address, timeout=httpx.Timeout(10, read=180)) as reply:
            async for line in reply.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message: dict[str, Any] = json.loads(line[5:])
                kind = message["msg"]
                if kind in ("process_generating", "process_completed"):
                    pieces.append(line)
                    if heard.first is None and shown in line:
                        heard.first = time.perf_counter() - started
                if kind == "process_completed":
                    heard.ok = bool(message.get("success"))
                if kind in ("process_completed", "close_stream", "unexpected_error"):
                    break
        heard.total, heard.text = time.perf_counter() - started, "\n".join(pieces)
        return heard


def asking(config: dict[str, Any]) -> int:
    """The number of the function that the button “ask” calls."""
    button = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "ask")
    for function in config["dependencies"]:
        if [button, "click"] in [list(target) for target in function["targets"]]:
            return function["id"]
    raise VisitError("The page has no function behind its button.")
