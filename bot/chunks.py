"""Passages cut into chunks, the unit that is retrieved.

A passage that is short enough is one chunk. A longer one is cut at the ends of paragraphs where that
suffices, else of sentences, else of words. A chunk is a stretch of its passage's text, and the chunks
of a passage together hold every word of it, in order, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bot.corpus import Collection
from bot.records import Passage, Record
from bot.tokens import count_tokens

CHUNKER = "1"

PARAGRAPH_END = re.compile(r"\n\s*\n\s*")
SENTENCE_END = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)"
    r"[.!?…]+[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])"
)
WORD_END = re.compile(r"\s+")
ENDS = (PARAGRAPH_END, SENTENCE_END, WORD_END)


class Chunk(Record):
    """Characters `start` to `end` of a passage's text.

    `id` is the passage's id and the chunk's number in it, from 1: "C5.1.1#2". `parent` is the comment
    that the passage replies to.
    """

    id: str
    passage: str
    text: str
    start: int
    end: int
    parent: str | None = None


def cut(collection: Collection, max_tokens: int) -> tuple[Chunk, ...]:
    """Every passage's chunks in reading order, each at most `max_tokens` tokens.

    Only a single word that is longer than that makes a longer chunk.
    """
    return tuple(chunk for passage in collection.passages for chunk in _chunks(passage, max_tokens))


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, without the white space between them; a paragraph ends one."""
    spans = [
        span
        for paragraph in _split(text, (0, len(text)), PARAGRAPH_END)
        for span in _split(text, paragraph, SENTENCE_END)
    ]
    return [text[start:end].strip() for start, end in spans if text[start:end].strip()]


def _chunks(passage: Passage, max_tokens: int) -> Iterator[Chunk]:
    text = passage.text
    spans = _pack(text, (0, len(text)), max_tokens, ENDS) if text.strip() else []
    for number, (start, end) in enumerate(spans, start=1):
        body = text[start:end]
        start += len(body) - len(body.lstrip())
        yield Chunk(
            id=f"{passage.id}#{number}",
            passage=passage.id,
            text=body.strip(),
            start=start,
            end=start + len(body.strip()),
            parent=passage.parent,
        )


def _pack(
    text: str, span: tuple[int, int], max_tokens: int, ends: tuple[re.Pattern[str], ...]
) -> list[tuple[int, int]]:
    """Spans that follow one another over `span`, cut at the coarsest of `ends` that makes them fit."""
    if not ends or _fits(text, span, max_tokens):
        return [span]
    packed: list[tuple[int, int]] = []
    open_span: tuple[int, int] | None = None
    for part in _split(text, span, ends[0]):
        joined = (open_span[0], part[1]) if open_span else part
        if _fits(text, joined, max_tokens):
            packed[-1:] = [joined] if open_span else [*packed[-1:], part]
            open_span = joined
        elif _fits(text, part, max_tokens):
            packed.append(part)
            open_span = part
        else:
            # What is left of a cut paragraph is not joined to the next: they are of different things.
            packed.extend(_pack(text, part, max_tokens, ends[1:]))
            open_span = None
    return packed


def _fits(text: str, span: tuple[int, int], max_tokens: int) -> bool:
    return count_tokens(text[span[0] : span[1]].strip()) <= max_tokens


def _split(text: str, span: tuple[int, int], end: re.Pattern[str]) -> list[tuple[int, int]]:
    """Spans that follow one another over `span`, each up to and with a match of `end`."""
    edges = [span[0], *(match.end() for match in end.finditer(text, *span)), span[1]]
    return [(start, stop) for start, stop in pairwise(edges) if text[start:stop].strip()]
