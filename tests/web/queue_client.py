"""A visitor without a browser: speaks to the window's queue as its page does."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

JOIN, DATA = "/gradio_api/queue/join", "/gradio_api/queue/data"
START = "window.gradio_config = "


@dataclass(frozen=True)
class Doors:
    """The numbers of the page's functions that open a conversation and ask a question."""

    opening: int
    asking: int

    @classmethod
    def of(cls, page: str) -> Doors:
        """As the page itself tells them."""
        config, _ = json.JSONDecoder().raw_decode(page, page.index(START) + len(START))
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}

        def number(part: str, event: str, inputs: list[str]) -> int:
            wanted = [ids[name] for name in inputs]
            return next(
                function["id"]
                for function in config["dependencies"]
                if any(e == event and (not part or c == ids[part]) for c, e in function["targets"])
                and function["inputs"][: len(wanted)] == wanted
            )

        return cls(opening=number("", "load", ["bridge"]), asking=number("question", "submit", ["question"]))


@dataclass
class Visitor:
    """One session; `heard` is all that the server ever sent to it."""

    client: httpx.AsyncClient
    doors: Doors
    session: str = field(default_factory=lambda: secrets.token_hex(6))
    heard: str = ""

    async def open(self, kept: str = "") -> None:
        await self.call(self.doors.opening, [kept])

    async def ask(self, question: str, conversation: Any = None) -> str:
        """What is sent in answer. `conversation`: what is claimed to be the state of this session."""
        return await self.call(self.doors.asking, [question, conversation])

    async def call(self, function: int, data: list[Any]) -> str:
        body = {"data": data, "fn_index": function, "session_hash": self.session, "event_data": None}
        joined = await self.client.post(JOIN, json=body)
        joined.raise_for_status()
        event, said = joined.json()["event_id"], ""
        async with self.client.stream("GET", DATA, params={"session_hash": self.session}) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data:"):
                    continue
                message = json.loads(line.removeprefix("data:"))
                said += line
                if message["msg"] == "process_completed" and message.get("event_id") == event:
                    assert message["success"], message
                    break
        self.heard += said
        return said
