"""Matching a question with groups of example texts: the nearest texts in meaning, and the words they share.

A group is whatever the texts stand for: a topic of the map, a fact, something the text does not say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
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
    """Example texts with their vectors and stems, each text read once however many groups hold it."""

    def __init__(self, texts: Iterable[str], embedding: Embeds, shelf: Shelf = NOWHERE) -> None:
        self.embedding = embedding
        self._places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        kept = shelf.arrays("examples", self._places, self._read)
        self._vectors = kept["vectors"]
        self._stems = [line.split() for line in unpacked(kept["stems"])]
        # One question is put to several matchers.
        self.vector = lru_cache(maxsize=16)(self._vector)
        self.cosines = lru_cache(maxsize=16)(self._cosines)

    def _read(self) -> Arrays:
        texts = list(self._places)
        return {
            "vectors": self.embedding.embed(texts) if texts else np.zeros((0, 1), np.float32),
            "stems": packed(" ".join(content_stems(text)) for text in texts),
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

    def stems(self, text: str) -> list[str]:
        """As `content_stems`; KeyError where the text is no example."""
        return self._stems[self._places[text]]


class Matcher:
    """Scores every group against a question, 0 to about 1.

    The score is the mean of four: the cosine of the group's nearest text, the mean cosine of its
    nearest few, the weighted Jaccard overlap with the text that shares most words, and the group's
    BM25 as a share of what a group made for this question would get.
    """

    def __init__(self, groups: Sequence[Sequence[str]], examples: Examples) -> None:
        self._examples = examples
        texts = [text for group in groups for text in group]
        bounds = np.cumsum([0, *(len(group) for group in groups)])
        self._places = examples.places(texts)
        stems = [examples.stems(text) for text in texts]
        counts = [Counter(stem for each in stems[a:b] for stem in each) for a, b in pairwise(bounds)]
        self._groups = _postings(counts)
        self._texts = _postings(Counter(set(each)) for each in stems)
        self._count = len(groups)
        # A row for each group and a seat in it for each of its texts, so that all groups are read at once.
        sizes = np.array([len(group) for group in groups], dtype=int)
        self._group_of = np.repeat(np.arange(self._count), sizes)
        self._seat_of = np.concatenate([np.arange(size) for size in sizes] or [np.zeros(0, int)])
        self._seats = (self._count, max(FEW, sizes.max(initial=0)))
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        self._damping = K1 * (1 - B + B * lengths / (lengths.mean() or 1.0)) if groups else lengths
        self._sizes = np.array([sum(map(self._weight, set(each))) for each in stems])

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
        for stem in stems & self._texts.keys():
            shared[self._texts[stem][0]] += self._weight(stem)
        asked = sum(map(self._weight, stems))
        return shared / (asked + self._sizes - shared)

    def _bm25(self, stems: set[str]) -> np.ndarray:
        found = np.zeros(self._count)
        for stem in stems & self._groups.keys():
            groups, counts = self._groups[stem]
            found[groups] += self._weight(stem) * counts * (K1 + 1) / (counts + self._damping[groups])
        return found / (sum(map(self._weight, stems)) * (K1 + 1))

    def _weight(self, stem: str) -> float:
        """The stem's inverse document frequency over groups; an unknown one weighs most."""
        frequency = len(self._groups[stem][0]) if stem in self._groups else 0
        return math.log(1 + (self._count - frequency + 0.5) / (frequency + 0.5))


def _postings(counts: Iterable[Mapping[str, int]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each stem, the numbers of the documents that hold it and how often each does."""
    found: dict[str, tuple[list[int], list[int]]] = {}
    for number, document in enumerate(counts):
        for stem, count in document.items():
            numbers, times = found.setdefault(stem, ([], []))
            numbers.append(number)
            times.append(count)
    return {stem: (np.array(n, dtype=int), np.array(t, dtype=float)) for stem, (n, t) in found.items()}
