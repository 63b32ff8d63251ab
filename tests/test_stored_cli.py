import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.corpus import Collection
from bot.feedback import Feedback, FeedbackStore, Verdict
from evals.cases import demand_gold, load_suite
from tests.web.scripted_server import answer, write_collection


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    write_collection(tmp_path / "knowledge" / "mill")
    monkeypatch.setenv("COUNTERPOINT_KNOWLEDGE_DIR", str(tmp_path / "knowledge"))
    monkeypatch.setenv("COUNTERPOINT_COLLECTION", "mill")
    monkeypatch.setenv("COUNTERPOINT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(app, list(args))


def test_feedback_is_exported_as_a_suite(mill: Collection, here: Path) -> None:
    store = FeedbackStore(here / "data")
    store.add(Feedback(verdict=Verdict.HELPFUL, answer=answer(mill, "Keep it?")))
    store.add(Feedback(verdict=Verdict.UNSAFE, note="a\tb\n", answer=answer(mill, "Why?")))
    assert run("feedback", "export", "mine.jsonl").exit_code == 0
    suite = load_suite(here / "mine.jsonl")
    demand_gold(suite, mill)
    assert [len(case.gold) for case in suite.cases] == [5, 0]
    assert run("feedback", "list").stdout.splitlines()[1].endswith("\tunsafe\tWhy?\ta b")


def test_no_feedback_is_an_error_that_says_what_to_do(here: Path) -> None:
    result = run("feedback", "export", "mine.jsonl")
    assert result.exit_code == 1 and "COUNTERPOINT_FEEDBACK=true" in str(result.exception)
    assert not (here / "mine.jsonl").exists()


@pytest.mark.parametrize(("name", "sign"), [("t.md", "# A conversation"), ("t.html", "<!doctype html>")])
def test_stored_answers_become_a_transcript(mill: Collection, here: Path, name: str, sign: str) -> None:
    rows = [{"id": str(n), "answer": answer(mill, f"Q{n}?").model_dump(mode="json")} for n in (1, 2)]
    (here / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert run("transcript", "answers.jsonl", name, "--address", "http://127.0.0.1:1/").exit_code == 0
    text = (here / name).read_text("utf-8")
    assert text.startswith(sign) and "Question 2: Q2?" in text and "http://127.0.0.1:1/#C1.1" in text


def test_another_ending_is_refused(here: Path) -> None:
    (here / "answers.jsonl").write_text("", "utf-8")
    assert "neither .md nor .html" in str(run("transcript", "answers.jsonl", "t.pdf").exception)
