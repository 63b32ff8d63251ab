"""One question put to the built-in model and to the one at the endpoint, side by side."""

from __future__ import annotations

from bot.corpus import Collection
from bot.settings import EMBEDDED, Settings
from bot.web.document import PANEL_SCRIPTS, PANEL_STYLES, ROOM, document, masthead
from bot.web.plain_text import plain
from bot.web.source_panel import panel_html

STYLES = ("colours.css", *PANEL_STYLES, "answer.css", "pages.css", "compare.css")
SCRIPTS = (*PANEL_SCRIPTS, "compare.js")
ONLY_ONE = (
    "No endpoint is set, so there is only the built-in model. Set COUNTERPOINT_MODEL, and where needed "
    "OPENAI_BASE_URL and OPENAI_API_KEY, and start again."
)


def compare_html(settings: Settings, collection: Collection) -> str:
    """The page; its question comes after the `#` of its address, which no server sees."""
    models = {"embedded": "The built-in model"}
    remark = f'<p class="remark">{plain(ONLY_ONE)}</p>'
    if settings.model != EMBEDDED:
        models["endpoint"], remark = settings.model, ""
    columns = "".join(
        f'<section class="model" data-model="{key}" aria-label="{plain(name)}"><h2>{plain(name)}</h2>'
        '<p class="doing" role="status"></p><div class="body"></div></section>'
        for key, name in models.items()
    )
    body = (
        masthead(ROOM)
        + '<main class="compare"><h1>Two models, one question</h1>'
        + f"<p>Both search the same text, and what either writes goes through the same check.</p>{remark}"
        + f'<form id="compare-form"><label for="compare-question">Question</label>'
        f'<textarea id="compare-question" rows="2" maxlength="{settings.question_chars}" required></textarea>'
        '<button type="submit">Ask</button></form>'
        # The conversation's own style sheet styles what stands in an element of this id.
        f'<div id="chat" class="models">{columns}</div></main>' + panel_html(collection)
    )
    return document("Two models, one question", body, styles=STYLES, scripts=SCRIPTS, kind="page")
