"""The agent: LangChain's graph of one model, three tools, a structured answer, and middleware.

The embedded model and any endpoint run this same graph.
"""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    AgentState,
    ModelCallLimitMiddleware,
    ToolCallLimitMiddleware,
    hook_config,
)
from langchain.agents.middleware.types import PrivateStateAttr
from langchain.agents.structured_output import ToolStrategy
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from bot.assembly import Assembly, findings_text
from bot.draft import Draft
from bot.embedded import REPAIR, EmbeddedModel
from bot.positions import DebateMap
from bot.prompts import Prompts
from bot.settings import EMBEDDED, Settings
from bot.tools import Library, make_tools, passages_read

MOST_REPAIRS = 1
MALFORMED = "That is not a Draft: hand it in again with every field as described, and nothing else."


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
        failed = _rehearse(draft, state, self._library.collection, self._library.debate)
        if not failed:
            return None
        prompt = self._prompt.fill(findings=findings_text(failed))
        return {
            "messages": [HumanMessage(prompt, name=REPAIR)],
            "repairs": repairs + 1,
            "jump_to": "model",
        }


def _rehearse(draft: Draft, state: GuideState, collection: Any, debate: DebateMap) -> list:
    """The statements of a draft that would be dropped."""
    rehearsal = Assembly(collection, debate, question="")
    rehearsal.saw(passages_read(state["messages"]))
    rehearsal.choose_topics(draft.topics)
    for statement in draft.statements:
        rehearsal.offer(statement)
    return rehearsal.dropped


def build_agent(
    model: BaseChatModel, library: Library, prompts: Prompts, settings: Settings
) -> CompiledStateGraph:
    """The graph that drafts an answer with `model`."""
    about = library.collection.about
    system = prompts["guide"].fill(
        title=about.title, subject=about.subject or "its subject", author=about.author or "not named"
    )
    return create_agent(
        model=model,
        tools=make_tools(library),
        system_prompt=system,
        response_format=ToolStrategy(Draft, handle_errors=MALFORMED, tool_message_content="Taken."),
        middleware=[
            RepairMiddleware(library, prompts),
            ModelCallLimitMiddleware(run_limit=settings.model_calls, exit_behavior="end"),
            ToolCallLimitMiddleware(run_limit=2 * settings.model_calls, exit_behavior="continue"),
        ],
    )


def load_model(settings: Settings) -> BaseChatModel:
    """The model that the settings name: the embedded one, or one at an OpenAI-compatible endpoint."""
    if settings.model == EMBEDDED:
        return EmbeddedModel()
    # Imported here: the embedded guide must not wait for a client it does not use.
    from langchain_openai import ChatOpenAI  # noqa: PLC0415

    return ChatOpenAI(
        model=settings.model,
        api_key=settings.openai_api_key or "none",  # ty: ignore[invalid-argument-type]
        base_url=settings.openai_base_url,
        timeout=settings.model_timeout,
        max_retries=settings.model_retries,
        temperature=0,
        stream_usage=True,
    )
