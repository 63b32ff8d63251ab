"""Whether a question asks for a claim or for its opposite is told by the words that its examples have."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.direction import Direction, Terms, terms_of
from bot.matching import Examples

STRAIGHT = ["Are fines useful?", "Do fines help?", "Is a fine a good idea?"]
OPPOSED = ["Are fines cruel?", "Should fines be scrapped?", "Do fines harm readers?"]


class Alike:
    """Finds all texts alike, so that only words can tell them apart."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), 4), dtype=np.float32) / 2


def direction(straight: Sequence[str] = STRAIGHT, opposed: Sequence[str] = OPPOSED) -> Direction:
    texts = [*straight, *opposed]
    return Direction(straight, opposed, Examples(texts, Alike()), Terms(texts))


@pytest.mark.parametrize("question", ["would a fine be cruel", "scrapped at last", "the harm that fines do"])
def test_a_word_of_the_opposite_turns_the_question(question: str) -> None:
    assert direction().of(question) > 0


@pytest.mark.parametrize("question", ["so useful", "does it help", "a good idea?"])
def test_a_word_of_the_claim_does_not(question: str) -> None:
    assert direction().of(question) < 0


def test_examples_are_near_to_their_own_side() -> None:
    learned = direction()
    assert all(learned.of(text) < -0.5 for text in STRAIGHT)
    assert all(learned.of(text) > 0.5 for text in OPPOSED)


def test_a_question_without_a_known_word_leans_to_neither() -> None:
    assert abs(direction().of("zzz")) < 0.2


def test_two_words_that_stand_side_by_side_are_a_term() -> None:
    assert terms_of("not good") == ["not", "good", "not good"]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    weights = Terms([*STRAIGHT, *OPPOSED]).weights("cruel fines")
    assert weights["cruel"] > weights["fine"]


@given(st.lists(st.sampled_from(" ".join([*STRAIGHT, *OPPOSED, "zzz"]).split()), max_size=12).map(" ".join))
def test_the_weights_of_a_text_are_of_length_one_or_there_are_none(text: str) -> None:
    weights = Terms([*STRAIGHT, *OPPOSED]).weights(text)
    assert not weights or math.isclose(sum(weight**2 for weight in weights.values()), 1)


def test_swapped_examples_swap_the_direction() -> None:
    question = "are fines cruel or useful"
    swapped = direction(OPPOSED, STRAIGHT).of(question)
    assert direction().of(question) == pytest.approx(-swapped, abs=1e-6)
