"""The agent: LangChain's graph of one model, three tools, a structured answer, and middleware.

The embedded model and any endpoint run this same graph; an endpoint has more middleware around it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NotRequired, cast

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    AgentState,
    ModelCallLimitMiddleware,
    ToolCallLimitMiddleware,
    ToolErrorMiddleware,
    hook_config,
)
from langchain.agents.middleware.types import PrivateStateAttr
from langchain.agents.structured_output import ToolStrategy
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from bot.assembly import Assembly, findings_text
from bot.budget import BudgetMiddleware, message_tokens
from bot.draft import Draft
from bot.embedded import REPAIR
from bot.prompts import Prompts
from bot.settings import Settings, SettingsError
from bot.summary import SUMMARY, conversation_summary
from bot.tokens import count_tokens, trim_to_tokens
from bot.tools import LOOK_UP_MAP, Library, make_tools, passages_read

MOST_REPAIRS = 1
MALFORMED = "That is not a Draft: hand it in again with every field as described, and nothing else."
NOT_CALLED = "Not done, for a draft was handed in with this call: call again if it is still needed."
# Fewer tokens than this hold no question with what bears on it.
LEAST_ROOM = 1000


class GuideState(AgentState):
    """The graph's state: messages, the draft, and how often it was sent back."""

    repairs: NotRequired[Annotated[int, PrivateStateAttr]]


class RepairMiddleware(AgentMiddleware[GuideState]):
    """Checks each draft and sends the failed statements back once, with what is wrong with them."""

    state_schema = GuideState

    def __init__(self, library: Library, prompts: Prompts) -> None:
        super().__init__()
        self._library = library
        self._prompt = prompts[REPAIR]

    @hook_config(can_jump_to=["model"])
    def after_model(self, state: GuideState, runtime: Runtime) -> dict[str, Any] | None:
        draft = state.get("structured_response")
        repairs = state.get("repairs", 0)
        if not isinstance(draft, Draft) or repairs >= MOST_REPAIRS:
            return None
        failed = self._rehearse(draft, state["messages"])
        if not failed:
            return None
        findings = trim_to_tokens(findings_text(failed), self._library.settings.context_tokens // 8)
        prompt = self._prompt.fill(findings=findings)
        return {
            "messages": [*_passed_over(state["messages"]), HumanMessage(prompt, name=REPAIR)],
            "repairs": repairs + 1,
            "jump_to": "model",
        }

    def _rehearse(self, draft: Draft, messages: list[AnyMessage]) -> list:
        """The statements of a draft that would be dropped."""
        asked = [m for m in messages if isinstance(m, HumanMessage)]
        rehearsal = Assembly(self._library.collection, self._library.debate, str(asked[-1].content))
        rehearsal.saw(passages_read(messages))
        rehearsal.saw_topics(topics_offered(messages))
        rehearsal.finish(draft)
        for statement in draft.statements:
            rehearsal.offer(statement)
        return rehearsal.dropped


def _passed_over(messages: Sequence[AnyMessage]) -> list[ToolMessage]:
    """A result for every call that was made beside the last draft: servers refuse a call without one."""
    last = max(at for at, message in enumerate(messages) if isinstance(message, AIMessage))
    made = cast("AIMessage", messages[last]).tool_calls
    answered = {m.tool_call_id for m in messages[last:] if isinstance(m, ToolMessage)}
    return [
        ToolMessage(NOT_CALLED, tool_call_id=call["id"], name=call["name"])
        for call in made
        if call["id"] not in answered
    ]


def topics_offered(messages: Iterable[BaseMessage]) -> list[str]:
    """The topics that the map's tool returned in these messages, best first."""
    found = (
        json.loads(str(message.content))["topics"]
        for message in messages
        if isinstance(message, ToolMessage) and message.name == LOOK_UP_MAP and message.artifact
    )
    return [topic["id"] for topics in found for topic in topics]


def build_agent(
    model: BaseChatModel,
    library: Library,
    prompts: Prompts,
    settings: Settings,
    more: Iterable[AgentMiddleware] = (),
) -> CompiledStateGraph:
    """The graph that drafts an answer with `model`."""
    middleware: list[AgentMiddleware[Any, Any, Any]] = [
        RepairMiddleware(library, prompts),
        ModelCallLimitMiddleware(run_limit=settings.model_calls, exit_behavior="end"),
        ToolCallLimitMiddleware(run_limit=2 * settings.model_calls, exit_behavior="continue"),
        *more,
    ]
    return create_agent(
        model=model,
        tools=make_tools(library),
        system_prompt=_instructions(library, prompts),
        response_format=ToolStrategy(Draft, handle_errors=MALFORMED, tool_message_content="Taken."),
        middleware=middleware,
    )


def _instructions(library: Library, prompts: Prompts) -> str:
    about = library.collection.about
    return prompts["guide"].fill(
        title=about.title, subject=about.subject or "its subject", author=about.author or "not named"
    )


def build_endpoint_agent(library: Library, prompts: Prompts, settings: Settings) -> CompiledStateGraph:
    """The same graph around a model at an OpenAI-compatible endpoint, held within its token budget."""
    # Imported here: the embedded guide must not wait for a client that it does not use.
    from bot.endpoint import EndpointMiddleware, load_plain_chat, load_rungs

    rungs = load_rungs(settings)
    more = [
        conversation_summary(
            rungs[0],
            load_plain_chat(settings, settings.model),
            prompts[SUMMARY],
            settings.context_tokens,
        ),
        ToolErrorMiddleware(_misused),
        BudgetMiddleware(room_for_messages(library, prompts, settings)),
        EndpointMiddleware(rungs),
    ]
    return build_agent(rungs[0], library, prompts, settings, more)


def room_for_messages(library: Library, prompts: Prompts, settings: Settings) -> int:
    """The tokens that the instructions and the tools leave for messages; SettingsError where too few."""
    tools = [convert_to_openai_tool(tool) for tool in (*make_tools(library), Draft)]
    fixed = message_tokens([SystemMessage(_instructions(library, prompts))]) + count_tokens(json.dumps(tools))
    room = settings.context_tokens - fixed
    if room < LEAST_ROOM:
        raise SettingsError(
            f"COUNTERPOINT_CONTEXT_TOKENS is too small: the instructions alone take {fixed}; "
            f"set it to {fixed + LEAST_ROOM} or more."
        )
    return room


def _misused(error: Exception, _request: object) -> str | None:
    """What a model is told whose arguments a tool cannot read; any other error is the guide's own."""
    unreadable = isinstance(error, ValueError | TypeError)
    return "Those arguments cannot be read: call again with plain words." if unreadable else None
