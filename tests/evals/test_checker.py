"""The measures of the check, on figures that can be worked out by hand, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.settings import ROOT
from evals import checker, kills
from evals.checker import (
    SETS,
    SHARED,
    Pair,
    Scores,
    auroc,
    balanced_accuracy,
    best_threshold,
    details_pass,
    interval,
    measure,
    score,
)

FINES = ROOT / "tests" / "collections" / "fines"
FAITHFUL = np.array([True, True, False, False])


def scores(containment: list[float], details: list[bool]) -> Scores:
    return Scores(FAITHFUL, np.array(containment), np.array(details))


@pytest.mark.parametrize(
    ("values", "area"),
    [
        ([0.9, 0.8, 0.2, 0.1], 1.0),
        ([0.1, 0.2, 0.8, 0.9], 0.0),
        ([0.5, 0.5, 0.5, 0.5], 0.5),
        ([0.9, 0.3, 0.5, 0.1], 0.75),
    ],
)
def test_auroc(values: list[float], area: float) -> None:
    assert auroc(FAITHFUL, np.array(values)) == area


def test_balanced_accuracy_weighs_both_labels_alike() -> None:
    faithful = np.array([True, False, False, False])
    assert balanced_accuracy(faithful, np.array([True, True, False, False])) == pytest.approx((1 + 2 / 3) / 2)
    assert balanced_accuracy(faithful, np.ones(4, bool)) == 0.5


def test_best_threshold_separates() -> None:
    assert 0.4 < best_threshold(scores([0.9, 0.7, 0.4, 0.1], [True] * 4)) <= 0.7


def test_a_failed_detail_ranks_below_any_containment() -> None:
    both = scores([0.9, 0.1, 1.0, 0.0], [True, True, False, False]).both
    assert both[:2].min() > both[2:].max()


def test_an_interval_holds_the_measure_and_is_the_same_each_time() -> None:
    made = scores([0.9, 0.4, 0.5, 0.1], [True] * 4)

    def area(s: Scores) -> float:
        return auroc(s.faithful, s.containment)

    low, high = interval(area, made, seed=1)
    assert low <= area(made) <= high
    assert interval(area, made, seed=1) == (low, high)


def test_scores_tell_invented_and_altered_apart() -> None:
    made = score(
        [Pair("fines hurt", "fines hurt the poor", True, "a"), Pair("penguins", "fines", False, "b")]
    )
    assert made.containment.tolist() == [1.0, 0.0]
    assert not details_pass("fines do not hurt", "fines hurt the poor")
    assert details_pass("fines hurt", "fines hurt the poor")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    rows = {
        "begin/test_wow.jsonl": [
            {"response": f"r{i}", "knowledge": f"r{i}", "label": label}
            for i in range(40)
            for label in ("Fully attributable", "Not fully attributable", "Generic")
        ],
        "summedits/sample.jsonl": [{"claim": f"c{i}", "source": f"c{i}", "label": i % 2} for i in range(40)],
        "scifact/corpus.jsonl": [{"_id": str(i), "title": "", "text": f"s{i}"} for i in range(40)],
        "scifact/claims.jsonl": [
            {"claim": f"s{i}", "label": label, "doc": str(i), "sent_idx": []}
            for i in range(40)
            for label in ("SUPPORT", "NEI", "CONTRADICT")
        ],
    }
    for name, content in rows.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(json.dumps(row) for row in content), "utf-8")
    return tmp_path


def test_the_sets_are_read_with_their_labels(labelled: Path) -> None:
    counts = {name: [pair.faithful for pair in load(labelled)] for name, _, load in SETS}
    assert {name: (sum(c), len(c) - sum(c)) for name, c in counts.items()} == {
        "BEGIN": (40, 40),
        "SciFact, no evidence": (40, 40),
        "SummEdits": (20, 20),
        "SciFact, contradicted": (40, 40),
    }


def test_a_source_is_on_one_side_of_the_split(labelled: Path) -> None:
    sides: dict[str, set[bool]] = {}
    for _, _, load in SETS:
        for pair in load(labelled):
            sides.setdefault(pair.source, set()).add(pair.trains)
    assert all(len(side) == 1 for side in sides.values())
    assert {True, False} == set().union(*sides.values())


def test_the_table_has_a_column_for_each_set(
    labelled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SHARED, str(labelled))
    monkeypatch.setattr(checker, "RESAMPLES", 5)
    assert measure() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [cell.strip() for cell in lines[0].split("|")[2:-1]] == [name for name, _, _ in SETS]
    assert {line.count("|") for line in lines} == {len(SETS) + 2}


def test_absent_data_is_one_plain_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SHARED, str(tmp_path / "nowhere"))
    assert measure() == 1
    monkeypatch.setenv(SHARED, str(tmp_path))
    assert measure() == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2 and all(SHARED in error for error in errors)


def test_foreign_sentences_join_where_the_data_is_at_hand(
    labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SHARED, str(labelled))
    assert [base.name for base in kills.bases([FINES])][2:] == ["sentences of SciFact"]


def test_a_collection_that_is_not_there_fails_the_command(tmp_path: Path) -> None:
    assert measure(planted=True, folders=[tmp_path]) == 1
