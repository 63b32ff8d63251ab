"""Text from a model or a visitor, made safe to stand inside the page's HTML."""

from __future__ import annotations

import string

ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in string.punctuation}
# Control characters have no place in a page; the line breaks among them become tags first.
ENTITIES |= dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


def plain(text: str) -> str:
    """`text` as HTML that shows exactly its letters, on one line of source, with `<br>` for line breaks.

    Every ASCII punctuation sign becomes an entity, so neither HTML nor Markdown (links, images,
    emphasis, lists, bare addresses, formulas) can arise from it, whichever of the two reads it first.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<br>".join(line.translate(ENTITIES) for line in lines)


def shortened(text: str, limit: int) -> str:
    """The first words of `text`, at most `limit` characters of them, with “…” where more follows."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(maxsplit=1)[0].rstrip(",;:–— ") + " …"
