"""Whose words are these: quoted spans found in a thread and the article above it.

A quotation is one of three things: words between QUOTE{} and ENDQUOTE{}, a run inside double quote marks,
or a paragraph that repeats an earlier passage word for word. Its source is the passage that holds the
words, exactly or nearly; else its owner is the person whom the introducing sentence names as speaking;
else "unknown". Runs of under four words (scare quotes) and titles of works are nobody's speech.

Pure: passages in, quotations out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from bot.attribution import CLOSING, OPENING, Run, is_work_title, last_sentence, named_speaker, quoted_runs
from bot.corpus import Quotation
from bot.page import Marked
from bot.records import Passage, PassageKind
from bot.repetition import SCARE_QUOTE_WORDS, Place, WordIndex
from bot.wording import locate, words

MIN_EXACT_WORDS = 5
MIN_NEAR_WORDS = 8
NEAR = 0.85
UNKNOWN = "unknown"


def find_quotations(passages: Sequence[Passage], marked: Iterable[Marked] = ()) -> list[Quotation]:
    """Every quotation in `passages` (the article, then the thread, in reading order), in that order.

    `marked` holds the words that stood between QUOTE marks. A passage that repeats its own voice quotes
    nobody.
    """
    index = WordIndex(passages)
    marks: dict[str, list[str]] = defaultdict(list)
    for mark in marked:
        marks[mark.passage].append(mark.quote)
    found: list[Quotation] = []
    for number, passage in enumerate(passages):
        for run in _runs(passage.text, marks[passage.id]):
            found += _quotation(run, number, index, found)
        found += _repeats(number, index, found)
    return found


def _runs(text: str, marks: Iterable[str]) -> list[Run]:
    """The marked runs, and the runs in quote marks that lie in none of them, in the order of the text."""
    spans = [span for span in (locate(mark, text) for mark in marks) if span]
    runs = [Run(start, end, is_marked=True) for start, end in spans]
    outside = [r for r in quoted_runs(text) if not any(s <= r.start and r.end <= e for s, e in spans)]
    return sorted([*runs, *outside], key=lambda run: run.start)


def _quotation(run: Run, number: int, index: WordIndex, found: Sequence[Quotation]) -> list[Quotation]:
    passage = index.passages[number]
    quote = passage.text[run.start : run.end]
    tokens = words(quote)
    if len(tokens) <= SCARE_QUOTE_WORDS and not run.is_marked:
        return []
    source = _source(tokens, number, index)
    if source is not None:
        return _from_source(source, passage, quote, found)
    if is_work_title(quote) and not run.is_marked:
        return []
    return [Quotation(passage=passage.id, quote=quote, owner=_owner(run, number, index.passages))]


def _source(tokens: Sequence[str], number: int, index: WordIndex) -> Passage | None:
    """The passage that `tokens` come from: the earliest that holds them all, else the closest.

    A comment further down the page counts only where none above holds the words, and only if it speaks
    them without quote marks: a reply may have been written after a comment that stands below it.
    """
    places = [place for place in index.places(tokens, but=number) if _is_close(place, tokens)]
    above = [place for place in places if place.passage < number]
    below = [place for place in places if place.passage > number and not _is_quoted(place, index)]
    if len(tokens) < MIN_NEAR_WORDS or index.passages[number].kind is PassageKind.ARTICLE:
        below = []
    chosen = max(above or below, key=lambda place: (place.closeness, -place.passage), default=None)
    return index.passages[chosen.passage] if chosen else None


def _is_close(place: Place, tokens: Sequence[str]) -> bool:
    needed = NEAR if len(tokens) >= MIN_NEAR_WORDS else 1.0
    return len(tokens) >= MIN_EXACT_WORDS and place.closeness >= needed


def _is_quoted(place: Place, index: WordIndex) -> bool:
    text = index.passages[place.passage].text
    runs = [(len(words(text[: run.start])), len(words(text[: run.end]))) for run in quoted_runs(text)]
    return any(first <= place.first < end for first, end in runs)


def _from_source(
    source: Passage, passage: Passage, quote: str, found: Sequence[Quotation]
) -> list[Quotation]:
    """The quotation with its source, or with that from which the source itself has the words."""
    if source.voice == passage.voice:
        return []
    tokens = words(quote)
    for earlier in found:
        if earlier.passage == source.id and _holds(words(earlier.quote), tokens):
            own = earlier.source == passage.id
            return [] if own else [earlier.model_copy(update={"passage": passage.id, "quote": quote})]
    return [Quotation(passage=passage.id, quote=quote, source=source.id)]


def _holds(tokens: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return any(tokens[at : at + size] == wanted for at in range(len(tokens) - size + 1))


def _repeats(number: int, index: WordIndex, found: Sequence[Quotation]) -> Iterator[Quotation]:
    """The paragraphs of a comment that stand word for word in an earlier passage, without quote marks."""
    passage = index.passages[number]
    if passage.kind is not PassageKind.COMMENT:
        return
    known = [locate(q.quote, passage.text) for q in found if q.passage == passage.id]
    for paragraph in re.finditer(r"[^\n]+", passage.text):
        tokens = words(paragraph.group())
        covered = any(span and span[0] < paragraph.end() and paragraph.start() < span[1] for span in known)
        if covered or len(tokens) < MIN_NEAR_WORDS:
            continue
        for place in index.places(tokens, but=number):
            source = index.passages[place.passage]
            if place.passage < number and place.closeness == 1.0:
                yield from _from_source(source, passage, paragraph.group().strip(), found)
                break


def _owner(run: Run, number: int, passages: Sequence[Passage]) -> str:
    text = passages[number].text
    before = text[: run.start].rstrip(OPENING + '" \n')
    opens_paragraph = "\n" in text[len(before) : run.start] or not before
    if not before and number and passages[number].kind is PassageKind.ARTICLE:
        before = passages[number - 1].text
        before = before if before.endswith(":") else ""
    introduction = last_sentence(before)
    following = "" if opens_paragraph else text[run.end :].lstrip(CLOSING + '"')
    speaker = named_speaker(introduction, re.split(r"\n", following)[0])
    if speaker or not opens_paragraph:
        return speaker or UNKNOWN
    works = [introduction[work.start : work.end] for work in quoted_runs(introduction)]
    works = [work.rstrip(".,") for work in works if is_work_title(work)]
    return works[0] if len(works) == 1 else UNKNOWN
