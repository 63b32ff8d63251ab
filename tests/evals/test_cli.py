"""`counterpoint eval …` from the shell's side."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from typer.testing import CliRunner

from bot import cli
from evals.cases import COLLECTIONS
from evals.cli import eval_app

SUITE = (
    {"id": "a", "question": "Should the council run buses all night?", "kind": "contested", "gold": [
        {"side": "for", "any": ["So yes, run the night buses"]}]},
    {"id": "b", "question": "What is seventeen times twenty-three?", "kind": "offtopic"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def _night(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    monkeypatch.setenv("COUNTERPOINT_COLLECTION", "night-buses")
    monkeypatch.setenv("COUNTERPOINT_KNOWLEDGE_DIR", str(COLLECTIONS))
    monkeypatch.setenv("COUNTERPOINT_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    yield


@pytest.fixture
def done(written, tmp_path: Path) -> Path:
    """The folder of a finished run."""
    out = tmp_path / "out"
    run = CliRunner().invoke(eval_app, ["run", str(written(*map(json.dumps, SUITE))), "--out", str(out)])
    assert run.exit_code == 0, run.output
    return out


def test_a_run_writes_its_files(done: Path):
    assert {path.name for path in done.iterdir()} == {
        "answers.jsonl",
        "scores.jsonl",
        "summary.json",
        "junit.xml",
        "report.html",
        "run.json",
    }


def test_an_evaluators_own_suite_needs_only_its_path(done: Path):
    summary = json.loads((done / "summary.json").read_text("utf-8"))
    assert summary["trials"] == 2 and "suite:own" in summary["slices"]


@pytest.mark.parametrize("more", [["--limit", "1"], ["--seed", "3"], ["--repeat", "2"], ["--model", "m"]])
def test_another_run_does_not_take_its_folder(done: Path, tmp_path: Path, more: list[str]):
    before = {path.name: path.read_bytes() for path in done.iterdir()}
    command = ["run", str(tmp_path / "own.jsonl"), "--out", str(done), *more]
    with mock.patch.dict(os.environ):
        made = CliRunner().invoke(eval_app, command)
    assert isinstance(made.exception, cli.known_errors())
    assert more[0].strip("-") in str(made.exception)
    assert f"give another --out, or remove {done}." in str(made.exception)
    assert {path.name: path.read_bytes() for path in done.iterdir()} == before


def test_the_same_run_takes_its_folder_up_again(done: Path, tmp_path: Path):
    answers = (done / "answers.jsonl").read_bytes()
    (done / "report.html").unlink()
    made = CliRunner().invoke(eval_app, ["run", str(tmp_path / "own.jsonl"), "--out", str(done)])
    assert made.exit_code == 0 and (done / "report.html").is_file()
    assert (done / "answers.jsonl").read_bytes() == answers


def test_after_a_change_of_the_code_a_run_asks_again_what_it_is_told_to(done: Path, tmp_path: Path):
    path = done / "answers.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    path.write_text("".join(json.dumps({**row, "made_by": "older code"}) + "\n" for row in rows), "utf-8")
    command = ["run", str(tmp_path / "own.jsonl"), "--out", str(done)]
    assert "--again" in str(CliRunner().invoke(eval_app, command).exception)
    assert CliRunner().invoke(eval_app, [*command, "--again"]).exit_code == 0
    after = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(row["id"], row["made_by"]) for row in after] == [(row["id"], row["made_by"]) for row in rows]


def test_gates_that_a_run_is_too_small_for_fail(done: Path):
    made = CliRunner().invoke(eval_app, ["gate", str(done)])
    assert made.exit_code == 1 and "TOO FEW" in made.output and "gates-fast.yaml" in made.output


def test_a_gate_that_holds_exits_0(done: Path, tmp_path: Path):
    config = tmp_path / "gates.yaml"
    config.write_text("gates:\n- {metric: abstention_recall, min: 1, n: 1}\n", "utf-8")
    assert CliRunner().invoke(eval_app, ["gate", str(done), "--config", str(config)]).exit_code == 0


def test_two_runs_can_be_compared(done: Path):
    made = CliRunner().invoke(eval_app, ["compare", str(done), str(done)])
    assert made.exit_code == 0 and "2 trials in both runs" in made.output


@pytest.mark.parametrize(
    "command", [["gate", "nowhere"], ["compare", "nowhere", "nowhere"], ["run", "nothing"]]
)
def test_what_is_not_there_is_one_plain_sentence(command: list[str]):
    made = CliRunner().invoke(eval_app, command)
    assert isinstance(made.exception, cli.known_errors())
    assert str(made.exception).count("\n") == 0
