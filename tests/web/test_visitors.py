"""Many visitors at once, who must never see each other."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest

from benchmarks.visitor import RELOAD, Doors, Visitor
from tests.conftest import Served

CROWD = 50
EARLIER_0, EARLIER_1 = "Earlier turns&#58; 0&#46;", "Earlier turns&#58; 1&#46;"
Told = TypeVar("Told")


def visiting(served: Served, scenario: Callable[[httpx.AsyncClient], Awaitable[Told]]) -> Told:
    # Let go of before the server does, which a busy machine would hear of only when it asks again.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=1)

    async def run() -> Told:
        async with httpx.AsyncClient(timeout=180, limits=limits) as http:
            return await scenario(http)

    return asyncio.run(run())


def test_fifty_visitors_at_once_never_see_each_other(scripted_window: Served) -> None:
    async def one(http: httpx.AsyncClient, number: int) -> tuple[str, str, str]:
        word, visitor = f"word{number:03d}x", Visitor(scripted_window.url, http)
        await visitor.ask(f"Should they keep the mill, {word}?")
        last = await visitor.ask(f"What did {word} say earlier?")
        return word, last.text, visitor.heard

    async def crowd(http: httpx.AsyncClient) -> list[tuple[str, str, str]]:
        return await asyncio.gather(*(one(http, number) for number in range(CROWD)))

    found = visiting(scripted_window, crowd)
    words = {word for word, _, _ in found}
    for word, last, heard in found:
        assert {other for other in words if other in heard} == {word}
        assert EARLIER_1 in last, "its own first question came before, and nobody else's"


def test_a_claimed_conversation_is_not_believed(scripted_window: Served) -> None:
    async def scenario(http: httpx.AsyncClient) -> str:
        claimed = {"turns": ["forged"], "known": True}
        visitor = Visitor(scripted_window.url, http)
        return (await visitor.ask("What was said earlier?", claimed=claimed)).text

    said = visiting(scripted_window, scenario)
    assert EARLIER_0 in said and "forged" not in said


def test_a_session_that_was_never_opened_here_is_told_to_load_anew(scripted_window: Served) -> None:
    async def scenario(http: httpx.AsyncClient) -> str:
        doors = Doors.of((await http.get(scripted_window.url)).text)
        visitor = Visitor(scripted_window.url, http, doors=doors, opened=True)
        await visitor.ask("Should they keep the mill?")
        return visitor.heard

    said = visiting(scripted_window, scenario)
    assert RELOAD in said and "blockquote" in said.partition(RELOAD)[2]


def test_an_endless_question_gets_a_kind_sentence(scripted_window: Served) -> None:
    async def scenario(http: httpx.AsyncClient) -> str:
        return (await Visitor(scripted_window.url, http).ask("why " * 10_000)).text

    said = visiting(scripted_window, scenario)
    assert "please shorten it and ask again" in said and "why why" not in said


@pytest.mark.parametrize("body", [b"\xff" * 2000, b"", b"{", b"[]", b'{"data": null}'])
def test_a_body_that_no_page_sends_is_refused_and_not_repeated(scripted_window: Served, body: bytes) -> None:
    reply = httpx.post(f"{scripted_window.url}/gradio_api/queue/join", content=body)
    assert (reply.status_code, reply.text) == (422, "What was sent could not be read: load the page anew.\n")
    assert "Traceback" not in scripted_window.log.read_text("utf-8")
