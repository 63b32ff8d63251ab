"""Comparing two runs."""

from __future__ import annotations

import pytest

from evals.compare import compare, comparison_text
from evals.runner import RunError
from tests.evals.runs import a_score


def test_a_flip_is_named_with_its_direction():
    before = [a_score(1, answer_rate=(1, 1)), a_score(2, answer_rate=(0, 1)), a_score(3, answer_rate=(1, 1))]
    after = [a_score(1, answer_rate=(0, 1)), a_score(2, answer_rate=(1, 1)), a_score(3, answer_rate=(1, 1))]
    made = compare(before, after)
    assert [(flip.trial, flip.mended) for flip in made.flips] == [("own:c1", False), ("own:c2", True)]


def test_a_run_compared_with_itself_does_not_change():
    run = [a_score(n, answer_rate=(n % 2, 1)) for n in range(8)]
    made = compare(run, run)
    assert not made.flips and all(change.value == 0 and not change.clear for change in made.changes)


def test_a_clear_change_is_marked():
    before = [a_score(n, answer_rate=(0, 1)) for n in range(20)]
    after = [a_score(n, answer_rate=(float(n > 3), 1)) for n in range(20)]
    made = compare(before, after)
    assert made.changes[0].clear and "*" in comparison_text(made)


def test_trials_of_one_run_only_are_named():
    made = compare([a_score(1), a_score(2)], [a_score(2), a_score(3)])
    assert (made.only_first, made.only_second, made.trials) == (("own:c1",), ("own:c3",), 1)


def test_runs_without_a_common_trial_are_refused():
    other = a_score(1).model_copy(update={"id": "other:c1", "suite": "other"})
    with pytest.raises(RunError, match="no trial in common: compare runs of the same suites"):
        compare([a_score(1)], [other])


def test_runs_of_one_suite_with_other_draws_are_told_of_the_seed():
    with pytest.raises(RunError, match=r"both are of own: --limit draws .* same --seed"):
        compare([a_score(1)], [a_score(2)])


def test_what_counts_in_one_run_alone_is_said_and_breaks_where_it_is_bad():
    before = [a_score(n, abstention_precision=(1, 1)) for n in range(3)] + [a_score(9)]
    after = [a_score(n, abstention_precision=(1, 1)) for n in range(3)]
    after += [a_score(9, abstention_precision=(0, 1))]
    made = compare(before, after)
    assert [(flip.trial, flip.mended) for flip in made.flips] == [("own:c9", False)]
    assert "(1 more count in one run alone)" in comparison_text(made)


def test_a_question_in_other_words_is_named():
    run = [a_score(1), a_score(2)]
    made = compare(run, run, asked=({"own:c1": "Q?", "own:c2": "R?"}, {"own:c1": "Q?", "own:c2": "S?"}))
    assert made.reworded == ("own:c2",)
    assert "Asked in other words in the second run: own:c2." in comparison_text(made)


def test_a_trial_that_breaks_on_several_metrics_is_one_trial():
    good = a_score(1, answer_rate=(1, 1), side_accuracy=(1, 1))
    bad = a_score(1, answer_rate=(0, 1), side_accuracy=(0, 1))
    assert "Broken: 1 trials" in comparison_text(compare([good], [bad]))
