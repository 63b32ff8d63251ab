"""Which way round a claim is asked: does a question lean to a topic's proposition or to its opposite?

Learned from the example questions of each topic by kernel ridge regression (Saunders, Gammerman and
Vovk, 1998). Two texts are as alike as their words and pairs of words are (tf-idf), added to the cosine of
their vectors: what turns a claim round is often one word (“cruel”, “useful”), which the vectors of whole
questions hardly see.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.matching import Examples
from bot.wording import stem, words

# How far the regression may miss its examples: less follows each of them, more their common drift.
SLACK = 0.1

Weights = Mapping[str, float]


class Terms:
    """What the words of a text weigh, and each pair of neighbours: the rarer among `texts`, the more."""

    def __init__(self, texts: Iterable[str]) -> None:
        read = [terms_of(text) for text in texts]
        found = Counter(term for each in read for term in set(each))
        self._rarity = {term: 1 + math.log((1 + len(read)) / (1 + count)) for term, count in found.items()}

    def weights(self, text: str) -> Weights:
        """The weight of each known term of a text; their squares sum to 1, or there is none."""
        raw = {
            term: (1 + math.log(count)) * self._rarity[term]
            for term, count in Counter(terms_of(text)).items()
            if term in self._rarity
        }
        length = math.sqrt(sum(weight * weight for weight in raw.values()))
        return {term: weight / length for term, weight in raw.items()}


def terms_of(text: str) -> list[str]:
    """The stems of all words, “not” and “is” among them, and every two that stand side by side."""
    stems = [stem(word) for word in words(text)]
    return [*stems, *(f"{first} {second}" for first, second in pairwise(stems))]


class Direction:
    """One topic's: from questions that ask for its proposition and questions that ask for the opposite."""

    def __init__(
        self, straight: Sequence[str], opposed: Sequence[str], examples: Examples, terms: Terms
    ) -> None:
        self._examples, self._terms = examples, terms
        texts = [*straight, *opposed]
        vectors = examples.vectors(texts)
        weights = [terms.weights(text) for text in texts]
        columns = {term: column for column, term in enumerate(dict.fromkeys(t for w in weights for t in w))}
        rows = np.array([_row(each, columns) for each in weights])
        alike = rows @ rows.T + vectors @ vectors.T
        sides = np.array([-1.0] * len(straight) + [1.0] * len(opposed))
        pull = np.linalg.solve(alike + SLACK * np.eye(len(texts)), sides)
        # The kernel is a sum of products: what each term and each dimension pulls is all that need be kept.
        self._of_terms = dict(zip(columns, (rows.T @ pull).tolist(), strict=True))
        self._of_vector = vectors.T @ pull

    def of(self, question: str) -> float:
        """About -1 where the question asks for the proposition, about 1 where it asks for the opposite."""
        weights = self._terms.weights(question)
        of_words = sum(weight * self._of_terms.get(term, 0.0) for term, weight in weights.items())
        return of_words + float(self._examples.vector(question) @ self._of_vector)


def _row(weights: Weights, columns: Mapping[str, int]) -> NDArray[np.float64]:
    row = np.zeros(len(columns))
    for term, weight in weights.items():
        row[columns[term]] = weight
    return row
