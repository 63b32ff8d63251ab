"""Who says it: quoted runs in a text, and the person whom the words around a run name as its speaker.

A small rule that would rather say nothing than guess: a speaker is a name of two or more capitalised
words, or one with a title (“Dr. Levine”), that a verb of saying follows; two such names leave it open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.wording import words

OPENING, CLOSING = "“«", "”»"

_TITLE_WORDS = 12
_PERSON_TITLE = r"(?:(?:Dr|Prof|Mr|Mrs|Ms|Sir)\.?\s+)"
_CAPITAL = r"[A-ZÀ-Þ](?:[\w’'-]*\w|\.)?"
_FIRST = (
    r"\b(?!(?:A|An|And|As|At|But|By|For|From|He|Here|How|I|If|In|It|Like|Of|On|Or|She|So|The|Then|There|They|"
    rf"This|To|We|What|When|While|With|Yes|You|Dr|Prof|Mr|Mrs|Ms|Sir)\b){_CAPITAL}"
)
_NAME = re.compile(
    rf"{_PERSON_TITLE}{_CAPITAL}(?:\s+{_CAPITAL})*|{_FIRST}(?:\s+(?:(?:de|van|von|der|la)\s+)*{_CAPITAL})+"
)
_SAYS = re.compile(
    r"\b(?:admit|argue|ask|call|claim|conclude|declare|describe|explain|note|observe|point|put|quip|quote|"
    r"remark|remind|sa(?:id|y)|state|suggest|t(?:ell|old)|warn|wr(?:ite|ote))(?:s|d|ed)?\b",
)
_AFTER = re.compile(
    rf"\s*[,.]?\s*(?:(?:[—–-]\s*|{_SAYS.pattern}\s+)(?P<last>{_NAME.pattern})"
    rf"|(?P<first>{_NAME.pattern})\s+{_SAYS.pattern})"
)
_SENTENCE_END = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\bvs)(?<!\b[A-Z])[.!?…][\"”’)]*\s+(?=[\"“‘(]?[A-Z])"
)


@dataclass(frozen=True)
class Run:
    """Characters `start` to `end` of a passage's text that are quoted: the words without their marks."""

    start: int
    end: int
    is_marked: bool = False


def quoted_runs(text: str) -> list[Run]:
    """The outermost runs inside double quote marks, paragraph by paragraph, without the marks.

    A paragraph that opens with a mark and closes none is one run if the next paragraph opens with one
    too. A mark without a partner is passed over.
    """
    runs: list[Run] = []
    paragraphs = list(re.finditer(r"[^\n](?:(?!\n\n).)*", text, re.DOTALL))
    for paragraph, following in zip(paragraphs, [*paragraphs[1:], None], strict=False):
        pairs, unclosed = _pairs(paragraph.group())
        goes_on = following is not None and following.group()[:1] in (*OPENING, '"')
        if 0 in unclosed and goes_on:
            pairs = [(0, len(paragraph.group()) + 1)]
        passed = 0
        for opening, closing in sorted(pairs):
            if opening < passed:
                continue
            passed = closing
            start, end = paragraph.start() + opening + 1, paragraph.start() + closing - 1
            inner = text[start:end]
            start += len(inner) - len(inner.lstrip())
            if text[start:end].strip():
                runs.append(Run(start, start + len(inner.strip())))
    return runs


def named_speaker(introduction: str, following: str = "") -> str:
    """The one person whom a sentence names as saying what it introduces, "" where that is not clear.

    `introduction` is the sentence up to the quotation, `following` what comes after it.
    """
    after = _AFTER.match(following)
    speakers = [after["first"] or after["last"]] if after else []
    names = list(_NAME.finditer(introduction))
    for name, next_name in zip(names, [*names[1:], None], strict=False):
        told = introduction[name.end() : next_name.start() if next_name else None]
        if _SAYS.search(told) or told.strip() == ":":
            speakers.append(name.group())
    plain = {_plain_name(name) for name in speakers}
    return plain.pop() if len(plain) == 1 else ""


def is_work_title(quote: str) -> bool:
    """Whether a quoted run is the title of a book or film: each longer word has a capital."""
    longer = [word for word in re.findall(r"[^\W\d_][\w’'-]*", quote) if len(word) >= 4]
    titled = bool(longer) and all(word[0].isupper() for word in longer) and quote[:1].isupper()
    return titled and not quote.isupper() and len(words(quote)) <= _TITLE_WORDS


def last_sentence(text: str) -> str:
    """The sentence that a text ends with, its paragraph's start if it has only one."""
    paragraph = text.rstrip().rsplit("\n", 1)[-1]
    ends = [match.end() for match in _SENTENCE_END.finditer(paragraph)]
    return paragraph[ends[-1] :] if ends else paragraph


def _plain_name(name: str) -> str:
    """A name without its title, unless only one word would be left, and without “’s”."""
    name = re.sub(r"[’']s$", "", " ".join(name.split()))
    bare = re.sub(rf"^{_PERSON_TITLE}", "", name)
    return bare if " " in bare else name


def _pairs(paragraph: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Matching quote marks as (index of the opening, index after the closing), and openings left alone."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for at, sign in enumerate(paragraph):
        before = paragraph[at - 1] if at else " "
        if sign in OPENING or (sign == '"' and (before.isspace() or before in "([—–-“")):
            opened.append(at)
        elif opened and sign in (*CLOSING, '"'):
            pairs.append((opened.pop(), at + 1))
    return pairs, opened
