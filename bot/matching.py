"""Matching a question with groups of example texts: the nearest texts in meaning, and the words they share.

A group is whatever the texts stand for: a topic of the map, a fact, something the text does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Protocol

import numpy as np

from bot.details import content_stems
from bot.shelf import NOWHERE, Arrays, Shelf, packed, unpacked

FEW = 3
# Okapi BM25 over groups, each read as one document (Robertson and Zaragoza, 2009).
K1, B = 1.2, 0.6


class Embeds(Protocol):
    """The part of an embedding that is needed here."""

    def embed(self, texts: Sequence[str]) -> np.ndarray: ...


class Examples:
    """Example texts with their vectors and stems, each text read once however many groups hold it.

    `codes` numbers every stem that any of the texts holds.
    """

    def __init__(self, texts: Iterable[str], embedding: Embeds, shelf: Shelf = NOWHERE) -> None:
        self.embedding = embedding
        self._places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        kept = shelf.arrays("examples", self._places, self._read)
        self._vectors = kept["vectors"]
        self.codes = {stem: code for code, stem in enumerate(unpacked(kept["stems"]))}
        # The codes of all texts in a row, and where each text's begin.
        self._row, self._starts = kept["row"], kept["starts"]
        # One question is put to several matchers.
        self.vector = lru_cache(maxsize=16)(self._vector)
        self.cosines = lru_cache(maxsize=16)(self._cosines)

    def _read(self) -> Arrays:
        texts = list(self._places)
        stems = [content_stems(text) for text in texts]
        codes = {stem: code for code, stem in enumerate(dict.fromkeys(chain.from_iterable(stems)))}
        return {
            "vectors": self.embedding.embed(texts) if texts else np.zeros((0, 1), np.float32),
            "stems": packed(codes),
            "row": np.array([codes[stem] for each in stems for stem in each], dtype=np.int64),
            "starts": np.cumsum([0, *map(len, stems)]),
        }

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self._vectors.shape[1]

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """One row for each text, in order; KeyError where one is no example."""
        return self._vectors[[self._places[text] for text in texts]]

    def places(self, texts: Sequence[str]) -> np.ndarray:
        """Where each text stands in `cosines`, in order; KeyError where one is no example."""
        return np.array([self._places[text] for text in texts], dtype=int)

    def _vector(self, question: str) -> np.ndarray:
        return self.embedding.embed([question])[0]

    def _cosines(self, question: str) -> np.ndarray:
        return self._vectors @ self.vector(question)

    def codes_at(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The stems of the texts at these places, in a row: for each the text's number here, and its code."""
        counts = self._starts[places + 1] - self._starts[places]
        texts = np.repeat(np.arange(len(places)), counts)
        before = np.cumsum(counts) - counts
        return texts, self._row[np.arange(len(texts)) - before[texts] + self._starts[places][texts]]

    def stems_of(self, texts: Sequence[str]) -> set[str]:
        """Every stem that these texts hold; KeyError where one is no example."""
        _, held = self.codes_at(self.places(texts))
        of_code = list(self.codes)
        return {of_code[code] for code in np.unique(held)}


class Postings:
    """Which documents hold each stem, and how often; documents and stems are numbers from 0."""

    def __init__(self, documents: np.ndarray, codes: np.ndarray, stems: int) -> None:
        """`documents` and `codes`: for each occurrence of a stem, where it stands and which it is."""
        count = int(documents.max(initial=0)) + 1
        pairs, times = np.unique(codes * count + documents, return_counts=True)
        self.documents, self.codes, self.times = pairs % count, pairs // count, times.astype(float)
        self._starts = np.searchsorted(self.codes, np.arange(stems + 1))

    @property
    def frequencies(self) -> np.ndarray:
        """For each stem, how many documents hold it."""
        return np.diff(self._starts)

    def of(self, code: int) -> tuple[np.ndarray, np.ndarray]:
        """The documents that hold a stem and how often each does."""
        part = slice(self._starts[code], self._starts[code + 1])
        return self.documents[part], self.times[part]


class Matcher:
    """Scores every group against a question, 0 to about 1.

    The score is the mean of four: the cosine of the group's nearest text, the mean cosine of its
    nearest few, the weighted Jaccard overlap with the text that shares most words, and the group's
    BM25 as a share of what a group made for this question would get.
    """

    def __init__(self, groups: Sequence[Sequence[str]], examples: Examples) -> None:
        self._examples = examples
        texts = [text for group in groups for text in group]
        self._places = examples.places(texts)
        self._count = len(groups)
        # A row for each group and a seat in it for each of its texts, so that all groups are read at once.
        sizes = np.array([len(group) for group in groups], dtype=int)
        self._group_of = np.repeat(np.arange(self._count), sizes)
        self._seat_of = np.concatenate([np.arange(size) for size in sizes] or [np.zeros(0, int)])
        self._seats = (self._count, max(FEW, sizes.max(initial=0)))
        text_of, codes = examples.codes_at(self._places)
        self._groups = Postings(self._group_of[text_of], codes, len(examples.codes))
        self._texts = Postings(text_of, codes, len(examples.codes))
        # A stem's inverse document frequency over groups; one that none of them holds weighs most.
        self._weights, self._unknown = self._idf(self._groups.frequencies), float(self._idf(np.zeros(1))[0])
        lengths = np.bincount(self._group_of[text_of], minlength=self._count).astype(float)
        self._damping = K1 * (1 - B + B * lengths / (lengths.mean() or 1.0)) if groups else lengths
        held = self._weights[self._texts.codes]
        self._sizes = np.bincount(self._texts.documents, held, minlength=len(texts))

    def _idf(self, frequencies: np.ndarray) -> np.ndarray:
        return np.log(1 + (self._count - frequencies + 0.5) / (frequencies + 0.5))

    def scores(self, question: str) -> np.ndarray:
        """One score for each group, in order; zeros where the question says nothing."""
        stems = set(content_stems(question))
        if not len(self._places) or not stems:
            return np.zeros(self._count)
        cosines = self._examples.cosines(question)[self._places]
        shared = self._shared(stems)
        nearest, nearby = self._nearest(cosines)
        overlap = np.zeros(self._count)
        np.maximum.at(overlap, self._group_of, shared)
        return (nearest + nearby + overlap + self._bm25(stems)) / 4

    def _nearest(self, cosines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each group, the cosine of its nearest text and the mean of its nearest few; else 0."""
        by_group = np.full(self._seats, -np.inf)
        by_group[self._group_of, self._seat_of] = cosines
        few = -np.partition(-by_group, FEW - 1, axis=1)[:, :FEW]
        there = np.isfinite(few)
        means = np.where(there, few, 0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        return np.where(there.any(axis=1), few.max(axis=1), 0), means

    def _shared(self, stems: set[str]) -> np.ndarray:
        """For each text, the weight of the words it shares with the question over that of either."""
        shared = np.zeros(len(self._sizes))
        for code in self._codes(stems):
            shared[self._texts.of(code)[0]] += self._weights[code]
        return shared / (self._asked(stems) + self._sizes - shared)

    def _bm25(self, stems: set[str]) -> np.ndarray:
        found = np.zeros(self._count)
        for code in self._codes(stems):
            groups, times = self._groups.of(code)
            found[groups] += self._weights[code] * times * (K1 + 1) / (times + self._damping[groups])
        return found / (self._asked(stems) * (K1 + 1))

    def _codes(self, stems: set[str]) -> list[int]:
        return [self._examples.codes[stem] for stem in stems if stem in self._examples.codes]

    def _asked(self, stems: set[str]) -> float:
        """What all stems of a question weigh."""
        known = self._codes(stems)
        return float(self._weights[known].sum()) + self._unknown * (len(stems) - len(known))
