"""The agent: LangChain's graph of one model, three tools, a structured answer, and middleware.

The embedded model and any endpoint run this same graph; an endpoint has more middleware around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, NotRequired, cast

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    AgentState,
    ClearToolUsesEdit,
    ContextEditingMiddleware,
    ModelCallLimitMiddleware,
    SummarizationMiddleware,
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
    ToolMessage,
    get_buffer_string,
)
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from bot.assembly import Assembly, findings_text
from bot.draft import Draft
from bot.embedded import REPAIR
from bot.faults import EndpointError, plain_reason
from bot.prompts import Prompts
from bot.settings import Settings
from bot.tokens import count_tokens, trim_to_tokens
from bot.tools import LOOK_UP_MAP, Library, make_tools, passages_read

MOST_REPAIRS = 1
MALFORMED = "That is not a Draft: hand it in again with every field as described, and nothing else."
NOT_CALLED = "Not done, for a draft was handed in with this call: call again if it is still needed."
# The latest tool results stay whole, for quotes are copied from them.
RESULTS_KEPT = 3
SUMMARY = "summary"
SUMMARY_TOKENS = 400


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
        prompt = self._prompt.fill(findings=findings_text(failed))
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


class ConversationSummary(SummarizationMiddleware):
    """Sums up the earlier conversation once, before the question is worked on.

    LangChain's own would also sum up tool results and the question itself in the middle of a turn;
    those the model needs word for word.
    """

    before_model = AgentMiddleware.before_model
    abefore_model = AgentMiddleware.abefore_model

    async def abefore_agent(self, state: AgentState, runtime: Runtime) -> dict[str, Any] | None:
        return await SummarizationMiddleware.abefore_model(self, state, runtime)


def topics_offered(messages: Iterable[BaseMessage]) -> list[str]:
    """The topics that the map's tool returned in these messages, best first."""
    found = (
        json.loads(str(message.content))["topics"]
        for message in messages
        if isinstance(message, ToolMessage) and message.name == LOOK_UP_MAP and message.artifact
    )
    return [topic["id"] for topics in found for topic in topics]


def message_tokens(messages: Iterable[Any]) -> int:
    """The tokens of all messages' text."""
    return sum(count_tokens(str(message.content)) for message in messages)


def build_agent(
    model: BaseChatModel,
    library: Library,
    prompts: Prompts,
    settings: Settings,
    more: Iterable[AgentMiddleware] = (),
) -> CompiledStateGraph:
    """The graph that drafts an answer with `model`."""
    about = library.collection.about
    system = prompts["guide"].fill(
        title=about.title, subject=about.subject or "its subject", author=about.author or "not named"
    )
    middleware: list[AgentMiddleware[Any, Any, Any]] = [
        RepairMiddleware(library, prompts),
        ModelCallLimitMiddleware(run_limit=settings.model_calls, exit_behavior="end"),
        ToolCallLimitMiddleware(run_limit=2 * settings.model_calls, exit_behavior="continue"),
        *more,
    ]
    return create_agent(
        model=model,
        tools=make_tools(library),
        system_prompt=system,
        response_format=ToolStrategy(Draft, handle_errors=MALFORMED, tool_message_content="Taken."),
        middleware=middleware,
    )


def build_endpoint_agent(library: Library, prompts: Prompts, settings: Settings) -> CompiledStateGraph:
    """The same graph around a model at an OpenAI-compatible endpoint, held within its token budget."""
    # Imported here: the embedded guide must not wait for a client that it does not use.
    from bot.endpoint import EndpointMiddleware, load_plain_chat, load_rungs

    rungs = load_rungs(settings)
    more = [
        ConversationSummary(
            rungs[0],
            trigger=("tokens", settings.context_tokens // 4),
            keep=("tokens", settings.context_tokens // 8),
            token_counter=message_tokens,
            trim_tokens_to_summarize=settings.context_tokens,
            summarizer=_summarizer(load_plain_chat(settings, settings.model), prompts),
        ),
        ContextEditingMiddleware(
            edits=[ClearToolUsesEdit(trigger=settings.context_tokens, keep=RESULTS_KEPT)],
            token_counter=message_tokens,
        ),
        ToolErrorMiddleware(_misused),
        EndpointMiddleware(rungs),
    ]
    return build_agent(rungs[0], library, prompts, settings, more)


def _summarizer(model: BaseChatModel, prompts: Prompts) -> Callable[[list[AnyMessage]], Any]:
    prompt = prompts[SUMMARY]

    async def summed_up(messages: list[AnyMessage]) -> str:
        asked = prompt.fill(
            conversation=get_buffer_string(messages, human_prefix="Visitor", ai_prefix="Guide")
        )
        try:
            reply = await model.ainvoke([HumanMessage(asked)])
        # Whatever a server sends ends up here, as it does where the question itself is asked.
        except Exception as error:  # noqa: BLE001
            raise EndpointError(plain_reason(error)) from None
        return trim_to_tokens(reply.text, SUMMARY_TOKENS)

    return summed_up


def _misused(error: Exception, _request: object) -> str | None:
    """What a model is told whose arguments a tool cannot read; any other error is the guide's own."""
    unreadable = isinstance(error, ValueError | TypeError)
    return "Those arguments cannot be read: call again with plain words." if unreadable else None
