"""The whole collection as one panel of HTML: the article under its headings, the thread in its nesting.

It is made once at start and stands in every page, so that following a citation asks nothing of the
server. Unlike a chat message it is not sanitised: every word in it passes through `plain`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.corpus import Collection, spoken_as
from bot.follow_ups import question_about
from bot.records import Passage, PassageKind
from bot.web.plain_text import plain

PARAGRAPH = re.compile(r"(?:(?!\n\n).)+", re.DOTALL)


FIND = (
    '<div class="source-find" role="search"><label class="unseen" for="source-query">Find in the text</label>'
    '<input id="source-query" type="search" placeholder="Find in the text" autocomplete="off">'
    '<span class="found" role="status"></span>'
    '<button type="button" class="found-previous" aria-label="Previous match" disabled>↑</button>'
    '<button type="button" class="found-next" aria-label="Next match" disabled>↓</button></div>'
)
CITATIONS = (
    '<div class="source-citations" role="group" aria-label="Quotes of the answer" hidden>'
    '<p><span class="which"></span> <span class="where"></span></p>'
    '<button type="button" class="citation-previous">Previous<span class="unseen"> quote</span></button>'
    '<button type="button" class="citation-next">Next<span class="unseen"> quote</span></button></div>'
)


def panel_html(collection: Collection) -> str:
    """The panel, closed. Each passage is an element whose id is the passage's id."""
    return (
        '<dialog id="source" aria-labelledby="source-title">'
        '<header class="source-head"><h2 id="source-title">The text</h2>'
        '<nav aria-label="Parts of the text"><a href="#source-article">Article</a>'
        '<a href="#source-thread">Comments</a></nav>'
        '<button type="button" class="source-close" aria-label="Close the text">Close</button></header>'
        f"{FIND}{CITATIONS}"
        f'<div class="source-body" tabindex="-1">{_article(collection)}{_thread(collection)}</div></dialog>'
    )


def _article(collection: Collection) -> str:
    about = collection.about
    byline = f'<p class="byline">{plain(about.author)}</p>' if about.author else ""
    parts = [f'<h3 id="source-article">{plain(about.title)}</h3>{byline}']
    section = ""
    for passage in collection.passages:
        if passage.kind is not PassageKind.ARTICLE:
            continue
        if passage.section != section:
            section = passage.section
            parts.append(f"<h4>{plain(section)}</h4>")
        parts.append(_passage(passage, collection, label=passage.id))
    return f'<section class="source-article">{"".join(parts)}</section>'


def _thread(collection: Collection) -> str:
    comments = [p for p in collection.passages if p.kind is PassageKind.COMMENT and p.parent is None]
    nodes = "".join(_comment(comment, collection) for comment in comments)
    return (
        f'<section class="source-thread"><h3 id="source-thread">The comments</h3><ol>{nodes}</ol></section>'
    )


def _comment(comment: Passage, collection: Collection) -> str:
    replies = "".join(_comment(reply, collection) for reply in collection.replies(comment.id))
    nested = f"<ol>{replies}</ol>" if replies else ""
    label = f'<span class="speaker">{plain(spoken_as(collection.speaker(comment.id)))}</span>'
    if spoken_as(collection.speaker(comment.id)) != f"Commenter {comment.id}":
        label += f" {comment.id}"
    if comment.parent:
        answered = spoken_as(collection.speaker(comment.parent))
        label += f' <span class="answers">answers <a href="#{comment.parent}">{plain(answered)}</a></span>'
    return f"<li>{_passage(comment, collection, label=label)}{nested}</li>"


def _passage(passage: Passage, collection: Collection, label: str) -> str:
    text = "".join(
        f'<p data-from="{start}">{_with_quoted(passage, start, end, collection)}</p>'
        for start, end in paragraphs(passage.text)
    )
    return (
        f'<article id="{passage.id}" class="passage" tabindex="-1" aria-label="{_name(passage, collection)}"'
        f' data-where="{_where(passage, collection)}">'
        f'<p class="whose">{label}{_ask_about(passage, collection)}</p>{text}</article>'
    )


def _ask_about(passage: Passage, collection: Collection) -> str:
    question = plain(question_about(passage.id, collection))
    return (
        f' <button type="button" class="ask-about" data-question="{question}">'
        f'Ask about this<span class="unseen">: {passage.id}</span></button>'
    )


def _where(passage: Passage, collection: Collection) -> str:
    """Where a passage stands, as words that follow its id."""
    if passage.kind is PassageKind.ARTICLE:
        return (
            f"in the article, “{plain(passage.section)}”" if passage.section else "in the article’s opening"
        )
    replies = len(collection.replies(passage.id))
    drew = f", {replies} {'reply' if replies == 1 else 'replies'} below" if replies else ""
    if not passage.parent:
        return f"a comment{drew}"
    return f"a reply to {plain(spoken_as(collection.speaker(passage.parent)))}{drew}"


def _name(passage: Passage, collection: Collection) -> str:
    speaker = spoken_as(collection.speaker(passage.id))
    if speaker == f"Commenter {passage.id}":
        return plain(speaker)
    place = "paragraph" if passage.kind is PassageKind.ARTICLE else "comment"
    return f"{plain(speaker)}, {place} {passage.id}"


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each paragraph; a blank line parts two."""
    for match in PARAGRAPH.finditer(text):
        lead = len(match.group()) - len(match.group().lstrip("\n"))
        if match.start() + lead < match.end():
            yield match.start() + lead, match.end()


def _with_quoted(passage: Passage, start: int, end: int, collection: Collection) -> str:
    """The text from `start` to `end`, words that belong to another voice set apart."""
    html, at = "", start
    for span in passage.quoted:
        opening, closing = max(span.start, at), min(span.end, end)
        if opening >= closing:
            continue
        voice = collection.voice_by_id.get(span.owner)
        owner = spoken_as(voice) if voice else span.owner
        html += plain(passage.text[at:opening])
        words = plain(passage.text[opening:closing])
        html += f'<span class="quoted" title="Words of {plain(owner)}">{words}</span>'
        at = closing
    return html + plain(passage.text[at:end])
