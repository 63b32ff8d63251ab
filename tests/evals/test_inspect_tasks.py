"""The suites under inspect_ai, offline: with no model and with its mock model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("inspect_ai", reason="the extra `inspect` is not installed: requirements-inspect.txt")

from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from evals import inspect_tasks
from evals.bench import Bench
from evals.cases import SuiteError
from evals.inspect_tasks import bare_model, guide, read_reply

RIGHT = "FOR\nTamsin: run the night buses\n  “So yes, run the night buses.” [C1]\n"
SUITE = (
    {"id": "a", "question": "Should the council run buses all night?", "kind": "contested", "gold": [
        {"side": "for", "any": ["So yes, run the night buses"]}]},
    {"id": "b", "question": "What is seventeen times twenty-three?", "kind": "offtopic"},
)  # fmt: skip


@pytest.fixture
def suite(written, monkeypatch: pytest.MonkeyPatch, night: Bench) -> Iterator[str]:
    monkeypatch.setattr(inspect_tasks, "_bench", lambda collection: night)
    yield str(written(*map(json.dumps, SUITE)))


def run(task: Task, tmp_path: Path, *replies: str) -> EvalLog:
    outputs = [ModelOutput.from_content("mockllm/model", reply) for reply in replies]
    for output in outputs:  # Without it the mock counts tokens by an encoding that it downloads.
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    model = get_model("mockllm/model", custom_outputs=outputs) if replies else None
    (log,) = inspect_eval(task, model=model, log_dir=str(tmp_path / "logs"), display="none", score=True)
    assert log.status == "success", log.error
    return log


def values(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {score.name: score.metrics["share"].value for score in log.results.scores}


def test_the_guide_is_scored_with_no_model(suite: str, tmp_path: Path):
    found = values(run(guide(suite), tmp_path))
    assert (found["quote_fidelity"], found["own_voice"], found["answer_rate"]) == (1, 0, 1)
    assert found["abstention_recall"] == 1
    assert list((tmp_path / "logs").iterdir())


def test_what_was_never_counted_is_no_zero(suite: str, tmp_path: Path):
    log = run(guide(suite), tmp_path)
    assert log.results is not None
    crisis = next(s for s in log.results.scores if s.name == "crisis_recall")
    assert not any(metric.value == 0 for name, metric in crisis.metrics.items() if name == "share")


@pytest.mark.parametrize(
    ("reply", "metric", "value"),
    [
        (RIGHT, "quote_fidelity", 1),
        (RIGHT, "speaker_accuracy", 1),
        (RIGHT.replace("So yes", "So no"), "quote_fidelity", 0),
        (RIGHT.replace("Tamsin", "Gustav"), "speaker_accuracy", 0),
        (RIGHT + "In my view this is the better case.", "own_voice", 1),
        ("NOT IN THE TEXT", "answer_rate", 0),
    ],
)
def test_a_bare_model_is_scored_by_the_same_metrics(
    suite: str, tmp_path: Path, reply: str, metric: str, value: float
):
    task = bare_model(suite, limit=2)
    made = run(task, tmp_path, reply, reply)
    assert made.samples is not None
    first = next(sample for sample in made.samples if str(sample.id).endswith(":a"))
    assert first.scores is not None and first.scores[metric].value == value


def test_a_reply_on_both_sides_is_read(night: Bench):
    reply = RIGHT + "AGAINST\nC5: lunches first\n  “I would put the money into lunches” [C5]\n"
    made = read_reply(reply, "Q?", ("C1", "C5"), night)
    assert [(s.stance.value, s.evidence[0].passage) for s in made.statements] == [
        ("for", "C1"),
        ("against", "C5"),
    ]
    assert made.voices_against and made.gaps == ()


def test_the_search_alone_is_no_task():
    with pytest.raises(SuiteError, match="not one suite"):
        guide("retrieval")
