"""What a model at an endpoint is sent, held within its token budget.

The conversation that the graph keeps stays whole, and so does the embedded model's view of it. Before
each call this middleware makes a view that fits: what the tools returned is cut at the ends of
positions, facts and passages, the best kept; then the oldest of what was said and done is left out.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import takewhile
from typing import Any, cast

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    HumanMessage,
    MessageLikeRepresentation,
    ToolMessage,
)

from bot.draft import DRAFT
from bot.embedded import REPAIR
from bot.excerpt import excerpt, plain_result
from bot.faults import TOO_LONG, EndpointError
from bot.tokens import count_tokens, trim_to_tokens

# What a message, or a call in it, costs beside its words.
OVERHEAD = 6
# Fewer tokens of a result than this are of no use to anyone.
LEAST_RESULT = 120
MOST_ARGUMENT = 40


class BudgetMiddleware(AgentMiddleware):
    """Sends no more than `room` tokens of messages; EndpointError where not even the question fits."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        return await handler(request.override(messages=fitted(request.messages, self._room)))


def message_tokens(messages: Iterable[MessageLikeRepresentation]) -> int:
    """The tokens of the messages: their text, the calls they make, and what each costs beside that."""
    return sum(_cost(message) for message in messages if isinstance(message, BaseMessage))


def _cost(message: BaseMessage) -> int:
    calls = message.tool_calls if isinstance(message, AIMessage) else ()
    made = sum(count_tokens(f"{call['name']} {json.dumps(call['args'])}") + OVERHEAD for call in calls)
    return count_tokens(str(message.content)) + made + OVERHEAD


def fitted(messages: Sequence[AnyMessage], room: int) -> list[AnyMessage]:
    """The messages as they are sent: within `room` tokens, the question and the latest step among them."""
    plain = [_with_result(m, plain_result(str(m.content))) for m in messages]
    if message_tokens(plain) <= room:
        return plain
    asked = max(n for n, message in enumerate(plain) if _is_question(message))
    earlier, turn = plain[:asked], [_shortened(message) for message in plain[asked:]]
    while (left := _left_for_results([*earlier, *turn], room)) < _least_for_results(turn):
        earlier, turn = _without_oldest(earlier, turn)
    return [*earlier, *_with_results(turn, left)]


def _is_question(message: BaseMessage) -> bool:
    return isinstance(message, HumanMessage) and message.name != REPAIR


def _left_for_results(messages: Sequence[AnyMessage], room: int) -> int:
    results = [message for message in messages if isinstance(message, ToolMessage)]
    rest = [message for message in messages if not isinstance(message, ToolMessage)]
    return room - message_tokens(rest) - OVERHEAD * len(results)


def _least_for_results(turn: Sequence[AnyMessage]) -> int:
    return sum(min(LEAST_RESULT, need) for need in _needs(turn))


def _needs(turn: Sequence[AnyMessage]) -> list[int]:
    return [count_tokens(str(message.content)) for message in turn if isinstance(message, ToolMessage)]


def _without_oldest(
    earlier: list[AnyMessage], turn: list[AnyMessage]
) -> tuple[list[AnyMessage], list[AnyMessage]]:
    """Both without the oldest exchange of the conversation, or else without the oldest step of the turn."""
    if earlier:
        # A summary stands first and goes last: it is what is left of everything before it.
        summed_up = len(earlier) > 1 and "lc_source" in earlier[0].additional_kwargs
        head, rest = (earlier[:1], earlier[1:]) if summed_up else ([], earlier)
        spoken = takewhile(lambda m: not isinstance(m, HumanMessage), rest[1:])
        return [*head, *rest[1 + len(list(spoken)) :]], turn
    steps = [number for number, message in enumerate(turn) if isinstance(message, AIMessage)]
    if len(steps) < 2:
        raise EndpointError(TOO_LONG)
    return [], [*turn[: steps[0]], *turn[steps[1] :]]


def _shortened(message: AnyMessage) -> AnyMessage:
    """The same, without what the model wrote beside its calls, and with these in few words."""
    if not isinstance(message, AIMessage) or not message.tool_calls:
        return message
    calls = [{**call, "args": _few_words(call["name"], call["args"])} for call in message.tool_calls]
    return message.model_copy(update={"content": "", "tool_calls": calls})


def _few_words(name: str, args: dict[str, Any]) -> dict[str, Any]:
    # What is wrong with a draft is told beside it; nothing of it need be read again.
    if name == DRAFT:
        return {}
    return {key: trim_to_tokens(str(value), MOST_ARGUMENT) for key, value in args.items()}


def _with_results(turn: Sequence[AnyMessage], left: int) -> list[AnyMessage]:
    """The turn with its results cut to fair shares of `left` tokens."""
    given = iter(fair_shares(_needs(turn), left))
    return [
        _with_result(m, excerpt(str(m.content), next(given))) if isinstance(m, ToolMessage) else m
        for m in turn
    ]


def _with_result(message: AnyMessage, content: str) -> AnyMessage:
    if not isinstance(message, ToolMessage) or content == message.content:
        return message
    return cast("AnyMessage", message.model_copy(update={"content": content}))


def fair_shares(needs: Sequence[int], left: int) -> list[int]:
    """How much of `left` each need gets: all of a small one, and an equal part of the rest."""
    given = [0] * len(needs)
    for taken, number in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        given[number] = min(needs[number], max(left, 0) // (len(needs) - taken))
        left -= given[number]
    return given
