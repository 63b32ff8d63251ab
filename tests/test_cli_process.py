"""The command line as a process: one sentence on standard error, no traceback, the right exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.records import Answer
from bot.settings import ROOT
from tests.endpoint import KEY, PASSWORD, calls, endpoint, fails
from tests.test_cli import QUESTION, lines_of, write

OFF_TOPIC = "What is the capital of Peru?"
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("COUNTERPOINT_", "OPENAI_"))
}


def process(place: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {
        "HOME": str(place),
        "PYTHONPATH": str(ROOT),
        "COUNTERPOINT_COLLECTION": "fines",
        "COUNTERPOINT_KNOWLEDGE_DIR": str(ROOT / "tests" / "collections"),
        "COUNTERPOINT_DATA_DIR": str(place / "data"),
    }
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *args],
        cwd=place,
        env=ENVIRONMENT | own | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_as_a_process_it_answers(tmp_path: Path):
    done = process(tmp_path, "ask", QUESTION, "--json")
    assert done.returncode == 0
    assert Answer.model_validate_json(done.stdout).voices_against


@pytest.mark.parametrize(
    ("args", "variables", "complaint"),
    [
        (["passages"], {"COUNTERPOINT_MODLE": "x"}, "COUNTERPOINT_MODLE is not a setting"),
        (["passages"], {"PORT": "soon"}, "PORT is wrong"),
        (["passages"], {"COUNTERPOINT_COLLECTION": "nowhere"}, "nowhere"),
        (["ask", "--batch", "broken", "--out", "a"], {}, "broken, line 2 is not JSON"),
        (["ask", "--batch", "missing", "--out", "a"], {}, "missing is not there"),
        (["check", "missing"], {}, "missing is not there"),
        (["search", ""], {}, "The question is empty"),
        (["ask", " "], {}, "The question is empty"),
        (["ask", "Q?"], {"COUNTERPOINT_DATA_DIR": "broken/x"}, "COUNTERPOINT_DATA_DIR"),
        (["ask", "Q?"], {"COUNTERPOINT_PROMPTS_DIR": "prompts"}, "guide.md must open with front matter"),
        (["import", "missing", "--to", "x"], {}, "missing"),
        (["ask", "Q?", "--out", "a"], {}, "go together"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    tmp_path: Path, args: list[str], variables: dict[str, str], complaint: str
):
    (tmp_path / "broken").write_text('{"id": "a", "question": "Q?"}\n{broken\n')
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    for file in (ROOT / "prompts").glob("*.md"):
        (prompts / file.name).write_text("nothing")
    done = process(tmp_path, *args, **variables)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["import", "page"], "Missing option '--to': see counterpoint import --help."),
        (["nosuch"], "No such command 'nosuch': see counterpoint --help."),
        (["search", "-k", "0", "x"], "see counterpoint search --help."),
    ],
)
def test_what_is_wrongly_typed_is_one_sentence_and_exit_code_2(
    tmp_path: Path, args: list[str], complaint: str
):
    done = process(tmp_path, *args)
    assert (done.returncode, done.stdout, len(done.stderr.strip().splitlines())) == (2, "", 1)
    assert complaint in done.stderr


def test_an_import_names_its_doubts_on_standard_error(tmp_path: Path):
    (tmp_path / "page").write_text("It heals.\n\n  1. One:\n\n      1. this\n\n  2. Two.\n")
    done = process(tmp_path, "import", "page", "--to", "made")
    assert json.loads(done.stdout)["doubts"]
    assert "Line 5 is an indented number" in done.stderr


def test_a_model_without_a_key_is_said_once(tmp_path: Path):
    done = process(tmp_path, "ask", QUESTION, "--json", COUNTERPOINT_MODEL="gpt-x")
    assert done.returncode == 0
    assert done.stderr.count("OPENAI_API_KEY is not set") == 1


def test_the_key_is_in_no_output_of_a_process(tmp_path: Path):
    with endpoint(fails(401)) as served:
        url = served.url.replace("http://", f"http://user:{PASSWORD}@")
        variables = {"COUNTERPOINT_MODEL": "m", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": url}
        done = process(tmp_path, "ask", QUESTION, "--json", **variables)
    assert done.returncode == 0
    assert Answer.model_validate_json(done.stdout).provenance.fallback
    assert KEY not in done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_a_batch_over_an_endpoint_answers_every_line(tmp_path: Path):
    with endpoint(calls(("Draft", {"outcome": "off_topic"}))) as served:
        write(tmp_path / "q", *({"id": str(n), "question": OFF_TOPIC} for n in range(3)))
        variables = {"COUNTERPOINT_MODEL": "m", "OPENAI_BASE_URL": served.url}
        done = process(tmp_path, "ask", "--batch", "q", "--out", "a", **variables)
    assert done.returncode == 0
    assert [row["answer"]["provenance"]["fallback"] for row in lines_of(tmp_path / "a")] == [None] * 3
