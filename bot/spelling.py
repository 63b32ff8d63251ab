"""Mending a visitor's spelling before a question is matched: only words that nothing here knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from bot.shelf import NOWHERE, Shelf, packed, unpacked
from bot.wording import WORD, words

# A shorter word has too many neighbours; a looser fit would turn one drug's name into another word.
SHORTEST, CLOSENESS = 5, 0.87


class Spelling:
    """The words that a collection and what is written of it know.

    `elsewhere` are texts on other things: their words are left as they stand, and none is put for another.
    """

    def __init__(self, texts: Iterable[str], elsewhere: Iterable[str] = (), shelf: Shelf = NOWHERE) -> None:
        here, others = [*texts], [*elsewhere]
        kept = shelf.arrays(
            "words",
            [*here, "", *others],
            lambda: {"known": packed(_words_of(here)), "others": packed(_words_of(others))},
        )
        self._known = unpacked(kept["known"])
        self._real = frozenset([*self._known, *unpacked(kept["others"])])

    def mended(self, question: str) -> str:
        """The question with each unknown word put as the known one that it all but spells, if any."""
        return WORD.sub(self._mend, question)

    def _mend(self, match: re.Match[str]) -> str:
        word = match.group()
        folded = next(iter(words(word)), "")
        # A capital marks a name, which is not a known word spelt wrong.
        if len(folded) < SHORTEST or folded in self._real or word[0].isupper():
            return word
        close = get_close_matches(folded, self._known, n=1, cutoff=CLOSENESS)
        return close[0] if close else word


def _words_of(texts: Iterable[str]) -> list[str]:
    """Every word of these texts once, in order of the alphabet."""
    return sorted({word for text in texts for word in words(text)})
