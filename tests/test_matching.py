"""Matching a question with groups of example texts: every group at once, as if each were read alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bot.matching import FEW, Examples, Matcher

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
