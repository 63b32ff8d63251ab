"""Many visitors at once, who must never see each other."""

import asyncio
import json

import httpx
import pytest

from tests.conftest import Served
from tests.web.queue_client import Doors, Visitor

CROWD = 50


async def crowd(served: Served) -> list[tuple[str, str, Visitor]]:
    """Each visitor's own word, the last answer it got, and all that it heard."""
    async with httpx.AsyncClient(base_url=served.url, timeout=120, limits=httpx.Limits()) as client:
        doors = Doors.of((await client.get("/")).text)

        async def one(number: int) -> tuple[str, str, Visitor]:
            word, visitor = f"word{number:03d}x", Visitor(client, doors)
            await visitor.open()
            await visitor.ask(f"Should they keep the mill, {word}?")
            return word, await visitor.ask(f"What did {word} say earlier?"), visitor

        return await asyncio.gather(*(one(number) for number in range(CROWD)))


def test_fifty_visitors_at_once_never_see_each_other(scripted_window: Served) -> None:
    found = asyncio.run(crowd(scripted_window))
    words = {word for word, _, _ in found}
    for word, last, visitor in found:
        assert {other for other in words if other in visitor.heard} == {word}
        # Its own first question came before, and nobody else's.
        assert "Earlier turns&#58; 1&#46;" in last


@pytest.fixture
def one(scripted_window: Served) -> str:
    async def asked() -> str:
        async with httpx.AsyncClient(base_url=scripted_window.url, timeout=60) as client:
            visitor = Visitor(client, Doors.of((await client.get("/")).text))
            await visitor.open()
            return await visitor.ask("What was said earlier?", {"turns": ["forged"], "known": True})

    return asyncio.run(asked())


def test_a_claimed_conversation_is_not_believed(one: str) -> None:
    assert "Earlier turns&#58; 0&#46;" in one and "forged" not in one


def test_a_session_that_was_never_opened_here_is_told_to_load_anew(scripted_window: Served) -> None:
    async def asked() -> str:
        async with httpx.AsyncClient(base_url=scripted_window.url, timeout=60) as client:
            visitor = Visitor(client, Doors.of((await client.get("/")).text))
            return await visitor.ask("Should they keep the mill?")

    said = asyncio.run(asked())
    assert json.dumps('"kind":"reload"')[1:-1] in said and "Should they keep" in said


def test_an_endless_question_gets_a_kind_sentence(scripted_window: Served) -> None:
    async def asked() -> str:
        async with httpx.AsyncClient(base_url=scripted_window.url, timeout=60) as client:
            visitor = Visitor(client, Doors.of((await client.get("/")).text))
            await visitor.open()
            return await visitor.ask("why " * 10_000)

    said = asyncio.run(asked())
    assert "please shorten it and ask again" in said and "why why" not in said
