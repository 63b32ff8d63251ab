"""The commands, through typer's runner; what a process prints is in test_cli_process."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.records import Answer, Outcome
from tests.endpoint import KEY, PASSWORD

QUESTION = "Should the library stop charging for late books?"
RUNNER = CliRunner()

Command = Callable[..., Result]


@pytest.fixture
def run(library: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs a command over the small collection, whose index is open already."""
    for name in [name for name in os.environ if name.startswith(("COUNTERPOINT_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    settings = library.settings
    for name in ("collection", "knowledge_dir", "prompts_dir", "data_dir"):
        monkeypatch.setenv(f"COUNTERPOINT_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.chdir(tmp_path)
    return lambda *args: RUNNER.invoke(app, [str(arg) for arg in args])


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


# --- ask


def test_ask_prints_an_answer_to_read(run: Command):
    result = run("ask", QUESTION)
    assert result.exit_code == 0
    assert "FOR\n" in result.output
    assert "AGAINST\n" in result.output


def test_ask_json_prints_an_answer(run: Command):
    answer = Answer.model_validate_json(run("ask", QUESTION, "--json").stdout)
    assert (answer.question, answer.outcome, answer.findings) == (QUESTION, Outcome.ANSWERED, ())


def test_a_batch_keeps_ids_and_order(run: Command):
    rows = [{"id": "b", "question": QUESTION}, {"id": "a", "question": "Do books return?", "gold": []}]
    result = run("ask", "--batch", write(Path("q"), *rows), "--out", "answers")
    assert result.exit_code == 0
    written = lines_of(Path("answers"))
    assert [set(row) for row in written] == [{"id", "answer"}] * 2
    assert [(row["id"], row["answer"]["question"]) for row in written] == [
        ("b", QUESTION),
        ("a", "Do books return?"),
    ]


def test_a_batch_line_may_bring_its_history(run: Command):
    history = [["I want to kill myself", "..."]]
    cases = write(Path("q"), {"id": "a", "question": "what now", "history": history})
    run("ask", "--batch", cases, "--out", "answers")
    assert lines_of(Path("answers"))[0]["answer"]["outcome"] == "crisis"


@pytest.mark.parametrize(
    "args",
    [
        ["ask"],
        ["ask", "Q?", "--batch", "q", "--out", "a"],
        ["ask", "--batch", "q"],
        ["ask", "Q?", "--out", "a"],
    ],
)
def test_one_question_or_a_batch_with_its_out(run: Command, args: list[str]):
    write(Path("q"), {"id": "a", "question": QUESTION})
    result = run(*args)
    assert result.exit_code != 0
    assert not Path("a").exists()


# --- search and passages


@pytest.mark.parametrize("k", [1, 3])
def test_search_json_gives_the_k_best(run: Command, k: int):
    hits = json.loads(run("search", "a small fine teaches children", "--json", "-k", k).stdout)
    assert len(hits) == k
    assert hits[0]["passage"] == "C2"
    assert {"passage", "score", "text"} <= set(hits[0])
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


def test_search_prints_lines_to_read(run: Command):
    assert run("search", "a small fine teaches children").stdout.startswith("C2 ")


def test_a_batch_of_searches_keeps_ids(run: Command):
    queries = write(Path("q"), {"id": "x", "query": "shame"}, {"id": "y", "question": "lost books"})
    assert run("search", "--batch", queries, "--out", "hits", "-k", 2).exit_code == 0
    written = lines_of(Path("hits"))
    assert [(row["id"], len(row["hits"])) for row in written] == [("x", 2), ("y", 2)]
    assert written[0]["hits"][0]["passage"] == "C2.1"


def test_passages_json_gives_every_passage_with_its_fields(run: Command):
    passages = json.loads(run("passages", "--json").stdout)
    assert len(passages) == 12
    assert {frozenset(p) for p in passages} == {
        frozenset({"id", "kind", "section", "parent", "voice", "text"})
    }
    reply = next(p for p in passages if p["id"] == "C1.1.1")
    assert (reply["kind"], reply["parent"], reply["voice"]) == ("comment", "C1.1", "pilar")


def test_passages_prints_text_to_read(run: Command):
    assert "[C4] C4\nGreat plan." in run("passages").stdout


# --- check


@pytest.fixture
def stored(run: Command) -> Path:
    path = Path("answers").absolute()
    run("ask", "--batch", write(Path("q"), {"id": "a", "question": QUESTION}), "--out", path)
    return path


def test_good_answers_pass(run: Command, stored: Path):
    result = run("check", stored)
    assert (result.exit_code, result.stdout) == (0, "")


def test_one_answer_as_ask_json_printed_it_passes(run: Command):
    Path("one").write_text(run("ask", QUESTION, "--json").stdout, "utf-8")
    assert run("check", "one").exit_code == 0


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"text": "a small fine never teaches children"}, "detail_not_in_quote"),
        ({"speaker": "Tom Asher"}, "voice_not_the_speaker"),
    ],
)
def test_a_tampered_statement_is_found(run: Command, stored: Path, change: dict, finding: str):
    row = lines_of(stored)[0]
    row["answer"]["statements"][0].update(change)
    result = run("check", write(stored, row))
    assert result.exit_code == 1
    assert finding in result.stdout
    assert result.stdout.startswith("a\tstatement 1\t")


def test_a_tampered_quote_is_found(run: Command, stored: Path):
    row = lines_of(stored)[0]
    row["answer"]["statements"][0]["evidence"][0]["quote"] += " Really."
    assert "quote_not_found" in run("check", write(stored, row)).stdout


def test_a_side_taken_out_is_found(run: Command, stored: Path):
    row = lines_of(stored)[0]
    answer = row["answer"]
    answer["statements"] = [s for s in answer["statements"] if s["stance"] != "against"]
    answer["voices_against"] = []
    assert "side_missing" in run("check", write(stored, row)).stdout


# --- map check, settings, doctor


def test_the_map_of_the_small_collection_is_checked(run: Command):
    result = run("map", "check")
    left_out = "In no position, and not listed under no_position: A2, A4, C1.1, C1.1.1, C3, C4."
    assert left_out in result.stdout
    assert result.exit_code == 1


def test_a_collection_without_a_map_is_said_to_have_none(
    run: Command, library: Any, monkeypatch: pytest.MonkeyPatch
):
    bare = Path("bare").absolute()
    shutil.copytree(library.settings.collection_dir, bare)
    (bare / "positions.yaml").unlink()
    monkeypatch.setenv("COUNTERPOINT_KNOWLEDGE_DIR", str(bare.parent))
    monkeypatch.setenv("COUNTERPOINT_COLLECTION", "bare")
    result = run("map", "check")
    assert (result.exit_code, result.stdout.count("There is no map")) == (1, 1)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_help_says_what_a_line_of_a_batch_holds(run: Command, command: str):
    assert "`id`" in run(command, "--help").output


def test_settings_shows_every_setting_and_no_secret(run: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://user:{PASSWORD}@127.0.0.1:1/v1")
    shown = run("settings").stdout
    assert "COUNTERPOINT_MODEL=embedded" in shown
    assert "OPENAI_BASE_URL=http://127.0.0.1:1/v1" in shown
    assert KEY not in shown
    assert PASSWORD not in shown


@pytest.mark.parametrize("what", ["collection", "map", "prompts", "embedding", "index", "model", "tiktoken"])
def test_doctor_names_each_part(run: Command, monkeypatch: pytest.MonkeyPatch, what: str):
    monkeypatch.setenv("PORT", "0" if what == "port" else "17861")
    assert any(line.split()[1] == what for line in run("doctor").stdout.splitlines())
