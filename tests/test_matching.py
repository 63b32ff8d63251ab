"""Matching a question with groups of example texts: every group at once, as if each were read alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from bot.details import content_stems
from bot.matching import FEW, K1, B, Examples, Matcher

# A text's vector is counted off its letters, so that this needs no model.
LETTERS = "aeinorst"


class ByLetters:
    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.array([[1 + text.count(letter) for letter in LETTERS] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


GROUPS = [
    [
        "late fines at the library",
        "fines for late books",
        "what does a fine cost",
        "money for returning late",
    ],
    ["night buses on Sundays"],
    [],
    ["late buses", "late fines"],
]


def matcher(groups: Sequence[Sequence[str]]) -> Matcher:
    return Matcher(groups, Examples([text for group in groups for text in group], ByLetters()))


@pytest.mark.parametrize("question", ["late fines", "a bus at night on Sunday", "opening hours"])
def test_the_nearest_and_the_mean_of_the_nearest_few_are_those_of_each_group_by_itself(question: str):
    embedding = ByLetters()
    asked = embedding.embed([question])[0]
    texts = [text for group in GROUPS for text in group]
    nearest, nearby = matcher(GROUPS)._nearest(embedding.embed(texts) @ asked)
    for number, group in enumerate(GROUPS):
        cosines = sorted(embedding.embed(group) @ asked, reverse=True)[:FEW] if group else [0.0]
        assert nearest[number] == pytest.approx(cosines[0])
        assert nearby[number] == pytest.approx(sum(cosines) / len(cosines))


@pytest.mark.parametrize("question", ["late fines", "late late buses on the moon", "books"])
def test_shared_words_and_bm25_are_those_of_their_definitions(question: str):
    asked = set(content_stems(question))
    groups = [[content_stems(text) for text in group] for group in GROUPS]

    def weight(stem: str) -> float:
        holding = sum(any(stem in text for text in group) for group in groups)
        return math.log(1 + (len(groups) - holding + 0.5) / (holding + 0.5))

    made = matcher(GROUPS)
    texts = [set(text) for group in groups for text in group]
    jaccard = [sum(map(weight, asked & text)) / sum(map(weight, asked | text)) for text in texts]
    assert made._shared(asked) == pytest.approx(jaccard)
    lengths = [sum(map(len, group)) for group in groups]
    for group, length, found in zip(groups, lengths, made._bm25(asked), strict=True):
        damping = K1 * (1 - B + B * length / (sum(lengths) / len(lengths)))
        counts = {stem: sum(text.count(stem) for text in group) for stem in asked}
        score = sum(weight(stem) * count / (count + damping) for stem, count in counts.items())
        assert found == pytest.approx(score / sum(map(weight, asked)))


def test_the_stems_of_some_texts_are_theirs_alone():
    texts = [text for group in GROUPS for text in group]
    assert Examples(texts, ByLetters()).stems_of(["late buses"]) == set(content_stems("late buses"))


def test_a_group_without_texts_fits_nothing():
    assert matcher(GROUPS).scores("late fines")[2] == 0


def test_the_group_that_shares_most_words_comes_first():
    scores = matcher(GROUPS).scores("night buses on Sundays")
    assert scores.argmax() == 1 and scores[1] > 0.8


@pytest.mark.parametrize("question", ["", "and the of"])
def test_a_question_that_says_nothing_fits_nothing(question: str):
    assert not matcher(GROUPS).scores(question).any()


def test_no_groups_give_no_scores():
    assert matcher([]).scores("late fines").shape == (0,)


def test_each_text_is_read_once_however_many_groups_hold_it():
    read: list[str] = []

    class Counting(ByLetters):
        def embed(self, texts: Sequence[str]) -> np.ndarray:
            read.extend(texts)
            return super().embed(texts)

    examples = Examples(["one text", "one text", "another"], Counting())
    assert read == ["one text", "another"]
    assert np.array_equal(*examples.vectors(["one text", "one text"]))
