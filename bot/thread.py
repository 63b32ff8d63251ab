"""The thread of a pasted page: where it starts, what opens a comment, and whose reply each one is.

**Where it starts.** At a line numbered “1.”. If page furniture (“Report comment”, “Reply”, “Report”,
alone on a line) follows, it is the last such line above the first furniture; without furniture it is
the last one on the page, and what follows must hang under its markers, so that a list inside an
article is not taken for a thread. A list inside a comment does not count: it is indented deeper than
a “1.” above it, whose own text or numbering goes on around it.

**What opens a comment.** “12. text” at the thread's indentation at the top level, “• text” (or ·, -, *)
below it. Where comments end with furniture, a marker opens a comment only after furniture or where it
carries the next number: other markers are lists inside a comment, and are reported as doubts.
Without furniture, an indented number opens a reply where its words and those of every numbered comment
at the top level begin with a speaker (“Ann Hill: text”); else it is a list inside a comment, and a doubt.

**Whose reply it is.** The nearest comment above that is indented less, even where a level is missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

FURNITURE = frozenset({"Report comment", "Report Comment", "Reply", "Report"})
DEEPEST_REPLY = 40
LARGEST_GAP = 20
MOST_LISTS = 50
LONGEST_LIST = 99
HANGING_SHARE = 0.75

MARKER = re.compile(r"(?:(?P<number>\d{1,4})[.)]|(?P<bullet>[•·◦▪‣*-]))(?:\s+(?P<words>.*))?$", re.DOTALL)
_TYPED_BULLETS = frozenset("-*")
SPEAKER = re.compile(r"(?P<name>[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){0,3}):\s")
RULE = re.compile(r"[-*_=~#•·\s]{2,}")


class ImportProblem(ValueError):  # noqa: N818
    """The page cannot be imported; the message is one plain sentence that says what to do."""


@dataclass(frozen=True)
class Line:
    number: int
    indent: int
    text: str

    @cached_property
    def marker(self) -> re.Match[str] | None:
        return None if RULE.fullmatch(self.text) else MARKER.match(self.text)

    @cached_property
    def count(self) -> int | None:
        """The number of a “12.” marker."""
        return int(self.marker["number"]) if self.marker and self.marker["number"] else None

    @property
    def is_furniture(self) -> bool:
        return self.text in FURNITURE


@dataclass
class Draft:
    line: int
    indent: int
    lines: list[str]
    replies: list[Draft] = field(default_factory=list)


def thread_start(lines: Sequence[Line]) -> int | None:
    """The number of the thread's first line, by the rule at the head of this file."""
    first_marker = next((i for i, line in enumerate(lines) if line.marker), len(lines))
    furniture = next((i for i in range(first_marker, len(lines)) if lines[i].is_furniture), None)
    ones = [i for i in range(first_marker, furniture or len(lines)) if lines[i].count == 1]
    ones = [i for i in ones[-MOST_LISTS:] if not any(_lies_within(i, other, lines) for other in ones)]
    if furniture is None:
        return lines[ones[-1]].number if ones and _hangs(ones[-1], lines) else None
    if ones:
        return lines[ones[-1]].number
    return next(lines[i].number for i in range(furniture, -1, -1) if lines[i].marker)


def _lies_within(inner: int, outer: int, lines: Sequence[Line]) -> bool:
    """Whether the “1.” at `inner` belongs to an item of the list that starts at `outer`."""
    indent = lines[outer].indent
    if not outer < inner or lines[inner].indent <= indent:
        return False
    between = lines[outer + 1 : inner]
    if all(line.indent > indent or line.marker for line in between):
        return True
    numbers = [line.count for line in between if line.indent == indent and line.count]
    following = max(numbers, default=1) + 1
    return any(line.count == following and line.indent == indent for line in lines[inner:])


def _hangs(start: int, lines: Sequence[Line]) -> bool:
    body = [line for line in lines[start + 1 :] if not line.marker]
    deeper = sum(line.indent > lines[start].indent for line in body)
    return deeper >= HANGING_SHARE * len(body)


def read_thread(lines: Sequence[Line], doubts: list[str]) -> list[Draft]:
    """The thread's top-level comments with their replies."""
    opening = _openings(lines, doubts)
    top: list[Draft] = []
    above: list[Draft] = []
    after_furniture = False
    for line in lines:
        words = opening.get(line.number)
        if words is not None:
            draft = Draft(line.number, line.indent, [words])
            _place(draft, line, lines[0], above, top)
            if line.count is None and lines[0].count and len(above) == 1:
                doubts.append(f"Line {line.number} looks like a reply but nothing above it is indented less.")
        elif line.is_furniture:
            above[-1].lines.append("")
        else:
            above[-1].lines.append(line.text)
            if line.text and after_furniture:
                doubts.append(f"Line {line.number} opens no comment and was added to the comment above it.")
        after_furniture = line.is_furniture or (after_furniture and not line.text)
    return top


def _place(draft: Draft, line: Line, first: Line, above: list[Draft], top: list[Draft]) -> None:
    if line.count is not None and line.indent <= first.indent + 1:
        above.clear()
    while above and above[-1].indent >= draft.indent:
        above.pop()
    (above[-1].replies if above else top).append(draft)
    above.append(draft)
    if len(above) > DEEPEST_REPLY:
        raise ImportProblem(
            f"Line {draft.line} replies {len(above)} levels deep: nest replies at most {DEEPEST_REPLY} deep."
        )


def _openings(lines: Sequence[Line], doubts: list[str]) -> dict[int, str]:
    """The first words of each comment by the number of the line that opens it."""
    loose = _loose_openings(lines)
    likely = {line.number for line in loose}
    after = _after_furniture(lines)
    numbered = [line for line in loose[1:] if line.count] or loose[1:]
    ended = sum(line.number in after for line in numbered)
    if not after or ended * 2 < len(numbered):
        replies = _spoken_replies(lines, loose, doubts)
        return {line.number: _words(line) for line in [*loose, *replies]}
    strict, last = {lines[0].number: _words(lines[0])}, lines[0].count or 0
    for line in lines[1:]:
        outermost = abs(line.indent - lines[0].indent) <= 1
        if line.number in after or (outermost and line.count == last + 1):
            strict[line.number] = _words(line)
            last = line.count if outermost and line.count else last
        elif line.number in likely or (line.count == 1 and not outermost):
            doubts.append(f"Line {line.number} looks like a comment but none ends above it: read as a list.")
    return strict


def _loose_openings(lines: Sequence[Line]) -> list[Line]:
    """The lines that open comments if furniture is not asked: rising numbers, and bullets."""
    drawn = any(line.marker and _bullet(line) not in {"", *_TYPED_BULLETS} for line in lines)
    found, last = [lines[0]], lines[0].count or 0
    for line in lines[1:]:
        if not line.marker:
            continue
        if line.count is None:
            if not (drawn and _bullet(line) in _TYPED_BULLETS):
                found.append(line)
        elif abs(line.indent - lines[0].indent) <= 1 and last < line.count <= last + LARGEST_GAP:
            found.append(line)
            last = line.count
    return found


def _spoken_replies(lines: Sequence[Line], loose: Sequence[Line], doubts: list[str]) -> list[Line]:
    """The indented numbers that open replies; those that stay lists in a comment become doubts."""
    speakers = [_speaker(line) for line in loose if line.count]
    found: list[Line] = []
    following: dict[int, int] = {}
    for line in lines:
        if not line.count or line.count > LONGEST_LIST or line.indent <= lines[0].indent + 1:
            continue
        goes_on = following.get(line.indent) == line.count
        following[line.indent] = line.count + 1
        name = _speaker(line)
        if speakers and all(speakers) and name:
            found.append(line)
            if " " not in name and name not in speakers:
                doubts.append(f"Line {line.number} was read as a reply by {name}: if it is a list, use “-”.")
        elif not goes_on:
            doubts.append(
                f"Line {line.number} is an indented number, read as a list inside the comment above it: "
                "if it is a reply, start it with “•”."
            )
    return found


def _speaker(line: Line) -> str:
    """The name with which a comment's words begin, as in “Ann Hill: text”."""
    found = SPEAKER.match(_words(line))
    return found["name"] if found else ""


def _after_furniture(lines: Sequence[Line]) -> set[int]:
    """The numbers of the marker lines whose nearest written line above is furniture."""
    written = [line for line in lines if line.text]
    return {b.number for a, b in pairwise(written) if a.is_furniture and b.marker}


def _bullet(line: Line) -> str:
    return (line.marker and line.marker["bullet"]) or ""


def _words(line: Line) -> str:
    return (line.marker and line.marker["words"]) or ""
