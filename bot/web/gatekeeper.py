"""What the window lets in, and what it tells browsers: pure ASGI, in front of all of Gradio's routes.

Gradio opens far more than one page needs (uploads, files by path, proxies, calls by name). Only the
addresses that the page itself uses are let through; everything else does not exist here.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.nowhere import nowhere

BODY_BYTES = 256 * 1024
OPEN = re.compile(
    r"/|/(health|ready|metrics|theme\.css|favicon\.ico|robots\.txt|manifest\.json)|/(assets|static|svelte)/.+"
    r"|/gradio_api/(queue/(join|data)|heartbeat/\w+|cancel|reset|startup-events|app_id|theme\.css)/?"
    r"|/(present(/slide)?|compare(/answer)?|working/\w+(/(break|check))?|reports(/[\w.-]+(/report)?)?)"
    r"|/stage/\w+\.(css|js)"
)
OWN_PAGE = re.compile(r"/(present|compare|working|reports|stage)(/.*)?")
REPORT = re.compile(r"/reports/[^/]+/report")
CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        # Gradio's page builds its templates with `new Function` and starts from inline scripts.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# Our own pages hold no inline script and no inline style, so nothing that slipped into one could run.
OWN_PAGE_SECURITY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# A report brings its own script and style; it runs apart from everything here, and can fetch nothing.
REPORT_SECURITY = "; ".join(
    (
        "sandbox allow-scripts",
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class TooLargeError(Exception):
    """The request's body has passed the limit."""


class Gatekeeper:
    """ASGI middleware: unknown addresses 404, bodies over `BODY_BYTES` 413, safe headers on every reply."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False
        headers = [(name.encode(), value.encode()) for name, value in headers_for(scope["path"]).items()]

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in HEADERS_TAKEN]
                message = {**message, "headers": [*kept, *headers]}
            await send(message)

        refusal = _refusal(scope)
        if refusal:
            return await refusal(scope, receive, send_with_headers)
        try:
            return await self.app(scope, _counted(receive), send_with_headers)
        except TooLargeError:
            if not started:
                return await _too_large()(scope, receive, send_with_headers)
            raise


HEADERS_TAKEN = frozenset(name.encode() for name in HEADERS)


def headers_for(path: str) -> dict[str, str]:
    """The safe headers of a reply from `path`."""
    if REPORT.fullmatch(path):
        framed = {"content-security-policy": REPORT_SECURITY, "x-frame-options": "SAMEORIGIN"}
        return HEADERS | framed
    if OWN_PAGE.fullmatch(path):
        return HEADERS | {"content-security-policy": OWN_PAGE_SECURITY}
    return HEADERS


def _refusal(scope: Scope) -> Response | None:
    if not OPEN.fullmatch(scope["path"]):
        return nowhere(Request(scope))
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if not length.isdigit() or int(length) > BODY_BYTES:
        return _too_large()
    return None


async def not_understood(_request: Request, _error: Exception) -> PlainTextResponse:
    """The reply to a body that Gradio cannot read. FastAPI's own repeats the body, and fails on some."""
    return PlainTextResponse("What was sent could not be read: load the page anew.\n", status_code=422)


def _too_large() -> PlainTextResponse:
    sentence = f"That is too much to send at once: the limit is {BODY_BYTES // 1024} KB.\n"
    return PlainTextResponse(sentence, status_code=413)


def _counted(receive: Receive) -> Receive:
    """`receive`, raising TooLargeError once more has come in than the headers were checked for."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_BYTES:
            raise TooLargeError
        return message

    return counted
