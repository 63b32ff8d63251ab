"""Summing up an earlier conversation that has grown too long to be sent word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, SummarizationMiddleware
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AnyMessage, HumanMessage, get_buffer_string
from langgraph.runtime import Runtime

from bot.budget import OVERHEAD, fair_shares, message_tokens
from bot.faults import EndpointError, plain_reason
from bot.prompts import Prompt
from bot.tokens import count_tokens, trim_to_tokens

SUMMARY = "summary"
SUMMARY_TOKENS = 400
# Beside its words each turn is written with who speaks.
SPEAKER_TOKENS = 4


class ConversationSummary(SummarizationMiddleware):
    """Sums up the earlier conversation once, before the question is worked on.

    LangChain's own would also sum up tool results and the question itself in the middle of a turn;
    those the model needs word for word.
    """

    before_model = AgentMiddleware.before_model
    abefore_model = AgentMiddleware.abefore_model

    async def abefore_agent(self, state: AgentState, runtime: Runtime) -> dict[str, Any] | None:
        return await SummarizationMiddleware.abefore_model(self, state, runtime)


def conversation_summary(
    model: BaseChatModel, summarizing: BaseChatModel, prompt: Prompt, budget: int
) -> ConversationSummary:
    """Sums up what goes beyond a quarter of `budget` tokens, keeping the last turns that an eighth holds."""
    return ConversationSummary(
        model,
        trigger=("tokens", budget // 4),
        keep=("tokens", budget // 8),
        token_counter=message_tokens,
        # Every turn is to be heard of: they are shortened by `shortened`, and none is left out.
        trim_tokens_to_summarize=None,
        summarizer=_summarizer(summarizing, prompt, budget),
    )


def _summarizer(model: BaseChatModel, prompt: Prompt, budget: int) -> Callable[[list[AnyMessage]], Any]:
    room = budget - count_tokens(prompt.body) - OVERHEAD

    async def summed_up(messages: list[AnyMessage]) -> str:
        asked = prompt.fill(conversation=shortened(messages, room))
        try:
            reply = await model.ainvoke([HumanMessage(asked)])
        # Whatever a server sends ends up here, as it does where the question itself is asked.
        except Exception as error:  # noqa: BLE001
            raise EndpointError(plain_reason(error)) from None
        return trim_to_tokens(reply.text, SUMMARY_TOKENS)

    return summed_up


def shortened(messages: list[AnyMessage], room: int) -> str:
    """The conversation as text of at most `room` tokens, the longest messages cut to a fair share of it."""
    texts = [str(message.content) for message in messages]
    shares = fair_shares([count_tokens(text) for text in texts], room - SPEAKER_TOKENS * len(texts))
    cut = [
        message.model_copy(update={"content": trim_to_tokens(text, share)})
        for message, text, share in zip(messages, texts, shares, strict=True)
    ]
    return trim_to_tokens(get_buffer_string(cut, human_prefix="Visitor", ai_prefix="Guide"), room)
