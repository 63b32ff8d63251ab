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
CONFIG = "window.gradio_config = "
# As it stands in JSON inside JSON: the page is to be loaded anew and the question asked again.
RELOAD = json.dumps('"kind":"reload"')[1:-1]


class VisitError(RuntimeError):
    """The window did not answer as its page expects."""


@dataclass
class Heard:
    """What came back to one question. Seconds count from when it was sent; None: it did not happen."""

    first: float | None = None
    total: float = 0.0
    ok: bool = False
    text: str = ""


@dataclass(frozen=True)
class Doors:
    """The numbers of the page's functions that open a conversation and ask a question."""

    opening: int
    asking: int

    @classmethod
    def of(cls, page: str) -> Doors:
        """As the page itself tells them; VisitError where it does not."""
        if CONFIG not in page:
            raise VisitError("The page does not hold what it is made of.")
        config, _ = json.JSONDecoder().raw_decode(page, page.index(CONFIG) + len(CONFIG))
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        return cls(
            opening=_function(config, None, "load", ids["bridge"]),
            asking=_function(config, ids["ask"], "click", ids["question"]),
        )


@dataclass
class Visitor:
    """One conversation with the window at `url`; `http` keeps its cookies.

    `heard` is all that was ever sent to it.
    """

    url: str
    http: httpx.AsyncClient
    session: str = field(default_factory=lambda: secrets.token_hex(6))
    doors: Doors | None = None
    opened: bool = False
    heard: str = ""

    async def arrive(self) -> None:
        """Load the page, and open a conversation there. Raises VisitError."""
        page = await self.http.get(f"{self.url}/")
        if page.status_code != 200:
            raise VisitError(f"The page answered with {page.status_code}.")
        self.doors = Doors.of(page.text)
        await self.open()

    async def open(self) -> None:
        """Open a conversation, as a page does that its device has kept nothing for."""
        assert self.doors is not None
        await self._call(self.doors.opening, [""])
        self.opened = True

    async def ask(self, question: str, shown: str = SHOWN, claimed: object = None) -> Heard:
        """Ask, and read the stream to its end; `first` is when `shown` first stood in it.

        Where the server no longer knows the conversation it loads the page anew, as the page does.
        `claimed` is what is sent as the conversation, which is the server's alone to know.
        """
        if self.doors is None:
            await self.arrive()
        assert self.doors is not None
        if not self.opened:
            await self.open()
        heard = await self._call(self.doors.asking, [question, claimed], shown)
        if RELOAD in heard.text:
            await self.arrive()
            heard = await self._call(self.doors.asking, [question, claimed], shown)
        return heard

    async def _call(self, function: int, data: list[object], shown: str = SHOWN) -> Heard:
        heard, started = Heard(), time.perf_counter()
        joining = {"data": data, "fn_index": function, "session_hash": self.session}
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
        self.heard += heard.text
        return heard


def _function(config: dict[str, Any], part: int | None, event: str, first_input: int) -> int:
    """The number of the function that an event calls; `part` None: an event of the page itself."""
    for function in config["dependencies"]:
        targets = [list(target) for target in function["targets"]]
        called = [part, event] in targets if part else any(name == event for _, name in targets)
        if called and function["inputs"][:1] == [first_input]:
            return function["id"]
    raise VisitError(f"The page has no function behind its event {event}.")
