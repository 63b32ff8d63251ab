"""The frame of the pages beside the chat window: head, style sheets and scripts by name, no inline code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.web.plain_text import plain

ASSETS = Path(__file__).parent / "assets"
SERVED_AT = "/stage"
# The text's own panel, which stands in these pages as it does in the chat window.
PANEL_STYLES = tuple(sorted(path.name for path in ASSETS.glob("source_*.css")))
PANEL_SCRIPTS = tuple(sorted(path.name for path in ASSETS.glob("source_*.js")))
# The pages of whoever runs the room, which lead to each other.
ROOM = {"Presentation": "/present", "Two models": "/compare", "Evaluations": "/reports"}
KINDS = {".css": "text/css", ".js": "text/javascript"}


def document(
    title: str, body: str, *, styles: Iterable[str], scripts: Iterable[str] = (), kind: str = ""
) -> str:
    """A whole page. `kind` names it to its style sheets; styles and scripts are file names of assets."""
    links = "".join(f'<link rel="stylesheet" href="{SERVED_AT}/{name}">' for name in styles)
    tags = "".join(f'<script type="module" src="{SERVED_AT}/{name}"></script>' for name in scripts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{plain(title)}</title><link rel="icon" href="data:,">{links}{tags}</head>'
        # Not deferred: the colours are settled before anything is drawn.
        f'<body class="{kind}"><script src="{SERVED_AT}/day_night.js"></script>{body}</body></html>'
    )


def masthead(links: Mapping[str, str]) -> str:
    """The line at the head of a page: its name, where else to go, and day or night."""
    items = "".join(f'<a href="{href}">{plain(name)}</a>' for name, href in links.items())
    return (
        '<header class="masthead"><a class="home" href="/">Counterpoint</a>'
        f'<nav aria-label="Pages">{items}</nav>'
        '<button type="button" class="day-night">Light or dark</button></header>'
    )


def asset(name: str) -> tuple[str, str] | None:
    """The text and media type of a style sheet or script of ours; None for any other name."""
    found = {path.name: path for folder in (ASSETS, ASSETS / "stage") for path in folder.iterdir()}
    path = found.get(name)
    if path is None or path.suffix not in KINDS:
        return None
    return path.read_text("utf-8"), KINDS[path.suffix]
