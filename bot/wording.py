"""Comparing words with the text they claim to come from.

Only white space, quote marks, dashes and ellipses are levelled before two texts are compared;
letters, case, digits and every other sign must agree. Offsets always point into the original text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

LEVELLED = {
    **dict.fromkeys("“”„‟«»\"‘’‚‛'`´′″", "'"),
    **dict.fromkeys("–—―‒−‐‑-", "-"),
}
ELLIPSIS = re.compile(r"\s*(?:\.\s?){3,}\s*|\s*…\s*")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
MIN_PIECE_WORDS = 3

_NEGATING_BEFORE = re.compile(r"\b(?:non|anti|un|dis|de|mis|ex|pseudo|counter)[-‐‑]$", re.IGNORECASE)
_NEGATING_AFTER = re.compile(r"[-‐‑](?:free|less)\b", re.IGNORECASE)

_stemmer = Stemmer.Stemmer("english")


@dataclass(frozen=True)
class Levelled:
    """A text with its variable signs levelled; `offsets[i]` is where character i stood in the original."""

    text: str
    offsets: tuple[int, ...]


@lru_cache(maxsize=4096)
def level(text: str) -> Levelled:
    """Level white space (to one blank), quote marks, dashes (runs to one) and ellipses."""
    signs: list[str] = []
    offsets: list[int] = []
    for position, sign in enumerate(text):
        for level_sign in " " if sign.isspace() else "..." if sign == "…" else LEVELLED.get(sign, sign):
            if level_sign in " -" and signs and signs[-1] == level_sign:
                continue
            signs.append(level_sign)
            offsets.append(position)
    return Levelled("".join(signs), tuple(offsets))


def words(text: str) -> list[str]:
    """The words of a text in order, casefolded, apostrophes straightened."""
    return list(_words(text))


# The check asks for the words of the same passages again and again.
@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    return tuple(match.group().casefold().replace("’", "'") for match in WORD.finditer(text))


def stem(word: str) -> str:
    """The English (Porter2) stem of one casefolded word."""
    return _stemmer.stemWord(word)


def locate(quote: str, text: str, start: int = 0) -> tuple[int, int] | None:
    """Offsets of `quote` in `text`, word for word from word edge to word edge, or None.

    One ellipsis in the quote may join two pieces of at least three words each that stand in the
    text in that order; the span then runs from the first piece's start to the second's end.
    """
    spans = locate_pieces(quote, text, start)
    return (spans[0][0], spans[-1][1]) if spans else None


def locate_pieces(quote: str, text: str, start: int = 0) -> list[tuple[int, int]]:
    """As `locate`, but with a span for each piece of the quote; empty when it is not there."""
    whole = _locate_literal(quote, text, start)
    if whole:
        return [whole]
    pieces = [piece for piece in ELLIPSIS.split(quote.strip()) if piece]
    if len(pieces) != 2 or any(len(words(piece)) < MIN_PIECE_WORDS for piece in pieces):
        return []
    for first in _occurrences(pieces[0], text, start):
        second = _locate_literal(pieces[1], text, first[1])
        if second:
            return [first, second]
    return []


def occurrences(quote: str, text: str) -> list[tuple[int, int]]:
    """Every place in `text` where the words of `quote` stand without a gap."""
    return list(_occurrences(quote, text, 0))


def _locate_literal(quote: str, text: str, start: int) -> tuple[int, int] | None:
    return next(_occurrences(quote, text, start), None)


def _occurrences(quote: str, text: str, start: int) -> Iterator[tuple[int, int]]:
    needle = level(quote.strip()).text.strip()
    haystack = level(text)
    at = haystack.text.find(needle) if needle else -1
    while at >= 0:
        end = at + len(needle)
        original = haystack.offsets[at], haystack.offsets[end - 1] + 1
        on_edges = _on_word_edges(haystack.text, at, end) and not _loses_negation(text, *original)
        if original[0] >= start and on_edges:
            yield original
        at = haystack.text.find(needle, at + 1)


def _loses_negation(text: str, start: int, end: int) -> bool:
    """True where the span leaves out what reverses it: “judgmental” cut from “non-judgmental”."""
    return bool(_NEGATING_BEFORE.search(text[max(0, start - 12) : start]) or _NEGATING_AFTER.match(text, end))


def _on_word_edges(text: str, start: int, end: int) -> bool:
    """False where the span cuts a word: “able to rest” must not be found in “unable to rest”."""
    return not _inside_word(text, start) and not _inside_word(text, end)


def _inside_word(text: str, at: int) -> bool:
    if at == 0 or at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isalnum() and after.isalnum():
        return True
    # “5” must not be cut out of “1.5”, nor “10” out of “10,000”.
    if after in ".," and before.isdigit():
        return text[at + 1 : at + 2].isdigit()
    if before in ".," and after.isdigit():
        return text[at - 2 : at - 1].isdigit()
    # “do” must not be cut out of “don't”, nor “n't” lost from it.
    if after == "'" and before.isalnum():
        return at + 1 < len(text) and text[at + 1].isalnum()
    return before == "'" and after.isalnum() and at >= 2 and text[at - 2].isalnum()
