"""The embedded model: a chat model with no weights that drives the same agent and tools.

It reads its tools' results out of the conversation, like any model, and hands in the same
structured draft, so that tests, demo and production run one graph.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolMessage,
    message_chunk_to_message,
)
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from bot.draft import DRAFT, Draft
from bot.editor import compose, threads_to_read
from bot.leaning import FollowUp, follow_up, placed, weighed
from bot.notes import Notes
from bot.settings import EMBEDDED
from bot.tokens import count_tokens
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH

REPAIR = "repair"


class EmbeddedModel(BaseChatModel):
    """First asks for the map and a search, then reads the thread around the best hit, then drafts."""

    @property
    def _llm_type(self) -> str:
        return EMBEDDED

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable | BaseTool], **_: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model knows its tools already; binding changes nothing."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        whole: AIMessageChunk | None = None
        for part in self._stream(messages, stop, run_manager, **kwargs):
            chunk = part.message
            assert isinstance(chunk, AIMessageChunk)
            whole = chunk if whole is None else whole + chunk
        assert whole is not None
        return ChatResult(generations=[ChatGeneration(message=message_chunk_to_message(whole))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        written = 0
        for index, (name, pieces) in enumerate(_calls(messages)):
            for number, piece in enumerate(pieces):
                call = tool_call_chunk(
                    name=name if number == 0 else None,
                    args=piece,
                    id=f"{name}-{len(messages)}-{index}" if number == 0 else None,
                    index=index,
                )
                written += count_tokens(piece)
                yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[call]))
        read = sum(count_tokens(str(message.content)) for message in messages)
        usage = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))


def _turns(messages: Sequence[BaseMessage]) -> tuple[list[tuple[str, str]], Sequence[BaseMessage]]:
    """Earlier questions with their answers, and the messages from the latest question on."""
    asked = [
        number
        for number, message in enumerate(messages)
        if isinstance(message, HumanMessage) and message.name != REPAIR
    ]
    history = []
    for number, following in pairwise(asked):
        answers = [m for m in messages[number + 1 : following] if isinstance(m, AIMessage)]
        history.append((str(messages[number].content), str(answers[-1].content) if answers else ""))
    return history, messages[asked[-1] :] if asked else messages


def _calls(messages: Sequence[BaseMessage]) -> list[tuple[str, list[str]]]:
    """The tool calls to make now, each as its name and the pieces its arguments stream in."""
    history, turn = _turns(messages)
    question = str(turn[0].content)
    follow = follow_up(question, history)
    results = {message.name for message in turn if isinstance(message, ToolMessage)}
    if turn[-1].name == REPAIR:
        # Its own statements came from the text as it stands: there is no better wording to offer.
        return [(DRAFT, _pieces(Draft(outcome="partial")))]
    if SEARCH not in results:
        looked_up = [(LOOK_UP_MAP, {"question": reading}) for reading in _readings(question, follow)]
        searched = (SEARCH, {"query": follow.standalone if follow else question})
        return [(name, [json.dumps(args, ensure_ascii=False)]) for name, args in (*looked_up, searched)]
    notes = _notes(turn, follow)
    targets = threads_to_read(notes, follow)
    if targets and READ_THREAD not in results:
        return [(READ_THREAD, [json.dumps({"passage": target})]) for target in targets]
    return [(DRAFT, _pieces(compose(question, notes, follow)))]


def _readings(question: str, follow: FollowUp | None) -> list[str]:
    """How the map is asked: a follow-up also by itself, and of what the earlier answer cites."""
    if follow is None:
        return [question]
    near = [f"{question} ({', '.join(follow.passages)})"] if follow.passages else []
    return [*follow.readings, *near]


def _notes(turn: Sequence[BaseMessage], follow: FollowUp | None) -> Notes:
    found: dict[str, list[dict[str, Any]]] = {SEARCH: [], LOOK_UP_MAP: [], READ_THREAD: []}
    for message in turn:
        if isinstance(message, ToolMessage) and message.name in found:
            found[message.name].append(json.loads(str(message.content)))
    threads = [passage for thread in found[READ_THREAD] for passage in thread.get("passages", ())]
    searched = [passage for search in found[SEARCH] for passage in search.get("passages", ())]
    looked_up, near = _looked_up(found[LOOK_UP_MAP], follow)
    alone = looked_up[-1] if looked_up else {}
    facts = weighed([each["facts"] for each in looked_up], "quote")
    if follow and near:
        facts = placed([*facts, *near["facts"]], follow)
    return Notes(
        topics=tuple(weighed([each["topics"] for each in looked_up], "id")),
        facts=tuple(facts),
        left_open=tuple(alone.get("left_open", ())),
        passages=tuple({p["id"]: p for p in (*searched, *threads)}.values()),
        thread=tuple({p["id"]: p for p in threads}.values()),
        elsewhere=alone.get("elsewhere", 0.0),
        speaker_named=bool(alone.get("speaker_named")),
        unknown_words=tuple(alone.get("unknown_words", ())),
    )


def _looked_up(
    results: list[dict[str, Any]], follow: FollowUp | None
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """What the map gave to each reading of the question; apart, what it gave of the passages cited before."""
    if follow and follow.passages and len(results) > 1:
        return results[:-1], results[-1]
    return results, None


def _pieces(draft: Draft) -> list[str]:
    """The draft's JSON in three pieces: what frames it, all its statements, its outcome.

    The statements are there all at once, so that who reads along knows how many there are to check.
    """
    content = draft.model_dump(mode="json", exclude_none=True)
    statements = json.dumps(content.pop("statements"), ensure_ascii=False)
    outcome = json.dumps(content.pop("outcome"))
    opening = json.dumps(content, ensure_ascii=False)[:-1] + ', "statements": '
    return [opening, statements, f', "outcome": {outcome}}}']
