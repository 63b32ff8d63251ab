"""A pasted page taken apart: the article's headings and paragraphs, and the tree of comments under it.

Blank lines part paragraphs; where the article has none, every line is a paragraph. A heading is a
Markdown `#` line, or a short line that stands alone, starts with a capital, ends without punctuation
and has a paragraph below it. A heading before anything else is the title; so is a short first line with
a line “By Ann Hill” below it, which names the author. Where the comments start and whose reply each
one is, `bot.thread` decides.

Pure: text in, records out; nothing here reads or writes files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from bot.corpus import Comment
from bot.records import Record
from bot.thread import MARKER, RULE, Draft, ImportProblem, Line, read_thread, thread_start

TITLED_SHARE = 0.8

_LINE_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e]")
DEEPEST_MARKS = 50
_MARKED = re.compile(r"(?<!END)QUOTE\{\}((?:(?!QUOTE\{\}).)*?)ENDQUOTE\{\}", re.DOTALL)
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(?P<words>.*?\S)(?:\s+#+)?$")
_BYLINE = re.compile(r"[Bb][Yy]:?\s+(?P<names>\S.*)")
_BETWEEN_NAMES = frozenset(("and", "&", "de", "del", "der", "van", "von", "of", "la", "le"))
_COMMENT_COUNT = re.compile(r"(?:\d+\s+)?comments?(?:\s*\(\d+\))?", re.IGNORECASE)


class Block(Record):
    """A heading or a paragraph of the article; single line breaks inside a paragraph are kept."""

    kind: Literal["heading", "paragraph"]
    text: str


class Marked(Record):
    """Words that stood between QUOTE{} and ENDQUOTE{} in a passage."""

    passage: str
    quote: str


class Page(Record):
    """What a page holds. `thread_line` is the 1-based line of the first comment.

    `doubts` are sentences on lines that could have been read in another way.
    """

    title: str = ""
    author: str = ""
    article: tuple[Block, ...]
    comments: tuple[Comment, ...]
    marked: tuple[Marked, ...] = ()
    doubts: tuple[str, ...] = ()
    thread_line: int


def parse_page(text: str) -> Page:
    """Take a pasted page apart.

    Raises ImportProblem where the text is blank, holds signs that are no text, or has no article or
    no comments.
    """
    lines = _lines(text)
    if not any(line.text for line in lines):
        raise ImportProblem("The file holds no words: paste the article and its comments into it.")
    start = thread_start([line for line in lines if line.text])
    if start is None:
        raise ImportProblem(
            "No comments found: number each “1.”, “2.”, …, and indent what belongs to it deeper than its "
            "number or close it with a line “Report comment”; knowledge/README.md shows a page that imports."
        )
    title, author, article = _article(lines[: start - 1])
    if not any(block.kind == "paragraph" for block in article):
        raise ImportProblem("No article found above the comments: paste its paragraphs before them.")
    doubts: list[str] = []
    drafts = read_thread(lines[start - 1 :], doubts)
    marked: list[Marked] = []
    blocks = tuple(_unmarked_blocks(article, marked))
    comments = tuple(_comments(drafts, marked))
    return Page(
        title=title,
        author=author,
        article=blocks,
        comments=comments,
        marked=tuple(marked),
        doubts=tuple(doubts),
        thread_line=start,
    )


def render_article(blocks: Iterable[Block]) -> str:
    """The article as `article.md` holds it: `## ` before headings, a blank line between blocks."""
    return "\n\n".join(f"## {b.text}" if b.kind == "heading" else b.text for b in blocks) + "\n"


def _lines(text: str) -> list[Line]:
    plain = _LINE_BREAKS.sub("\n", text.removeprefix("\ufeff").replace("\u2029", "\n\n"))
    found = _CONTROL.search(plain)
    if found:
        line = plain.count("\n", 0, found.start()) + 1
        raise ImportProblem(f"Line {line} holds the control character U+{ord(found.group()):04X}: remove it.")
    return [_line(number, raw) for number, raw in enumerate(plain.split("\n"), start=1)]


def _line(number: int, raw: str) -> Line:
    spread = raw.expandtabs(4).rstrip()
    text = spread.lstrip()
    return Line(number, len(spread) - len(text), re.sub(r"\t+", " ", raw).strip())


def _comments(drafts: Sequence[Draft], marked: list[Marked], parent: str = "") -> Iterator[Comment]:
    for number, draft in enumerate(drafts, start=1):
        id_ = f"{parent}.{number}" if parent else f"C{number}"
        text = _unmarked(_joined(draft.lines), id_, marked)
        if not text:
            raise ImportProblem(
                f"The comment at line {draft.line} is empty: remove its marker or add its words."
            )
        yield Comment(text=text, replies=tuple(_comments(draft.replies, marked, id_)))


def _joined(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _unmarked(text: str, passage: str, marked: list[Marked]) -> str:
    """The text without QUOTE marks, whose words go to `marked`."""

    def taken(found: re.Match[str]) -> str:
        if found[1].strip():
            marked.append(Marked(passage=passage, quote=found[1].strip()))
        return found[1]

    # Once more for each level of marks inside marks.
    for _ in range(DEEPEST_MARKS):
        if not _MARKED.search(text):
            return text.strip()
        text = _MARKED.sub(taken, text)
    raise ImportProblem(f"{passage} holds QUOTE marks nested over {DEEPEST_MARKS} deep: take some out.")


def _unmarked_blocks(blocks: Iterable[Block], marked: list[Marked]) -> Iterator[Block]:
    number = 0
    for block in blocks:
        number += block.kind == "paragraph"
        yield Block(kind=block.kind, text=_unmarked(block.text, f"A{number}", marked))


def _article(lines: Sequence[Line]) -> tuple[str, str, list[Block]]:
    """The title and the author, "" where the page has none, and the article's blocks."""
    blocks = _drafted_blocks(lines)
    title, author, blocks = _headed(blocks)
    while blocks and _COMMENT_COUNT.fullmatch(blocks[-1].text):
        blocks.pop()
    kinds: list[Literal["heading", "paragraph"]] = []
    for block in reversed(blocks):
        below = kinds[-1] if kinds else None
        is_heading = block.kind == "heading" or (below is not None and looks_like_heading(block.text))
        kinds.append("heading" if is_heading else "paragraph")
    read = [Block(kind=kind, text=b.text) for kind, b in zip(reversed(kinds), blocks, strict=True)]
    if not title and read and read[0].kind == "heading":
        return read[0].text, author, read[1:]
    return title, author, read


def _headed(blocks: list[Block]) -> tuple[str, str, list[Block]]:
    """The title and the author of a page that opens with a title and a line “By Ann Hill”, and the rest."""
    if not blocks:
        return "", "", blocks
    first, _, below = blocks[0].text.partition("\n")
    second, rest = (below, blocks[1:]) if below else (blocks[1].text if blocks[1:] else "", blocks[2:])
    author = byline(second)
    titled = blocks[0].kind == "heading" or (
        len(first) <= 120 and len(first.split()) <= 20 and not MARKER.match(first) and first[-1] not in ".,;:"
    )
    return (first, author, rest) if author and titled and rest else ("", "", blocks)


def byline(text: str) -> str:
    """The names in a line such as “By Ann Hill and Bo Lund”; "" where it is no such line."""
    found = _BYLINE.fullmatch(text)
    words = found["names"].split() if found else []
    named = [word for word in words if word not in _BETWEEN_NAMES]
    if not named or len(words) > 10 or words[-1][-1] in ".,:;!?":
        return ""
    # One name alone is as often a heading: “By Night”.
    return " ".join(words) if len(named) > 1 and all(word[0].isupper() for word in named) else ""


def _drafted_blocks(lines: Sequence[Line]) -> list[Block]:
    """Blocks as blank lines part them; where the article has no blank line, every line is one."""
    texts = [line.text for line in lines]
    while texts and not texts[-1]:
        texts.pop()
    written = "\n".join(texts).strip()
    every_line = "\n\n" not in written
    blocks: list[Block] = []
    for chunk in re.split(r"\n" if every_line else r"\n{2,}", written):
        pending: list[str] = []
        for text in chunk.split("\n"):
            heading = _MARKDOWN_HEADING.match(text)
            if heading:
                blocks += _paragraph(pending)
                blocks.append(Block(kind="heading", text=heading["words"]))
                pending = []
            else:
                pending.append(text)
        blocks += _paragraph(pending)
    return blocks


def _paragraph(lines: list[str]) -> list[Block]:
    text = "\n".join(lines).strip()
    return [Block(kind="paragraph", text=text)] if text and not RULE.fullmatch(text) else []


def looks_like_heading(text: str) -> bool:
    """Whether a block without `#` reads as a heading; a paragraph must still follow it.

    Up to 16 words where nearly every longer word has a capital (“?” and “!” may then end it), up to 8 words
    otherwise.
    """
    words = text.split()
    if "\n" in text or not words or len(text) > 120 or "QUOTE{}" in text or MARKER.match(text):
        return False
    if not (text[0].isupper() or text[0].isdigit()) or not re.search(r"[^\W\d_]", text):
        return False
    if re.search(r"[.!?;]\s", text) or text[-1] in ".,;:…”’\"')—–-":
        return False
    longer = [word for word in words if len(word.strip("“”‘’\"'()")) >= 4]
    capitals = sum(bool(re.match(r"[\"'“‘(]*[A-Z0-9À-Þ]", word)) for word in longer)
    if capitals >= TITLED_SHARE * len(longer):
        return len(words) <= 16
    return len(words) <= 8 and text[-1] not in "?!" and "," not in text
