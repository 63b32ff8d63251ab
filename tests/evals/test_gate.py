"""Gates: what they hold, and that they never pass on nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases import HERE
from evals.gate import Gate, Gates, gate_text, hold, load_gates, passes
from evals.metrics import BY_NAME
from evals.runner import RunError
from evals.summary import Summary
from tests.evals.runs import a_score, a_summary

GATES = Gates(gates=(Gate(metric="quote_fidelity", min=0.9, n=4),))


def holds(summary: Summary, gates: Gates = GATES) -> bool:
    return passes(hold(gates, summary), summary)


def test_a_run_that_reaches_its_gates_passes():
    assert holds(a_summary(*(a_score(n, quote_fidelity=(1, 1)) for n in range(4))))


@pytest.mark.parametrize(
    "summary",
    [
        a_summary(*(a_score(n, quote_fidelity=(n % 2, 1)) for n in range(8))),
        a_summary(*(a_score(n, quote_fidelity=(1, 1)) for n in range(3))),
        a_summary(*(a_score(n, answer_rate=(1, 1)) for n in range(8))),
        a_summary(*(a_score(n, quote_fidelity=(1, 1)) for n in range(8)), a_score(9, error="boom")),
        a_summary(),
    ],
    ids=["too low", "too few", "never counted", "an error", "nothing"],
)
def test_a_run_that_does_not_fails(summary: Summary):
    assert not holds(summary)


def test_no_verdicts_are_no_pass():
    assert not passes([], a_summary(a_score(1, quote_fidelity=(1, 1))))


def test_a_gate_on_the_interval_asks_for_more_than_one_on_the_value():
    summary = a_summary(*(a_score(n, quote_fidelity=(1, 1)) for n in range(5)))
    cautious = Gates(gates=(Gate(metric="quote_fidelity", min=0.9, n=4, on="interval"),))
    assert holds(summary) and not holds(summary, cautious)


def test_an_error_is_named():
    summary = a_summary(a_score(9, error="boom"))
    assert "own:c9: boom" in gate_text(hold(GATES, summary), summary)


def test_too_few_cases_are_no_miss_and_counted_apart():
    gates = Gates(
        gates=(
            *GATES.gates,
            Gate(metric="answer_rate", min=0.9, n=2),
            Gate(metric="min_side_recall", min=0.5, n=1),
        )
    )
    summary = a_summary(*(a_score(n, quote_fidelity=(1, 1), answer_rate=(0, 1)) for n in range(3)))
    lines = gate_text(hold(gates, summary), summary).splitlines()
    assert [line.split(" ")[:2] for line in lines[:3]] == [["MISS", ""], ["TOO", "FEW"], ["TOO", "FEW"]]
    assert "quote_fidelity ≥ 0.9: counted 3, needs 4 (1 so far)" in lines[1]
    assert "min_side_recall ≥ 0.5: counted 0, needs 1" in lines[2]
    assert lines[3].startswith("0 of 3 gates hold, 1 are missed, 2 have too few cases to be judged;")
    assert "--config evals/gates-fast.yaml" in lines[4] and "--limit 8" in lines[4]


def test_a_run_that_is_large_enough_is_not_told_of_small_ones():
    summary = a_summary(*(a_score(n, quote_fidelity=(0, 1)) for n in range(4)))
    text = gate_text(hold(GATES, summary), summary)
    assert "MISS" in text and "TOO FEW" not in text and "--limit" not in text


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("{metric: alce_recall, min: 0.5, n: 5}", "soft"),
        ("{metric: fame, min: 0.5, n: 5}", "no metric fame"),
        ("{metric: quote_fidelity, n: 5}", "either min or max"),
        ("{metric: quote_fidelity, max: 0.5, n: 5}", "give min"),
        ("{metric: wrong_answers, min: 0.5, n: 5}", "give max"),
        ("{metric: wrong_answers, max: 1, n: 5}", "no run can miss"),
        ("{metric: quote_fidelity, min: 0, n: 5}", "no run can miss"),
        ("{metric: quote_fidelity, min: 1, n: 0}", "n"),
    ],
)
def test_a_gate_that_cannot_fail_or_means_nothing_is_refused(tmp_path: Path, entry: str, named: str):
    path = tmp_path / "gates.yaml"
    path.write_text(f"gates:\n- {entry}\n", "utf-8")
    with pytest.raises(RunError, match=named):
        load_gates(path)


def test_a_file_without_gates_is_refused(tmp_path: Path):
    path = tmp_path / "gates.yaml"
    path.write_text("gates: []\n", "utf-8")
    with pytest.raises(RunError):
        load_gates(path)


@pytest.mark.parametrize("name", ["gates.yaml", "gates-fast.yaml"])
def test_the_shipped_gates_can_be_read(name: str):
    assert load_gates(HERE / name).gates


def test_every_hard_metric_has_a_gate():
    gated = {gate.metric for gate in load_gates(HERE / "gates.yaml").gates}
    sides = {"recall_for", "recall_against", "recall_context"}
    assert {m.name for m in BY_NAME.values() if m.hard} - gated == sides | {"fallen_back"}


def test_a_gate_on_the_interval_can_be_written_in_a_file(tmp_path: Path):
    path = tmp_path / "gates.yaml"
    path.write_text("gates:\n- {metric: answer_rate, min: 0.9, n: 3, on: interval}\n", "utf-8")
    assert load_gates(path).gates[0].on == "interval"


def test_a_slice_that_no_run_has_is_named():
    gates = Gates(gates=(Gate(metric="answer_rate", slice="suite:debat", min=0.9, n=1),))
    summary = a_summary(a_score(1, answer_rate=(1, 1)))
    assert "the run has no such slice" in gate_text(hold(gates, summary), summary)
