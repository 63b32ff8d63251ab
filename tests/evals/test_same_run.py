"""Whose folder a run's folder is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.runner import RunError
from evals.same_run import RUN, SUMMARY, claim

FULL = {"model": "embedded", "seed": 0, "limit": None, "suites": ["a", "b"], "all_shipped": True}


def test_a_new_folder_and_the_same_run_are_let_in(tmp_path: Path):
    claim(tmp_path / "run", FULL)
    claim(tmp_path / "run", FULL)
    assert json.loads((tmp_path / "run" / RUN).read_text("utf-8")) == FULL


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"limit": 3}, "--limit: none, and now 3"),
        ({"seed": 1}, "--seed: 0, and now 1"),
        ({"model": "m"}, "model: embedded, and now m"),
        ({"suites": ["a"], "all_shipped": False}, "suites: a b, and now a"),
    ],
)
def test_another_run_is_refused_and_leaves_the_claim(tmp_path: Path, change: dict[str, object], said: str):
    claim(tmp_path, FULL)
    with pytest.raises(RunError) as raised:
        claim(tmp_path, {**FULL, **change})
    assert said in str(raised.value) and str(raised.value).endswith(f"or remove {tmp_path}.")
    assert json.loads((tmp_path / RUN).read_text("utf-8")) == FULL


def test_a_suite_that_was_added_belongs_to_all_that_are_shipped(tmp_path: Path):
    claim(tmp_path, FULL)
    claim(tmp_path, {**FULL, "suites": ["a", "b", "c"]})


def test_a_run_from_before_the_claims_is_known_by_its_summary(tmp_path: Path):
    (tmp_path / SUMMARY).write_text(json.dumps({"made": {"limit": None, "suites": ["a"]}}), "utf-8")
    with pytest.raises(RunError, match="--limit"):
        claim(tmp_path, {**FULL, "limit": 3})


@pytest.mark.parametrize("text", ["[", "[]"])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, text: str):
    (tmp_path / SUMMARY).write_text(text, "utf-8")
    with pytest.raises(RunError, match="give another --out"):
        claim(tmp_path, FULL)
