"""Matching a question with groups of example texts: the nearest texts in meaning, and the words they share.

A group is whatever the texts stand for: a topic of the map, a fact, something the text does not say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bot.details import content_stems

FEW = 3
# Okapi BM25 over groups, each read as one document (Robertson and Zaragoza, 2009).
K1, B = 1.2, 0.6


class Embeds(Protocol):
    """The part of an embedding that is needed here."""

    def embed(self, texts: Sequence[str]) -> np.ndarray: ...


class Matcher:
    """Scores every group against a question, 0 to about 1.

    The score is the mean of three: the cosine of the group's nearest text, the mean cosine of its
    nearest few, and its BM25 as a share of what a group made for this question would get.
    """

    def __init__(self, groups: Sequence[Sequence[str]], embedding: Embeds) -> None:
        self._embedding = embedding
        texts = [text for group in groups for text in group]
        self._bounds = np.cumsum([0, *(len(group) for group in groups)])
        self._vectors = embedding.embed(texts) if texts else np.zeros((0, 1), dtype=np.float32)
        self._counts = [Counter(stem for text in group for stem in content_stems(text)) for group in groups]
        self._lengths = np.array([sum(counts.values()) for counts in self._counts], dtype=float)
        self._frequency = Counter(stem for counts in self._counts for stem in counts)

    def scores(self, question: str) -> np.ndarray:
        """One score for each group, in order; zeros where the question says nothing."""
        stems = set(content_stems(question))
        if not len(self._vectors) or not stems:
            return np.zeros(len(self._counts))
        cosines = self._vectors @ self._embedding.embed([question])[0]
        nearest, few = [], []
        for start, end in zip(self._bounds, self._bounds[1:], strict=False):
            mine = np.sort(cosines[start:end])[::-1]
            nearest.append(mine[0] if len(mine) else 0.0)
            few.append(mine[:FEW].mean() if len(mine) else 0.0)
        return (np.array(nearest) + np.array(few) + self._wording(stems)) / 3

    def _wording(self, stems: set[str]) -> np.ndarray:
        weights = {stem: self._weight(stem) for stem in stems}
        typical = self._lengths.mean() or 1.0
        found = np.zeros(len(self._counts))
        for number, counts in enumerate(self._counts):
            damping = K1 * (1 - B + B * self._lengths[number] / typical)
            found[number] = sum(
                weight * counts[stem] * (K1 + 1) / (counts[stem] + damping)
                for stem, weight in weights.items()
                if counts[stem]
            )
        return found / (sum(weights.values()) * (K1 + 1))

    def _weight(self, stem: str) -> float:
        frequency = self._frequency[stem]
        return math.log(1 + (len(self._counts) - frequency + 0.5) / (frequency + 0.5))
