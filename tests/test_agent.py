"""The graph around a model that plays a script: limits, repair, malformed drafts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.graph.state import CompiledStateGraph
from pydantic import Field

from bot.agent import MALFORMED, build_agent, topics_offered
from bot.draft import DRAFT
from bot.embedded import REPAIR, EmbeddedModel
from bot.prompts import load_prompts
from bot.tools import LOOK_UP_MAP, SEARCH

QUESTION = "Should the library stop charging late fines?"
QUOTE = "I agree that fines hurt poor families"
GOOD = {
    "evidence": [{"passage": "C1", "quote": QUOTE}],
    "stance": "for",
    "text": "fines hurt poor families",
}
BAD = {**GOOD, "evidence": [{"passage": "C1", "quote": "fines hurt the rich and nobody else"}]}


class ScriptedModel(BaseChatModel):
    """Replies with one message after another, the last again and again, and remembers what it was sent."""

    script: list[AIMessage]
    sent: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Any:
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        self.sent.append(messages)
        reply = self.script[min(len(self.sent), len(self.script)) - 1]
        return ChatResult(generations=[ChatGeneration(message=reply.model_copy(update={"id": None}))])


def calling(name: str, args: dict[str, Any], id_: str = "1") -> AIMessage:
    return AIMessage(content="", tool_calls=[{"name": name, "args": args, "id": id_}])


LOOK_UP = calling(LOOK_UP_MAP, {"question": QUESTION})


def draft_of(*statements: dict[str, Any]) -> AIMessage:
    return calling(DRAFT, {"topics": ["drop-fines"], "statements": list(statements)}, "2")


Run = Callable[..., tuple[dict[str, Any], ScriptedModel]]


@pytest.fixture(scope="session")
def run(library: Any) -> Run:
    prompts = load_prompts(library.settings.prompts_dir)

    def running(*script: AIMessage, **more: Any) -> tuple[dict[str, Any], ScriptedModel]:
        model = ScriptedModel(script=list(script))
        agent = build_agent(model, library, prompts, library.settings.model_copy(update=more))
        return invoked(agent), model

    return running


def invoked(agent: CompiledStateGraph) -> dict[str, Any]:
    return asyncio.run(agent.ainvoke({"messages": [HumanMessage(QUESTION)]}))


def test_the_embedded_model_drives_the_same_graph(library: Any):
    agent = build_agent(
        EmbeddedModel(), library, load_prompts(library.settings.prompts_dir), library.settings
    )
    state = invoked(agent)
    assert state["structured_response"].topics == ["drop-fines"]
    assert {LOOK_UP_MAP, SEARCH, DRAFT} <= {m.name for m in state["messages"] if isinstance(m, ToolMessage)}


def test_the_system_prompt_names_the_text_and_its_author(run: Run):
    _, model = run(LOOK_UP, draft_of(GOOD))
    assert "Why our library should drop late fines" in str(model.sent[0][0].content)
    assert "Mara Quill" in str(model.sent[0][0].content)


def test_a_good_draft_ends_the_run(run: Run):
    state, model = run(LOOK_UP, draft_of(GOOD))
    assert state["structured_response"].statements[0].text == GOOD["text"]
    assert len(model.sent) == 2


def test_failed_statements_go_back_once_with_what_is_wrong(run: Run):
    _, model = run(LOOK_UP, draft_of(GOOD, BAD))
    told = model.sent[2][-1]
    assert (told.name, len(model.sent)) == (REPAIR, 3)
    assert "does not stand in C1" in str(told.content)
    assert QUOTE not in str(told.content)


def test_a_malformed_draft_is_told_so(run: Run):
    malformed = calling(DRAFT, {"statements": [{"text": "no evidence"}]}, "3")
    state, model = run(LOOK_UP, malformed, draft_of(GOOD))
    assert model.sent[2][-1].content == MALFORMED
    assert state["structured_response"].statements


def test_calls_to_the_model_end_at_the_limit(run: Run):
    state, model = run(LOOK_UP, model_calls=3)
    assert len(model.sent) == 3
    assert state.get("structured_response") is None


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("open_shell", {"x": 1}),
        (SEARCH, {"wrong": 1}),
        (SEARCH, {}),
        ("read_thread", {"passage": "../../etc"}),
    ],
)
def test_a_call_that_makes_no_sense_is_answered_and_the_run_goes_on(run: Run, name: str, args: dict):
    state, model = run(calling(name, args, "9"), LOOK_UP, draft_of(GOOD))
    assert isinstance(model.sent[1][-1], ToolMessage)
    assert state["structured_response"].statements


def test_topics_offered_are_those_that_the_tool_returned(run: Run):
    state, _ = run(LOOK_UP, draft_of(GOOD))
    assert topics_offered(state["messages"])[0] == "drop-fines"


@pytest.mark.parametrize(
    "message",
    [
        ToolMessage("Tool call limit exceeded.", tool_call_id="1", name=LOOK_UP_MAP, status="error"),
        ToolMessage('{"topics": [{"id": "x"}]}', tool_call_id="1", name=LOOK_UP_MAP),
        ToolMessage('{"topics": [{"id": "x"}]}', tool_call_id="1", name=SEARCH, artifact=["A1"]),
        HumanMessage('{"topics": [{"id": "x"}]}', name=LOOK_UP_MAP),
    ],
)
def test_nothing_else_offers_topics(message: BaseMessage):
    assert topics_offered([message]) == []
