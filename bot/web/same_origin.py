"""Only the page itself may post: a form or script of another site is refused.

Browsers say where a request comes from; what says nothing is no browser on another site's page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

READING = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSED = "This was sent from another site's page. Open the guide itself and ask there.\n"
PORTS = {"http": 80, "https": 443}


class SameOrigin:
    """ASGI middleware: 403 for whatever would change something and comes from another site's page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in READING and from_elsewhere(scope):
            return await PlainTextResponse(REFUSED, status_code=403)(scope, receive, send)
        return await self.app(scope, receive, send)


def from_elsewhere(scope: Scope) -> bool:
    """Whether a browser says that another origin's page made this request."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    # Browsers leave this one out on plain http to another machine; then the origin must do.
    site = headers.get(b"sec-fetch-site")
    if site:
        return site not in {"same-origin", "none"}
    origin = headers.get(b"origin")
    if not origin:
        return False
    host = headers.get(b"x-forwarded-host") or headers.get(b"host", "")
    return not _same(origin, host)


def _same(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        if not parts.hostname:
            return False
        here = urlsplit(f"{parts.scheme}://{host}")
        default = PORTS.get(parts.scheme)
        return (parts.hostname, parts.port or default) == (here.hostname, here.port or default)
    except ValueError:
        return False
