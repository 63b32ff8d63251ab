"""A model at any OpenAI-compatible endpoint: how it is asked, and what it may answer with.

Servers differ in what they accept. Each is first asked for all that helps (a forced tool call, no
chance in the wording, token counts); one that refuses such a request is asked more plainly.
"""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import httpx
import openai
from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import AIMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.runnables import Runnable
from langchain_openai import ChatOpenAI
from pydantic import ValidationError

from bot.draft import Draft
from bot.faults import BROKEN_OFF, DECLINED, EMPTY, PLAIN_TEXT, EndpointError, plain_reason
from bot.settings import Settings, shown_address
from bot.tokens import count_tokens

REFUSED = (openai.BadRequestError, openai.UnprocessableEntityError)
CUT_SHORT = ("length", "content_filter", "incomplete")


class PlainChat(ChatOpenAI):
    """The same endpoint, without being told that it must call a tool."""

    def bind_tools(self, tools: Any, *, tool_choice: Any = None, **kwargs: Any) -> Runnable[Any, AIMessage]:
        return super().bind_tools(tools, **kwargs)


def load_rungs(settings: Settings) -> list[ChatOpenAI]:
    """The settings' model as it is asked first, then more and more plainly."""
    connection = _connection(settings, settings.model)
    return [
        ChatOpenAI(**connection, temperature=0, stream_usage=True),
        PlainChat(**connection, stream_usage=False),
        load_plain_chat(settings, settings.model),
    ]


def load_plain_chat(settings: Settings, model: str) -> ChatOpenAI:
    """A model at the settings' endpoint, asked for as little as possible, its reply in one piece."""
    return PlainChat(**_connection(settings, model), stream_usage=False, disable_streaming=True)


def _connection(settings: Settings, model: str) -> dict[str, Any]:
    address, headers = without_credentials(settings.openai_base_url)
    return {
        "model": model,
        # A local endpoint often asks for no key, but the client insists on one.
        "api_key": settings.openai_api_key or "none",
        "base_url": address,
        "default_headers": headers,
        "timeout": settings.model_timeout,
        # It waits for each chunk with asyncio.wait_for, which before Python 3.12 loses a cancellation that
        # comes together with one: a stream that only drips could not be ended. httpx limits a silence.
        "stream_chunk_timeout": None,
        "max_retries": settings.model_retries,
        # Never asked, but the client makes one that reads the certificates anew.
        "http_client": httpx.Client(verify=_certificates()),
        # Connections are not kept: one kept from an event loop that has ended fails in the next.
        "http_async_client": httpx.AsyncClient(
            verify=_certificates(),
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=settings.model_timeout,
            follow_redirects=True,
        ),
    }


@cache
def _certificates() -> ssl.SSLContext:
    """Whom an https endpoint is trusted by: read once, as that takes longer than all else here."""
    return httpx.create_ssl_context()


def without_credentials(address: str | None) -> tuple[str | None, dict[str, str]]:
    """An address without its user and password, and the header that stands for them.

    Clients write addresses to their logs, so none may hold a password.
    """
    if not address:
        return None, {}
    parts = urlsplit(address)
    if parts.username is None and parts.password is None:
        return address, {}
    given = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    header = {"Authorization": f"Basic {base64.b64encode(given.encode()).decode()}"}
    return shown_address(address), header


class EndpointMiddleware(AgentMiddleware):
    """Asks an endpoint's model, ever more plainly where it refuses; what fails is an EndpointError.

    An AIMessage that comes through calls a tool, or is a whole draft written as plain JSON.
    """

    def __init__(self, rungs: list[ChatOpenAI]) -> None:
        super().__init__()
        self._rungs = rungs
        self._rung = 0

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        try:
            response = await self._ask(request, handler)
        # Whatever a server sends ends up here, in whichever error its client's code trips over.
        except Exception as error:  # noqa: BLE001
            raise EndpointError(plain_reason(error)) from None
        return judged_reply(counted(response, request))

    async def _ask(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        rung = self._rung
        while True:
            try:
                response = await handler(request.override(model=self._rungs[rung]))
            except REFUSED as error:
                if isinstance(error, ContextOverflowError) or rung + 1 == len(self._rungs):
                    raise
                rung += 1
            else:
                # What this server takes is remembered, so that it refuses only once.
                self._rung = rung
                return response


def counted(response: ModelResponse[Any], request: ModelRequest[Any]) -> ModelResponse[Any]:
    """The response with its tokens counted here, where the server has not counted them."""
    for message in response.result:
        if isinstance(message, AIMessage) and message.usage_metadata is None:
            asked = [request.system_message, *request.messages]
            read = sum(count_tokens(str(each.content)) for each in asked if each)
            written = count_tokens(message.text + "".join(json.dumps(c["args"]) for c in message.tool_calls))
            message.usage_metadata = UsageMetadata(
                input_tokens=read, output_tokens=written, total_tokens=read + written
            )
    return response


def judged_reply(response: ModelResponse[Any]) -> ModelResponse[Any]:
    """The response, with a draft taken out of its text where that is one; EndpointError if it is useless."""
    message = next((m for m in response.result if isinstance(m, AIMessage)), None)
    if message is None:
        raise EndpointError(EMPTY)
    finish = str(
        message.response_metadata.get("finish_reason") or message.response_metadata.get("status") or ""
    )
    # A cut reply may still parse, with its last sentence short of a word that matters.
    if not finish or finish.startswith(CUT_SHORT):
        raise EndpointError(BROKEN_OFF if message.tool_calls or message.text or finish else EMPTY)
    if message.tool_calls:
        return response
    if message.invalid_tool_calls:
        raise EndpointError(BROKEN_OFF)
    if message.additional_kwargs.get("refusal"):
        raise EndpointError(DECLINED)
    draft = written_draft(message.text)
    if draft is None:
        raise EndpointError(PLAIN_TEXT if message.text.strip() else EMPTY)
    return ModelResponse(result=response.result, structured_response=cast("Any", draft))


def written_draft(text: str) -> Draft | None:
    """The draft that a text is, JSON and nothing else but a code fence around it; None where it is not."""
    body = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    if not body.startswith("{"):
        return None
    try:
        draft = Draft.model_validate_json(body)
    except ValidationError:
        return None
    # Any object would do for a Draft, whose every field has a default.
    return draft if draft.statements or draft.model_fields_set & {"outcome", "statements"} else None
