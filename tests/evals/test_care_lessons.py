"""The lessons of the care screen's second net: whole, varied, and filled in the same way every time."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from evals.care_lessons import filled_in, lessons

SLOTS = {"who": ["a", "b", "c"], "does": ["goes to {who}", "stays"]}


def test_a_grid_is_filled_the_same_way_and_slots_within_slots() -> None:
    first, again = (list(filled_in("g", 20, ["{who}  {does}", "only {who}"], SLOTS)) for _ in range(2))
    assert first == again and len(set(first)) > 4
    assert not any("{" in each or "  " in each for each in first)


def test_neighbours_are_held_out_together_and_the_grid_never() -> None:
    known = lessons()
    folds = [each.fold for each in known if each.category == "look"]
    changes = sum(left != right for left, right in pairwise(folds))
    assert set(folds) == {1, 2, 3, 4, 5} and changes < len(folds) / 5
    assert {each.fold for each in known if each.category == "asked-topic"} == {0}


def test_no_message_is_both_a_crisis_and_calm() -> None:
    kinds = {(each.message.casefold(), each.crisis) for each in lessons()}
    twice = [message for message, count in Counter(message for message, _ in kinds).items() if count > 1]
    assert twice == []
