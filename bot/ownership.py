"""Whose words are these? A quote's own words, apart from what its passage only quotes from others."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.records import Evidence, Passage
from bot.wording import locate_pieces

SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n\s*\n")


def own_words(evidence: Evidence, passage: Passage) -> tuple[str, set[str]]:
    """The quote less the words of undeclared others, and everyone else whose words lie in it."""
    return _without_strangers(passage, locate_pieces(evidence.quote, passage.text), evidence.owner)


def own_sentences(evidence: Evidence, passage: Passage) -> str:
    """The whole sentences that a quote touches, less what undeclared others say inside them."""
    start, end = sentence_window(passage.text, evidence.start, evidence.end)
    return _without_strangers(passage, [(start, end)], evidence.owner)[0]


def sentence_window(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the whole sentences that the span `start` to `end` touches."""
    opened = [match.end() for match in SENTENCE_END.finditer(text) if match.end() <= start]
    closed = [match.start() for match in SENTENCE_END.finditer(text) if match.start() >= end - 1]
    return (opened[-1] if opened else 0, closed[0] if closed else len(text))


def _without_strangers(
    passage: Passage, pieces: Iterable[tuple[int, int]], declared: str | None
) -> tuple[str, set[str]]:
    kept, owners = [], set[str]()
    for start, end in pieces:
        at = start
        for span in passage.quoted:
            if span.owner == passage.voice or span.end <= start or span.start >= end:
                continue
            owners.add(span.owner)
            if span.owner != declared:
                kept.append(passage.text[at : max(at, span.start)])
                at = max(at, min(span.end, end))
        kept.append(passage.text[at:end])
    return " ".join(kept), owners
