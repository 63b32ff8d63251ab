"""Whose words are these? A quote's own words, apart from what its passage only quotes from others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from bot.records import Evidence, Passage, Span, Voice, VoiceRole
from bot.wording import locate_pieces, occurrences, words

SENTENCE_END = re.compile(
    r"(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bProf\.)(?<!\bSt\.)(?<!\bvs\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
    r"(?<!\b[A-Z]\.)(?<=[.!?…])[\"'”’)]*\s+|\n\s*\n"
)
_CITED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
# How a statement may speak of a voice without its name.
_ROLES = re.compile(r"\b(?:author|writer|commenter|commentator|poster|reader)s?\b", re.I)
MIN_NAME_LETTERS = 3


def own_words(evidence: Evidence, passage: Passage) -> tuple[str, set[str]]:
    """The quote less the words of undeclared others, and everyone else whose words lie in it."""
    return _without_strangers(passage, _pieces(evidence, passage), evidence.owner)


def own_sentences(evidence: Evidence, passage: Passage) -> str:
    """The whole sentences that a quote touches, less what undeclared others say inside them."""
    return _without_strangers(passage, _windows(evidence, passage), evidence.owner)[0]


def cited_words(text: str, evidence: Evidence, passage: Passage) -> str:
    """What a statement itself puts in quote marks and its evidence's sentences quote from someone."""
    return " ".join(
        run
        for run in _CITED.findall(text)
        for start, end in _windows(evidence, passage)
        for span in _strangers(passage, start, end)
        if occurrences(run, passage.text[max(start, span.start) : min(end, span.end)])
    )


def cut_stranger(evidence: Evidence, passage: Passage) -> str | None:
    """The undeclared voice into whose quoted words the quote begins or ends, or None.

    A quote may hold another's words only whole, so that their quote marks are seen with them.
    """
    for start, end in _pieces(evidence, passage):
        for span in _strangers(passage, start, end):
            whole = start <= span.start and span.end <= end
            if span.owner != evidence.owner and not whole:
                return span.owner
    return None


def is_wholly_of(owner: str, evidence: Evidence, passage: Passage) -> bool:
    """Whether every word of a quote lies in spans that the passage quotes from `owner`."""
    return all(
        not words(_outside(passage.text, start, end, [s for s in passage.quoted if s.owner == owner]))
        for start, end in _pieces(evidence, passage)
    )


@lru_cache(maxsize=4096)
def sentence_window(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of the whole sentences that the span `start` to `end` touches."""
    opened = [match.end() for match in SENTENCE_END.finditer(text) if match.end() <= start]
    closed = [match.start() for match in SENTENCE_END.finditer(text) if match.start() >= end - 1]
    return (opened[-1] if opened else 0, closed[0] if closed else len(text))


def skipped_words(evidence: Evidence, passage: Passage) -> str:
    """What an ellipsis leaves out of the sentences that its two pieces stand in; "" without one."""
    pieces = _pieces(evidence, passage)
    if len(pieces) < 2:
        return ""
    (_, left), (right, end) = pieces
    left_end = sentence_window(passage.text, left - 1, left)[1]
    right_start = sentence_window(passage.text, right, end)[0]
    if right_start <= left:
        return passage.text[left:right]
    return f"{passage.text[left:left_end]} {passage.text[right_start:right]}"


def spans_of(quote: str, text: str) -> set[tuple[int, int]]:
    """Every span at which the quote stands, since the same words may stand twice."""
    spans, start = set(), 0
    while pieces := locate_pieces(quote, text, start):
        spans.add((pieces[0][0], pieces[-1][1]))
        start = pieces[0][0] + 1
    return spans


def mentions(voice: Voice, text: str) -> Iterator[str]:
    """How a text names a voice: by name, part of a name, or the id of one of its passages."""
    for name in filter(None, (voice.name, *(voice.name or "").split())):
        if len(name) >= MIN_NAME_LETTERS and _stands_in(name, text):
            yield name
    for id_ in voice.passages:
        if re.search(rf"\b{re.escape(id_)}\b(?!\.\d)", text, re.I):
            yield id_


def without_label(text: str, speaker: Voice) -> str:
    """A text less the label of a speaker without a name: “Commenter C7” goes, “Commenter C7.1” stays."""
    if speaker.name or speaker.role is VoiceRole.AUTHOR:
        return text
    return re.sub(rf"\bcommenter\s+{re.escape(speaker.label)}\b(?!\.\d)", " ", text, flags=re.I)


def stranger_named(text: str, speaker: Voice, others: Iterable[Voice], allowed: str) -> str | None:
    """The first voice but the speaker's that a text names or hints at and `allowed` does not name."""
    own = [*mentions(speaker, text)]
    text = without_label(text, speaker)
    named = [name for other in others if other.id != speaker.id for name in mentions(other, text)]
    hinted = [match.group() for match in _ROLES.finditer(text)]
    if speaker.role is VoiceRole.AUTHOR:
        hinted = [word for word in hinted if word.casefold() not in ("author", "writer")]
    return next(
        (name for name in (*named, *hinted) if name not in own and not _stands_in(name, allowed)), None
    )


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text, re.I) is not None


def _pieces(evidence: Evidence, passage: Passage) -> list[tuple[int, int]]:
    return locate_pieces(evidence.quote, passage.text, evidence.start)


def _windows(evidence: Evidence, passage: Passage) -> list[tuple[int, int]]:
    """The sentences of each piece, those of two pieces only once."""
    windows = [sentence_window(passage.text, start, end) for start, end in _pieces(evidence, passage)]
    return list(dict.fromkeys(windows))


def _strangers(passage: Passage, start: int, end: int) -> list[Span]:
    """The spans of others that a stretch of a passage touches."""
    return [s for s in passage.quoted if s.owner != passage.voice and s.end > start and s.start < end]


def _without_strangers(
    passage: Passage, pieces: Iterable[tuple[int, int]], declared: str | None
) -> tuple[str, set[str]]:
    kept, owners = [], set[str]()
    for start, end in pieces:
        strangers = _strangers(passage, start, end)
        owners |= {span.owner for span in strangers}
        kept.append(_outside(passage.text, start, end, [s for s in strangers if s.owner != declared]))
    return " ".join(kept), owners


def _outside(text: str, start: int, end: int, spans: Iterable[Span]) -> str:
    """The stretch `start` to `end` of a text without the given spans, which stand in order."""
    kept, at = [], start
    for span in spans:
        if span.end > start and span.start < end:
            kept.append(text[at : max(at, span.start)])
            at = max(at, min(span.end, end))
    return " ".join((*kept, text[at:end]))
