"""The guide with a model at an endpoint that does its work, and with one that does not."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from html import unescape
from typing import Any

import pytest

from bot.draft import DRAFT
from bot.events import Event, Finished, Passed
from bot.guide import Guide
from bot.records import Outcome
from bot.rendering import gist, plain_text
from bot.settings import EMBEDDED, Settings
from bot.tools import LOOK_UP_MAP, SEARCH
from bot.web.answer_page import answer_html
from tests.asked import (
    BOTH,
    LOOKED_UP,
    PILAR,
    QUESTION,
    Opener,
    asked,
    drafted,
    events_of,
    opener,
    shown_by,
    statement,
)
from tests.endpoint import (
    KEY,
    MODEL,
    PASSWORD,
    VENDOR,
    Exchange,
    Step,
    calls,
    closes_at_once,
    drips,
    endpoint,
    fails,
    hangs,
    refuses,
    replies,
    says,
    streams_raw,
    writes_without_end,
)


@pytest.fixture(scope="session")
def open_at(library: Any) -> Opener:
    return opener(library)


# --- An endpoint that does its work


def test_a_good_draft_is_the_answer(open_at: Opener):
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH))) as (_, answer, _server):
        assert shown_by(answer) == {("author", "for"), ("C2", "against")}
        assert (answer.outcome, answer.findings) == (Outcome.ANSWERED, ())
        assert (answer.provenance.model, answer.provenance.fallback) == (MODEL, None)


def test_a_statement_is_shown_before_the_draft_is_whole(open_at: Opener):
    cut = json.dumps(drafted(*BOTH)[1]).index("A small fine")
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH), upto=cut)) as (events, answer, _server):
        first = next(event for event in events if isinstance(event, Passed))
        assert first.statement.voice == "author"
        assert first.statement in answer.statements


def test_only_model_key_and_address_are_needed(open_at: Opener, monkeypatch: pytest.MonkeyPatch):
    with endpoint(LOOKED_UP, calls(drafted(*BOTH))) as served:
        monkeypatch.setenv("COUNTERPOINT_MODEL", MODEL)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", served.url)
        given = Settings()
        chosen = {name: getattr(given, name) for name in ("model", "openai_api_key", "openai_base_url")}
        answer = open_at(served.url, **chosen).answer(QUESTION)
        assert answer.provenance.fallback is None
        assert set(served.authorizations) == {f"Bearer {KEY}"}


def test_one_guide_answers_in_several_event_loops(open_at: Opener):
    steps = (LOOKED_UP, calls(drafted(*BOTH)))
    with endpoint(*steps, *steps) as served:
        guide = open_at(served.url)
        assert [guide.answer(QUESTION).provenance.fallback for _ in range(2)] == [None, None]


def test_a_key_is_not_needed_where_the_server_asks_for_none(open_at: Opener):
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH)), openai_api_key=None) as (_, answer, _server):
        assert answer.provenance.fallback is None


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}])
def test_tokens_are_the_servers_count_or_else_our_own(open_at: Opener, usage: dict | None):
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH), usage=usage)) as (_, answer, _server):
        tokens = answer.provenance.tokens
        assert tokens.prompt > 100
        assert tokens.completion > (3 if usage else 30)


def test_user_and_password_of_an_address_go_into_a_header(open_at: Opener):
    with endpoint(LOOKED_UP, calls(drafted(*BOTH))) as served:
        guide = open_at(served.url.replace("http://", f"http://user:{PASSWORD}@"))
        assert guide.answer(QUESTION).provenance.fallback is None
        assert {str(header).split()[0] for header in served.authorizations} == {"Basic"}


@pytest.mark.parametrize("fields", [("tool_choice",), ("temperature", "stream_options"), ("stream",)])
def test_a_server_that_refuses_a_field_is_asked_without_it_and_only_once_with_it(
    open_at: Opener, fields: tuple[str, ...]
):
    guarded = refuses(*(field for field in fields))
    asks_without = calls(drafted(*BOTH))

    def second(exchange: Any) -> None:
        # By then it has seen tool results, whichever number of requests that took.
        results = [message for message in exchange.body["messages"] if message["role"] == "tool"]
        (asks_without if results else LOOKED_UP)(exchange)

    with asked(open_at, guarded(second)) as (_, answer, served):
        assert answer.provenance.fallback is None
        refused = [body for body in served.requests if any(body.get(field) for field in fields)]
        assert len(refused) <= 2
        assert not any(served.requests[-1].get(field) for field in fields)


def test_a_temperature_of_nought_counts_as_sent(open_at: Opener):
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH))) as (_, _answer, served):
        assert served.requests[0]["temperature"] == 0


@pytest.mark.parametrize("wrapping", ["{}", "```json\n{}\n```"])
def test_a_draft_written_as_plain_json_counts(open_at: Opener, wrapping: str):
    text = wrapping.replace("{}", json.dumps(drafted(*BOTH)[1]))
    with asked(open_at, LOOKED_UP, says(text)) as (_, answer, _server):
        assert answer.provenance.fallback is None
        assert len(answer.statements) == 2


@pytest.mark.parametrize("outcome", ["not_in_collection", "off_topic"])
def test_a_model_may_say_that_there_is_nothing_where_there_is_nothing(open_at: Opener, outcome: str):
    question = "What does heating the building cost?"
    looked_up = calls((LOOK_UP_MAP, {"question": question}), (SEARCH, {"query": question}))
    steps = (looked_up, calls(drafted(outcome=outcome)))
    with asked(open_at, *steps, question=question) as (_, answer, _server):
        assert (answer.outcome, answer.statements, bool(answer.gaps)) == (outcome, (), True)
        assert answer.provenance.fallback is None


@pytest.mark.parametrize("outcome", ["not_in_collection", "off_topic"])
def test_a_model_may_not_say_so_of_a_debate_that_it_has_read(open_at: Opener, outcome: str):
    with asked(open_at, LOOKED_UP, calls(drafted(outcome=outcome))) as (_, answer, _server):
        assert shown_by(answer) >= {("author", "for"), ("C2", "against")}
        assert answer.outcome is Outcome.ANSWERED
        assert answer.provenance.fallback == "the model found nothing, though the text answers this"


@pytest.mark.parametrize("outcome", ["not_in_collection", "off_topic"])
@pytest.mark.parametrize("read", [(), (calls((SEARCH, {"query": "opening hours"})),)])
def test_a_model_that_has_not_looked_may_not_say_so(open_at: Opener, outcome: str, read: tuple[Step, ...]):
    denies = calls(drafted(outcome=outcome, topics=[]))
    with asked(open_at, *read, denies, search_passages=1) as (_, answer, _server):
        assert answer.outcome is Outcome.ANSWERED
        assert shown_by(answer) >= {("author", "for"), ("C2", "against")}
        assert "had not read what answers this" in (answer.provenance.fallback or "")


# --- Faults: the embedded model finishes the answer and the reason is told


NOT_IN_TIME = "did not finish in time"
FAULTS: dict[str, tuple[tuple[Step, ...], str]] = {
    "401": ((fails(401),), "refused the key (401)"),
    "403": ((fails(403),), "refused the key (403)"),
    "404": ((fails(404),), "does not know this model or address (404)"),
    "429": ((fails(429),), "no more requests for now (429)"),
    "429 later": ((LOOKED_UP, fails(429)), "no more requests for now (429)"),
    "500": ((fails(500),), "failed (500)"),
    "503": ((fails(503),), "failed (503)"),
    "400 always": ((fails(400),), "refused the request (400)"),
    "hangs": ((hangs(3),), NOT_IN_TIME),
    "closes": ((closes_at_once,), "could not be reached"),
    "junk json": ((replies("{not json"),), "empty reply|no reply|broke off"),
    "html page": ((replies(f"<html>{VENDOR}</html>", "text/html"),), "empty reply|no reply|broke off"),
    "wrong json": ((replies('{"choices": null}'),), "empty reply|no reply|broke off"),
    "not utf-8": ((replies(b"\xff\xfe\x00"),), "empty reply|no reply|broke off"),
    "junk in stream": ((streams_raw("data: {nonsense\n\ndata: [DONE]\n\n"),), "no reply|broke off"),
    "null choices in stream": ((streams_raw('data: {"choices": null}\n\ndata: [DONE]\n\n'),), "reply"),
    "error in stream": ((streams_raw('data: {"error": {"message": "' + VENDOR + '"}}\n\n'),), "broke off"),
    "empty stream": ((streams_raw("data: [DONE]\n\n"),), "empty reply|no reply"),
    "nothing in stream": ((streams_raw(""),), "empty reply|no reply"),
    "plain text": ((LOOKED_UP, says(f"{VENDOR}: fines are simply bad.")), "plain text instead of a draft"),
    "other json": ((LOOKED_UP, says('{"answer": "fines are bad"}')), "plain text instead of a draft"),
    "refusal": ((says("", refusal=VENDOR),), "empty reply"),
    "refusal in words": ((says("I'm sorry, I can't help with that."),), "plain text"),
    "empty words": ((says(""),), "empty reply"),
    "cut stream": ((LOOKED_UP, calls(drafted(*BOTH), upto=60)), "broke off"),
    "out of tokens": ((LOOKED_UP, calls(drafted(*BOTH), upto=60, finish="length")), "broke off"),
    "endless calls": ((LOOKED_UP,), "handed in no draft"),
    "unknown tool": ((calls(("open_shell", {"command": "id"})),), "handed in no draft"),
    "bad arguments": ((calls((SEARCH, {"wrong": 1})),), "handed in no draft"),
    "half a character": ((calls((SEARCH, '{"query": "fine \\ud800"}')),), ""),
    "malformed draft": ((LOOKED_UP, calls((DRAFT, {"statements": "none"}))), "handed in no draft"),
    "two drafts": ((LOOKED_UP, calls((DRAFT, {"statements": "x"}), (DRAFT, {"topics": 4}))), "no draft"),
    "empty draft": ((LOOKED_UP, calls((DRAFT, {}))), "empty reply"),
    "drips": ((drips(4),), NOT_IN_TIME),
    "huge": ((writes_without_end(400_000),), "without end"),
    "deep": (
        (LOOKED_UP, calls((DRAFT, '{"statements": [' + "[" * 9000 + "}"))),
        "broke off|no reply|no draft",
    ),
}


@pytest.fixture
def short() -> dict[str, float]:
    return {"model_timeout": 1.0, "answer_timeout": 1.5}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_embedded_model_finishes_and_the_reason_is_told(
    open_at: Opener,
    library: Any,
    short: dict,
    fault: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture,
):
    caplog.set_level(logging.DEBUG)
    steps, reason = FAULTS[fault]
    limits = short if reason == NOT_IN_TIME else {}
    with asked(open_at, *steps, **limits) as (events, answer, _server):
        told = answer.provenance.fallback
        assert told is not None
        assert any(part in told for part in reason.split("|"))
        assert answer.provenance.model == EMBEDDED
        assert {"for", "against"} <= {statement.stance.value for statement in answer.statements}
        assert (answer.outcome, answer.findings) == (Outcome.ANSWERED, ())
        shown = "".join(event.model_dump_json() for event in events) + plain_text(answer)
        page = unescape(answer_html(answer, library.collection))
        assert told in page
        shown += page + gist(answer)
    output = capfd.readouterr()
    for secret in (KEY, VENDOR):
        assert secret not in shown
        assert secret not in output.out + output.err
    assert KEY not in caplog.text


def test_no_server_at_all(open_at: Opener):
    with endpoint(LOOKED_UP) as served:
        url = served.url
    events = events_of(open_at(url))
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.provenance.fallback == "the model's endpoint could not be reached"


def test_an_address_with_a_password_shows_it_nowhere(
    open_at: Opener, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
):
    caplog.set_level(logging.DEBUG)
    with endpoint(fails(500)) as served:
        url = served.url.replace("http://", f"http://user:{PASSWORD}@")
        events = events_of(open_at(url))
    output = capfd.readouterr()
    written = caplog.text + output.out + output.err + "".join(event.model_dump_json() for event in events)
    assert PASSWORD not in written


def test_what_has_been_shown_stays_and_the_rest_is_completed(open_at: Opener):
    cut = json.dumps(drafted(*BOTH)[1]).index("A small fine")
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH), upto=cut)) as (events, answer, _server):
        passed = [event.statement for event in events if isinstance(event, Passed)]
        assert list(answer.statements) == passed
        assert passed[0].voice == "author"
        assert answer.voices_against == ("C2",)
        assert answer.provenance.fallback == "the model's reply broke off"
        assert (answer.provenance.model, answer.findings) == (MODEL, ())
        assert answer.outcome is Outcome.ANSWERED


def test_a_statement_is_shown_as_soon_as_it_is_whole_though_the_rest_only_drips(open_at: Opener):
    text = json.dumps(drafted(*BOTH)[1])
    shown = threading.Event()

    def dripping(exchange: Exchange) -> None:
        opening = {"index": 0, "id": "call0", "type": "function"}
        exchange.open_stream()
        exchange.event({"tool_calls": [{**opening, "function": {"name": DRAFT, "arguments": ""}}]})
        for at, sign in enumerate(text):
            if at == text.index("A small fine") and not shown.wait(10):
                return
            exchange.event({"tool_calls": [{"index": 0, "function": {"arguments": sign}}]})
        exchange.event({}, "tool_calls")
        exchange.raw("data: [DONE]\n\n")

    async def read(guide: Guide) -> list[Event]:
        events = []
        async for event in guide.stream(QUESTION):
            events.append(event)
            if isinstance(event, Passed):
                shown.set()
        return events

    with endpoint(LOOKED_UP, dripping) as served:
        last = asyncio.run(read(open_at(served.url)))[-1]
    assert isinstance(last, Finished)
    assert shown_by(last.answer) == {("author", "for"), ("C2", "against")}
    assert last.answer.provenance.fallback is None


def test_a_claim_that_was_cut_off_is_not_shown(open_at: Opener):
    draft = drafted(statement(PILAR, "for", "fines hurt poor families and rich ones"))
    cut = json.dumps(draft[1]).index(" and rich")
    with asked(open_at, LOOKED_UP, calls(draft, upto=cut)) as (_, answer, _server):
        assert answer.provenance.model == EMBEDDED


def test_a_slow_reader_is_not_cut_off(open_at: Opener):
    async def read_slowly(guide: Guide) -> list[Event]:
        events = []
        async for event in guide.stream(QUESTION):
            events.append(event)
            await asyncio.sleep(0.15 if isinstance(event, Passed) else 0)
        return events

    with endpoint(LOOKED_UP, calls(drafted(*BOTH))) as served:
        events = asyncio.run(read_slowly(open_at(served.url, answer_timeout=5.0)))
    assert isinstance(events[-1], Finished)
