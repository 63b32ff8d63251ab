"""Word search: BM25 over stemmed words, by bm25s.

Words are those of `bot.wording`, stemmed, without stop words; a query whose every word is a stop word
or unknown here finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS
from numpy.typing import NDArray

from bot.records import Record
from bot.wording import stem, words

STOP_WORDS = frozenset(STOPWORDS_EN_PLUS)


class Bm25(Record):
    """BM25's own numbers: how fast a repeated word stops counting, and how much length counts against."""

    k1: float = 1.2
    b: float = 0.75
    words: str = "wording-porter2-1"


class Lexical:
    """A BM25 index over texts that are known by their row, from 0."""

    def __init__(self, index: bm25s.BM25) -> None:
        self._index = index

    @classmethod
    def build(cls, texts: Sequence[str], numbers: Bm25) -> Lexical:
        index = bm25s.BM25(k1=numbers.k1, b=numbers.b, method="lucene")
        index.index([terms(text) for text in texts], show_progress=False)
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        return cls(bm25s.BM25.load(str(folder)))

    def save(self, folder: Path) -> None:
        self._index.save(str(folder), show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The score of each row, 0 where no word of the query stands."""
        known = self._index.get_tokens_ids(terms(query))
        if not known:
            return np.zeros(self._index.scores["num_docs"], dtype=np.float32)
        return self._index.get_scores_from_ids(known)


def terms(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]
