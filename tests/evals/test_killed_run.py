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
from evals.runner import ANSWERS

PROGRAM = "import sys; from evals.cli import main; sys.exit(main())"
PATIENCE = 120


def started(out: Path, data: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, "eval", "run", "offtopic", "--out", str(out)]
    settings = {**os.environ, "COUNTERPOINT_DATA_DIR": str(data)}
    return subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def test_nothing_is_lost_and_nothing_answered_twice(tmp_path: Path) -> None:
    out, data = tmp_path / "run", tmp_path / "data"
    first = started(out, data)
    ends = time.monotonic() + PATIENCE
    while len(lines(out / ANSWERS)) < 3 and time.monotonic() < ends and first.poll() is None:
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    kept = [line for line in lines(out / ANSWERS) if line.endswith("}")][:3]
    assert len(kept) == 3
    assert started(out, data).wait() == 0
    after = lines(out / ANSWERS)
    assert after[:3] == kept
    ids = [json.loads(line)["id"] for line in after]
    assert len(ids) == len(set(ids))
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["trials"] == len(ids) > 3
