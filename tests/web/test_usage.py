"""`app.py` with arguments: help, and what it does not know."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.settings import Settings, variables
from tests.conftest import ROOT


def run_app(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("asked", ["--help", "-h"])
def test_help_names_every_setting_and_where_more_is_said(asked: str) -> None:
    ended = run_app(asked)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert all(variables(field)[-1] in ended.stdout.split() for field in Settings.model_fields)
    assert "counterpoint --help" in ended.stdout and "Serves the chat window" in ended.stdout


@pytest.mark.parametrize("arguments", [["--port", "8080"], ["serve"], ["--help", "--colour"]])
def test_an_unknown_argument_is_one_plain_sentence(arguments: list[str]) -> None:
    ended = run_app(*arguments)
    wrong = next(argument for argument in arguments if argument != "--help")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"app.py takes no argument {wrong}: see app.py --help.\n"
