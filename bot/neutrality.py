"""What of a model's own wording may frame an answer: nothing that is markup, nothing that is an opinion.

A proposition or a restated question is shown beside what people said, so each of its words must be
the visitor's, the text's, or one that only frames.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.details import content_stems, is_negator
from bot.wording import stem, words

LONGEST = 200
# Words that name the debate without taking part in it.
FRAMING = frozenset(
    stem(word)
    for word in "agree article author claim comment commenter debate disagree discuss idea issue matter "
    "opinion oppose people position question reader reply say side speak speaker support term think use "
    "view way word write".split()
)
SIGNS = re.compile(r"[<>\[\]{}|`\\*_#~\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
LINK = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:javascript|data|mailto):", re.I)


def clean(text: str) -> str:
    """The text as it can be written down: halves of characters replaced, no blanks around it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def is_plain(text: str, quoted: str = "") -> bool:
    """Whether a text is one line without markup, links or hidden signs, save such as `quoted` holds."""
    own = {match.group() for pattern in (SIGNS, LINK) for match in pattern.finditer(text)}
    return all(sign in quoted for sign in own)


def frames(drafted: str, sources: Iterable[str]) -> str:
    """A drafted sentence, if it is short and plain and adds no word of meaning to its sources; else ""."""
    drafted = clean(drafted)
    known = {each for source in sources for each in content_stems(source)} | FRAMING
    own_words = set(content_stems(drafted)) - known
    return drafted if is_plain(drafted) and len(drafted) <= LONGEST and not own_words else ""


def says_the_same(one: str, other: str) -> bool:
    """Whether two propositions hold the same words of meaning and the same negations, in any order."""
    return set(content_stems(one)) == set(content_stems(other)) and _negations(one) == _negations(other)


def _negations(text: str) -> int:
    return sum(is_negator(word) for word in words(text))
