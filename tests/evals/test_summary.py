"""Summing up a run."""

from __future__ import annotations

from evals.summary import summarise
from tests.evals.runs import a_score, a_summary


def test_a_metric_that_was_never_counted_is_left_out_and_not_zero():
    assert "alce_recall" not in a_summary(a_score(1, answer_rate=(1, 1))).slices["all"]


def test_the_worst_wording_counts_for_the_case():
    summary = a_summary(
        a_score(1, answer_rate=(1, 1)),
        a_score(1, wording=1, answer_rate=(0, 1)),
        a_score(2, answer_rate=(1, 1)),
    )
    found = summary.slices["all"]["worst_answer_rate"]
    assert (found["value"], found["n"]) == (0, 1)


def test_wordings_of_one_case_are_one_question():
    summary = a_summary(a_score(1, answer_rate=(1, 1)), a_score(1, wording=1, answer_rate=(0, 1)))
    found = summary.slices["all"]["answer_rate"]
    assert (found["n"], found["clusters"], found["low"]) == (2, 1, None)


def test_a_repeated_question_agrees_only_with_the_same_answer():
    first = a_score(1).model_copy(update={"shown": "x"})
    again = first.model_copy(update={"id": "own:c1#2", "repeat": 1})
    other = again.model_copy(update={"shown": "y"})
    assert a_summary(first, again).slices["all"]["repeat_agreement"]["value"] == 1
    assert a_summary(first, other).slices["all"]["repeat_agreement"]["value"] == 0


def test_every_slice_holds_its_own_scores_only():
    other = a_score(2, answer_rate=(0, 1)).model_copy(update={"kind": "factual", "tags": ("hard",)})
    slices = a_summary(a_score(1, answer_rate=(1, 1)), other).slices
    values = [slices[name]["answer_rate"]["value"] for name in ("kind:contested", "kind:factual", "tag:hard")]
    assert values == [1, 0, 0]


def test_the_same_scores_and_seed_give_the_same_summary():
    scores = [a_score(n, answer_rate=(n % 2, 1)) for n in range(9)]
    assert summarise(scores, {}, 4) == summarise(scores, {}, 4)
