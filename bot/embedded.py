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
from bot.editor import Notes, compose, thread_to_read
from bot.question import follow_up
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
        query = follow.standalone if follow else question
        return [
            (LOOK_UP_MAP, [json.dumps({"question": query}, ensure_ascii=False)]),
            (SEARCH, [json.dumps({"query": query}, ensure_ascii=False)]),
        ]
    notes = _notes(turn)
    target = thread_to_read(notes, follow)
    if target and READ_THREAD not in results:
        return [(READ_THREAD, [json.dumps({"passage": target})])]
    return [(DRAFT, _pieces(compose(question, notes, follow)))]


def _notes(turn: Sequence[BaseMessage]) -> Notes:
    found: dict[str, dict[str, Any]] = {}
    for message in turn:
        if isinstance(message, ToolMessage) and message.name in (SEARCH, LOOK_UP_MAP, READ_THREAD):
            found[message.name] = json.loads(str(message.content))
    searched, thread = found.get(SEARCH, {}), found.get(READ_THREAD, {})
    shown = {p["id"]: p for p in (*searched.get("passages", ()), *thread.get("passages", ()))}
    looked_up = found.get(LOOK_UP_MAP, {})
    return Notes(
        topics=tuple(looked_up.get("topics", ())),
        facts=tuple(looked_up.get("facts", ())),
        left_open=tuple(looked_up.get("left_open", ())),
        passages=tuple(shown.values()),
        thread=tuple(thread.get("passages", ())),
        speaker_named=bool(looked_up.get("speaker_named")),
        unknown_words=tuple(looked_up.get("unknown_words", ())),
    )


def _pieces(draft: Draft) -> list[str]:
    """The draft's JSON in three pieces: what frames it, all its statements, its outcome.

    The statements are there all at once, so that who reads along knows how many there are to check.
    """
    content = draft.model_dump(mode="json", exclude_none=True)
    statements = json.dumps(content.pop("statements"), ensure_ascii=False)
    outcome = json.dumps(content.pop("outcome"))
    opening = json.dumps(content, ensure_ascii=False)[:-1] + ', "statements": '
    return [opening, statements, f', "outcome": {outcome}}}']
