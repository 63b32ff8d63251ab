"""Without a browser its tests are skipped with the reason last; where they must run, that is a failure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BROWSER_TEST = "tests/web/test_window.py::test_the_text_can_be_read_without_a_question"


def run_without_chromium(place: Path, must_run: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(place), "TESTS_MUST_RUN": must_run}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", BROWSER_TEST]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("must_run", "code"), [("", 0), ("browser", 1)])
def test_a_missing_browser_is_a_skip_with_its_reason_or_a_failure(tmp_path: Path, must_run: str, code: int):
    run = run_without_chromium(tmp_path, must_run)
    assert run.returncode == code, run.stdout + run.stderr
    told = run.stdout.splitlines() if code else run.stdout.splitlines()[-4:]
    assert "chromium is not installed" in "\n".join(told)
