"""Word search: BM25 over stemmed words, by bm25s.

Words are those of `bot.wording`, stemmed, without stop words; a query whose every word is a stop word
or unknown here finds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
        read = [terms(text) for text in texts]
        # bm25s cannot hold texts of stop words alone; the empty term stands for them and is never asked.
        index.index(read if any(read) else [[""]] * len(read), show_progress=False)
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
            return np.zeros(self._rows, dtype=np.float32)
        return self._index.get_scores_from_ids(known)

    def coverage(self, query: str) -> float:
        """How much of what the query's words say the best row holds: 0 to 1, each word by its idf.

        A word that stands nowhere here counts as one that is as rare as can be.
        """
        asked = set(terms(query))
        held = np.zeros(self._rows)
        total = 0.0
        for term in asked:
            rows = self._rows_with(term)
            idf = math.log(1 + (self._rows - len(rows) + 0.5) / (len(rows) + 0.5))
            held[rows] += idf
            total += idf
        return float(held.max(initial=0.0) / total) if total else 0.0

    @property
    def _rows(self) -> int:
        return self._matrix["num_docs"]

    def _rows_with(self, term: str) -> NDArray[np.int32]:
        token = self._index.vocab_dict.get(term)
        if token is None:
            return np.zeros(0, dtype=np.int32)
        starts = self._matrix["indptr"]
        return self._matrix["indices"][starts[token] : starts[token + 1]]

    @property
    def _matrix(self) -> dict[str, Any]:
        """bm25s's scores, a column for each word: `indices` holds the rows of column t from `indptr[t]`."""
        return self._index.scores or {}


def terms(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]
