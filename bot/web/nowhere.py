"""The reply to an address at which there is nothing: a page for a browser, one line for a script."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.web.document import document, masthead

SENTENCE = "There is nothing at this address. Start at /."
STYLES = ("colours.css", "pages.css")


def nowhere(request: Request) -> Response:
    """Status 404, in the form that was asked for."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(f"{SENTENCE}\n", 404)
    body = (
        f"{masthead({})}<main><h1>Nothing here</h1><p>There is nothing at this address.</p>"
        '<p><a href="/">To the conversation</a></p></main>'
    )
    page = document("Nothing here", body, styles=STYLES, kind="page")
    return HTMLResponse(page, 404, {"cache-control": "no-store"})
