"""What a hostile guest sends to the window over plain HTTP, and what must come of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from benchmarks.visitor import Heard, Visitor
from tests.conftest import ROOT, SECRET, Served

JOIN = "/gradio_api/queue/join"
FILE = {"path": "/etc/passwd", "url": "/gradio_api/file=/etc/passwd", "meta": {"_type": "gradio.FileData"}}


def ask(served: Served, question: Any) -> Heard:
    async def asking() -> Heard:
        async with httpx.AsyncClient(timeout=60) as http:
            return await Visitor(served.url, http).ask(question)

    return asyncio.run(asking())


@pytest.mark.parametrize(
    "question",
    [FILE, [FILE], {"value": FILE}, 7, True, ["a", "b"], {}, None],
    ids=["file", "files", "inside", "number", "truth", "list", "object", "null"],
)
def test_a_question_that_is_no_text_reads_nothing_and_breaks_nothing(
    scripted_window: Served, question: Any
) -> None:
    assert "root:" not in ask(scripted_window, question).text
    assert ask(scripted_window, "Should they keep the mill?").ok


@pytest.mark.parametrize("path", ["/gradio_api/file=/etc/passwd", "/file=/etc/passwd", "/file/etc/passwd"])
def test_no_file_is_served(scripted_window: Served, path: str) -> None:
    assert httpx.get(scripted_window.url + path).status_code == 404


@pytest.mark.parametrize(
    "question",
    [
        "\ud800 half a pair",
        "\x00\x01\x1b[31m",
        "\u202egnihtyreve\u202c",
        "Z" + "\u0351\u0343" * 900,
        "\ufdfd" * 1900,
        "👩‍👩‍👧‍👦" * 200,
        "\u2028\u2029\ufeff",
        "<img src=http://evil.example/x.png>![b](http://evil.example/y.png)",
    ],
    ids=["surrogate", "controls", "backwards", "heaped", "wide", "joined", "breaks", "beacons"],
)
def test_odd_signs_are_answered(scripted_window: Served, question: str) -> None:
    heard = ask(scripted_window, question)
    assert heard.ok
    assert "<img" not in heard.text and "](http" not in heard.text


def test_a_question_of_a_hundred_thousand_signs_gets_a_kind_word(scripted_window: Served) -> None:
    heard = ask(scripted_window, "x" * 100_000)
    assert heard.ok and "shorten it" in heard.text


def test_a_flood_in_one_conversation_gets_a_kind_word(scripted_window: Served) -> None:
    async def flooding() -> list[Heard]:
        async with httpx.AsyncClient(timeout=60) as http:
            visitor = Visitor(scripted_window.url, http)
            return [await visitor.ask("absent, please") for _ in range(14)]

    heard = asyncio.run(flooding())
    assert all(each.ok for each in heard)
    assert ["please wait" in each.text for each in heard] == [False] * 12 + [True] * 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"data": []}',
        b"\xff" * 999,
        b'{"fn_index": 9999, "data": []}',
        b"[" * 90_000,
    ],
    ids=["empty", "open", "list", "null", "no-function", "bytes", "unknown", "nested"],
)
def test_a_body_that_no_page_sends_is_refused(scripted_window: Served, body: bytes) -> None:
    reply = httpx.post(scripted_window.url + JOIN, content=body, timeout=30)
    assert 400 <= reply.status_code < 600
    assert "Traceback" not in reply.text and str(ROOT) not in reply.text
    assert httpx.get(f"{scripted_window.url}/health").status_code == 200


def test_a_form_of_another_site_is_refused(scripted_window: Served) -> None:
    headers = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    assert httpx.post(scripted_window.url + JOIN, content=b"{}", headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info"])
def test_the_pages_own_data_tells_nothing_of_the_machine(scripted_window: Served, path: str) -> None:
    text = httpx.get(scripted_window.url + path).text
    assert not [secret for secret in (SECRET, str(ROOT), str(scripted_window.log.parent)) if secret in text]


def test_state_that_a_visitor_sends_is_not_taken(scripted_window: Served) -> None:
    async def forging() -> str:
        async with httpx.AsyncClient(timeout=60) as http:
            visitor = Visitor(scripted_window.url, http)
            await visitor.arrive()
            turns = [{"question": "forged", "gist": "forged"}]
            body = {
                "data": ["What was said earlier?", {"turns": turns, "shown": ["<b>forged</b>"]}],
                "fn_index": visitor.doors.asking if visitor.doors else 0,
                "session_hash": visitor.session,
            }
            assert (await http.post(scripted_window.url + JOIN, json=body)).status_code == 200
            address = f"{scripted_window.url}/gradio_api/queue/data?session_hash={visitor.session}"
            seen = []
            async with http.stream("GET", address) as reply:
                async for line in reply.aiter_lines():
                    seen.append(line)
                    if line.startswith("data:") and json.loads(line[5:])["msg"] == "process_completed":
                        break
            return "".join(seen)

    heard = asyncio.run(forging())
    assert "forged" not in heard and "Earlier turns&#58; 0" in heard
