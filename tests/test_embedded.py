"""The embedded model's manners: how it calls tools, streams and counts; not what it chooses to say."""

from __future__ import annotations

import json

from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage

from bot.draft import DRAFT, Draft
from bot.embedded import REPAIR, EmbeddedModel
from bot.streaming import DraftStream
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH

QUESTION = HumanMessage("Should the library drop late fines?")
FOUND = {"passages": [{"id": "A1", "speaker": "The author", "where": "article", "text": "Some text here."}]}


def result(name: str, content: dict) -> ToolMessage:
    return ToolMessage(json.dumps(content), name=name, tool_call_id=name, artifact=[])


def looked_up() -> list:
    mapped = {"topics": [], "facts": [], "left_open": []}
    return [
        QUESTION,
        AIMessage(""),
        result(LOOK_UP_MAP, mapped),
        result(SEARCH, {**FOUND, "unknown_words": []}),
    ]


def replied(messages: list) -> AIMessage:
    reply = EmbeddedModel().invoke(messages)
    assert isinstance(reply, AIMessage)
    return reply


def test_first_it_asks_for_the_map_and_searches():
    assert {call["name"] for call in replied([QUESTION]).tool_calls} == {LOOK_UP_MAP, SEARCH}


def test_then_it_hands_in_a_draft():
    calls = replied(looked_up()).tool_calls
    assert [call["name"] for call in calls] == [DRAFT]
    Draft.model_validate(calls[0]["args"])


def test_it_reads_the_thread_around_a_reply():
    messages = looked_up()
    reply = {**FOUND["passages"][0], "id": "C1.1", "answers": "C1"}
    messages[3] = result(SEARCH, {"passages": [reply], "unknown_words": []})
    calls = replied(messages).tool_calls
    assert calls[0]["name"] in (READ_THREAD, DRAFT)
    assert calls[0]["name"] == DRAFT or calls[0]["args"] == {"passage": "C1.1"}


def test_every_call_has_an_id_of_its_own():
    ids = [call["id"] for call in replied([QUESTION]).tool_calls]
    assert len(set(ids)) == len(ids)
    assert all(ids)


def test_asked_to_repair_it_offers_nothing_new():
    draft = AIMessage("", tool_calls=[{"name": DRAFT, "args": {}, "id": "d"}])
    messages = [*looked_up(), draft, result(DRAFT, {}), HumanMessage("Failed.", name=REPAIR)]
    assert replied(messages).tool_calls[0]["args"]["statements"] == []


def test_an_earlier_turns_results_are_not_this_turns():
    again = [*looked_up(), AIMessage("An answer."), HumanMessage("And who disagrees?")]
    assert {call["name"] for call in replied(again).tool_calls} >= {SEARCH}


def test_what_it_streams_is_what_it_says_whole():
    whole = None
    for chunk in EmbeddedModel().stream(looked_up()):
        assert isinstance(chunk, AIMessageChunk)
        whole = chunk if whole is None else whole + chunk
    assert whole is not None
    assert whole.tool_calls == replied(looked_up()).tool_calls


def test_its_draft_can_be_read_while_it_is_written():
    stream, statements = DraftStream(), []
    pieces = [
        call["args"] or "" for chunk in EmbeddedModel().stream(looked_up()) for call in chunk.tool_call_chunks
    ]
    for piece in pieces:
        statements += stream.feed(piece)
    assert statements == Draft.model_validate_json("".join(pieces)).statements


def test_it_counts_what_it_reads_and_writes():
    usage = replied([QUESTION]).usage_metadata
    assert usage is not None
    assert usage["input_tokens"] == 7
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
