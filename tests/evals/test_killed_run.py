"""A run that is killed outright and taken up again ends as one that never was interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.settings import ROOT
from evals.cases import find_suites, trials
from evals.runner import ANSWERS
from tests.conftest import copy_of

PROGRAM = "import sys; from evals.cli import main; sys.exit(main())"
# Two starts on a machine that other work shares.
PATIENCE = 300


def started(out: Path, data: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, "eval", "run", "offtopic", "--out", str(out)]
    settings = {**os.environ, "COUNTERPOINT_DATA_DIR": str(data)}
    return subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)


def whole(path: Path) -> list[str]:
    """The lines that were written to their end."""
    return path.read_text("utf-8").split("\n")[:-1] if path.is_file() else []


def killed(run: subprocess.Popen[bytes], answers: Path) -> list[str]:
    """What the run had answered when it was killed, three trials or more; a torn line is left behind it."""
    ends = time.monotonic() + PATIENCE
    while len(whole(answers)) < 3 and time.monotonic() < ends and run.poll() is None:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    kept = whole(answers)
    assert len(kept) >= 3
    # Whether the kill tears a line is chance, and a torn line is what must not be kept.
    torn = kept[-1][: len(kept[-1]) // 2]
    answers.write_text("".join(line + "\n" for line in kept) + torn, "utf-8")
    return kept


def test_nothing_is_lost_and_nothing_answered_twice(opened_before: Path, tmp_path: Path) -> None:
    out, data = tmp_path / "run", copy_of(opened_before, tmp_path)
    kept = killed(started(out, data), out / ANSWERS)
    assert started(out, data).wait() == 0
    after = whole(out / ANSWERS)
    assert after[: len(kept)] == kept
    rows = [json.loads(line) for line in after]
    asked = [trial.id for trial in trials(find_suites(["offtopic"])[0])]
    assert sorted(row["id"] for row in rows) == sorted(asked)
    assert all(row["answer"] for row in rows)
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (summary["trials"], summary["errors"]) == (len(asked), [])
