"""Which way round a claim is asked: does a question lean to a topic's proposition or to its opposite?

Learned from the example questions of all topics by kernel ridge regression (Saunders, Gammerman and
Vovk, 1998). Two texts are as alike as their words and pairs of words are (tf-idf), added to the cosine of
their vectors: what turns a claim round is often one word (“cruel”, “useful”), which the vectors of whole
questions hardly see. Topics learn from each other, the more the nearer the ways lie that lead from
their claims to their opposites (a task kernel: Evgeniou, Micchelli and Pontil, 2005): what makes drugs
“useless” makes diagnoses so too.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.matching import Examples
from bot.shelf import NOWHERE, Arrays, Shelf, packed, unpacked
from bot.wording import stem, words

# How far the regression may miss its examples: less follows each of them, more their common drift.
SLACK = 0.1
# What an example of another topic counts whose claim turns round in the same way, beside one of its own.
SHARED = 3.0
# The solution is sought in so many steps, or until it misses hardly anything. If a share of what there is to
# explain ended it, a rounding, which differs from machine to machine, would decide how many steps are taken;
# going on told questions of the suites and of two blind sets no better.
NEAR_ENOUGH = 1e-3
MOST_STEPS = 60

# What a question sets aside (“…, not dangerous”, “… rather than keep quiet”) speaks for the other side.
SET_ASIDE = re.compile(
    r"(?:,\s*(?:and |but )?not\s+(?!only\b|just\b|even\b)|\s+(?:and|but) not\s+(?!only\b|just\b)"
    r"|\s+(?:instead of|rather than|as opposed to)\s+)[^,;:?]+",
    re.IGNORECASE,
)

Weights = Mapping[str, float]
Readings = Sequence[tuple[Sequence[str], Sequence[str]]]
Array = NDArray[np.float32]


class Terms:
    """What the words of a text weigh, and each pair of neighbours: the rarer, the more."""

    def __init__(self, rarity: Mapping[str, float]) -> None:
        self.rarity = rarity

    @classmethod
    def of(cls, texts: Iterable[str]) -> Terms:
        """Each term as rare as it is among these texts."""
        read = [terms_of(text) for text in texts]
        found = Counter(term for each in read for term in dict.fromkeys(each))
        return cls({term: 1 + math.log((1 + len(read)) / (1 + count)) for term, count in found.items()})

    def weights(self, text: str) -> Weights:
        """The weight of each known term of a text; their squares sum to 1, or there is none."""
        raw = {
            term: (1 + math.log(count)) * self.rarity[term]
            for term, count in Counter(terms_of(text)).items()
            if term in self.rarity
        }
        length = math.sqrt(sum(weight * weight for weight in raw.values()))
        return {term: weight / length for term, weight in raw.items()}


def terms_of(text: str) -> list[str]:
    """The stems of all words, “not” and “is” among them, and every two that stand side by side."""
    stems = [stem(word) for word in words(text)]
    return [*stems, *(f"{first} {second}" for first, second in pairwise(stems))]


def asserted(question: str) -> str:
    """The question without what it sets aside; whole where nothing else would be left."""
    rest = SET_ASIDE.sub("", question)
    return rest if terms_of(rest) else question


class Directions:
    """Every topic's: from questions that ask for its proposition and questions that ask for the opposite."""

    def __init__(self, readings: Readings, examples: Examples, shelf: Shelf = NOWHERE) -> None:
        """`readings`: for each topic its straight questions and its opposed ones, the claims among them."""
        self._examples = examples
        made_from = (f"{topic} {side} {text}" for topic, side, text in _in_a_row(readings))
        kept = shelf.arrays("directions", made_from, lambda: Lesson(readings, examples).learned())
        terms = unpacked(kept["terms"])
        self._terms = Terms(dict(zip(terms, kept["rarity"].tolist(), strict=True)))
        self._column = {term: column for column, term in enumerate(terms)}
        self._of_terms, self._of_vector = kept["of_terms"], kept["of_vector"]

    def of(self, question: str, topic: int) -> float:
        """About -1 where the question asks for the topic's proposition, about 1 where for its opposite."""
        question = asserted(question)
        weights = self._terms.weights(question)
        pulls = self._of_terms[topic, [self._column[term] for term in weights]]
        return float(
            pulls @ np.array([*weights.values()]) + self._of_vector[topic] @ self._examples.vector(question)
        )


class Lesson:
    """The examples of all topics, and what they teach each of them.

    The kernel is a sum of products, so that what matters of the solution is what each term and each
    dimension of the vectors pulls, topic by topic: `learned` gives that, and no kernel is ever written out.
    """

    def __init__(self, readings: Readings, examples: Examples) -> None:
        rows = list(_in_a_row(readings))
        texts = [text for _, _, text in rows]
        self._topics = len(readings)
        self._topic = np.array([topic for topic, _, _ in rows], dtype=int)
        self._sides = np.array([side for _, side, _ in rows], dtype=np.float32)
        self._vectors = examples.vectors(texts)
        self._terms = Terms.of(texts)
        columns = {term: column for column, term in enumerate(self._terms.rarity)}
        weights = [self._terms.weights(text) for text in texts]
        self._text = np.repeat(np.arange(len(texts)), [len(each) for each in weights])
        column = np.array([columns[term] for each in weights for term in each], dtype=int)
        # The examples stand topic by topic; a cell is a topic's place for a term.
        self._bounds = np.searchsorted(self._topic, np.arange(self._topics + 1))
        self._cells = self._topic[self._text] * len(columns) + column
        self._weight = np.array([weight for each in weights for weight in each.values()], dtype=np.float32)
        ways = np.array([_way(*both, examples) for both in readings]).reshape(
            self._topics, examples.dimensions
        )
        self._kinship = (np.eye(self._topics) + SHARED * ways @ ways.T).astype(np.float32)

    def learned(self) -> Arrays:
        """`of_terms` (topics, terms), `of_vector` (topics, dimensions), the terms and their rarity."""
        of_terms, of_vector = self._pulled(self._solved())
        return {
            "terms": packed(self._terms.rarity),
            "rarity": np.array([*self._terms.rarity.values()]),
            "of_terms": of_terms,
            "of_vector": of_vector,
        }

    def _pulled(self, pulls: Array) -> tuple[Array, Array]:
        """What terms and dimensions pull for each topic, if the examples pull so much."""
        width = len(self._terms.rarity)
        flat = np.bincount(self._cells, self._weight * pulls[self._text], self._topics * width)
        of_vector = np.array(
            [pulls[a:b] @ self._vectors[a:b] for a, b in pairwise(self._bounds)], dtype=np.float32
        ).reshape(self._topics, self._vectors.shape[1])
        of_terms = flat.reshape(self._topics, width).astype(np.float32)
        return self._kinship @ of_terms, self._kinship @ of_vector

    def _told(self, pulls: Array) -> Array:
        """What the examples would be told, if they pulled so much: the kernel times their pulls."""
        of_terms, of_vector = self._pulled(pulls)
        told = of_terms.ravel()[self._cells] * self._weight
        by_terms = np.bincount(self._text, told, len(self._sides)).astype(np.float32)
        return by_terms + (self._vectors * of_vector[self._topic]).sum(axis=1) + SLACK * pulls

    def _solved(self) -> Array:
        """What each example pulls, by conjugate gradients (Hestenes and Stiefel, 1952)."""
        pulls = np.zeros_like(self._sides)
        left = self._sides.copy()
        step, size = left, left @ left
        enough = NEAR_ENOUGH**2 * size
        for _ in range(MOST_STEPS):
            if size <= enough:
                break
            told = self._told(step)
            stride = size / (step @ told)
            pulls, left = pulls + stride * step, left - stride * told
            size, before = left @ left, size
            step = left + size / before * step
        return pulls


def _in_a_row(readings: Readings) -> Iterator[tuple[int, float, str]]:
    """Each example's topic, by number, its side, -1 or 1, and its text."""
    for topic, both in enumerate(readings):
        for side, texts in zip((-1.0, 1.0), both, strict=True):
            for text in texts:
                yield topic, side, text


def _way(straight: Sequence[str], opposed: Sequence[str], examples: Examples) -> Array:
    """The way from a topic's claim to its opposite, of length 1; zeros where there is none."""
    if not straight or not opposed:
        return np.zeros(examples.dimensions, dtype=np.float32)
    way = examples.vectors(opposed).mean(axis=0) - examples.vectors(straight).mean(axis=0)
    return way / (np.linalg.norm(way) or 1.0)
