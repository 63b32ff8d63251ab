"""Whether a question asks for a claim or for its opposite is told by the words that its examples have."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.direction import Directions, Terms, asserted, terms_of
from bot.matching import Examples

STRAIGHT = ["Are fines useful?", "Do fines help?", "Is a fine a good idea?"]
OPPOSED = ["Are fines cruel?", "Should fines be scrapped?", "Do fines harm readers?"]


class Alike:
    """Finds all texts alike, so that only words can tell them apart."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), 4), dtype=np.float32) / 2


class OneTopic:
    """What is learned of one topic alone."""

    def __init__(self, straight: Sequence[str] = STRAIGHT, opposed: Sequence[str] = OPPOSED) -> None:
        self.directions = Directions([(straight, opposed)], Examples([*straight, *opposed], Alike()))

    def of(self, question: str) -> float:
        return self.directions.of(question, 0)


@pytest.mark.parametrize("question", ["would a fine be cruel", "scrapped at last", "the harm that fines do"])
def test_a_word_of_the_opposite_turns_the_question(question: str) -> None:
    assert OneTopic().of(question) > 0


@pytest.mark.parametrize("question", ["so useful", "does it help", "a good idea?"])
def test_a_word_of_the_claim_does_not(question: str) -> None:
    assert OneTopic().of(question) < 0


def test_examples_are_near_to_their_own_side() -> None:
    learned = OneTopic()
    assert all(learned.of(text) < -0.5 for text in STRAIGHT)
    assert all(learned.of(text) > 0.5 for text in OPPOSED)


def test_a_question_without_a_known_word_leans_to_neither() -> None:
    assert abs(OneTopic().of("zzz")) < 0.2


def test_two_words_that_stand_side_by_side_are_a_term() -> None:
    assert terms_of("not good") == ["not", "good", "not good"]


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    weights = Terms.of([*STRAIGHT, *OPPOSED]).weights("cruel fines")
    assert weights["cruel"] > weights["fine"]


@given(st.lists(st.sampled_from(" ".join([*STRAIGHT, *OPPOSED, "zzz"]).split()), max_size=12).map(" ".join))
def test_the_weights_of_a_text_are_of_length_one_or_there_are_none(text: str) -> None:
    weights = Terms.of([*STRAIGHT, *OPPOSED]).weights(text)
    assert not weights or math.isclose(sum(weight**2 for weight in weights.values()), 1)


def test_swapped_examples_swap_the_direction() -> None:
    question = "are fines cruel or useful"
    swapped = OneTopic(OPPOSED, STRAIGHT).of(question)
    assert OneTopic().of(question) == pytest.approx(-swapped, abs=1e-6)


class ByFirstWord:
    """Texts that begin alike are alike; each beginning has a dimension of its own."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), 3), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[{"is": 0, "who": 1}.get(text.split()[0], 2)] = 1.0
        return rows


# A word that only the second topic's examples hold, and ways from claim to opposite that are the same.
DRUGS = (["is it safe"], ["who calls it poison"])
LABELS = (["is it sound"], ["who calls it bogus"])


@pytest.mark.parametrize(("taught", "leans"), [([DRUGS, LABELS], True), ([DRUGS], False)])
def test_a_topic_learns_from_another_whose_claim_turns_in_the_same_way(taught: list, leans: bool) -> None:
    examples = Examples([text for both in taught for texts in both for text in texts], ByFirstWord())
    plain, turning = (Directions(taught, examples).of(text, 0) for text in ("so it", "so bogus"))
    assert (turning > plain + 0.1) is leans


def test_a_topic_without_an_opposite_is_no_hindrance() -> None:
    nothing: tuple[list[str], list[str]] = ([], [])
    directions = Directions([nothing, (STRAIGHT, OPPOSED)], Examples([*STRAIGHT, *OPPOSED], Alike()))
    assert directions.of("cruel", 1) > 0 and directions.of("cruel", 0) == pytest.approx(0, abs=1e-6)


def test_where_there_are_no_topics_nothing_is_learned() -> None:
    Directions([], Examples([], Alike()))


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("wounded healers: good, not dangerous?", "wounded healers: good?"),
        ("own up rather than keep quiet", "own up"),
        ("Is it smart instead of cruel?", "Is it smart?"),
        ("is it compliance and not brains that makes one", "is it compliance"),
        ("Is it cruel, not only useless?", "Is it cruel, not only useless?"),
        ("Is it not cruel?", "Is it not cruel?"),
        ("rather than fines", "rather than fines"),
    ],
)
def test_what_a_question_sets_aside_is_left_out(question: str, left: str) -> None:
    assert asserted(question) == left


def test_what_is_set_aside_does_not_turn_the_question() -> None:
    assert OneTopic().of("are fines useful, not cruel?") < 0 < OneTopic().of("are fines cruel, not useful?")


def test_the_terms_stand_in_the_order_of_the_text_in_every_process():
    text = " ".join(f"word{number}" for number in range(40))
    assert list(Terms.of([text]).rarity) == terms_of(text)
