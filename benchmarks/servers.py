"""Windows to measure, each in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT

READY = "ready at"
SECONDS = 900


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Running:
    """A window's address and its process's number."""

    url: str
    pid: int

    def status(self, field: str) -> int:
        """A number of /proc/PID/status: VmRSS in kB, Threads."""
        text = Path(f"/proc/{self.pid}/status").read_text("utf-8")
        return int(next(line for line in text.splitlines() if line.startswith(f"{field}:")).split()[1])

    def descriptors(self) -> tuple[int, int]:
        """Open files, and how many of them are sockets."""
        names = []
        for each in Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                names.append(str(each.readlink()))
            except FileNotFoundError:
                continue
        return len(names), sum(name.startswith("socket:") for name in names)


@contextmanager
def window(place: str | Path, program: str = "app.py", wait: bool = True, **more: str) -> Generator[Running]:
    """A window's address, until the block ends. No limits on visitors, as one address plays them all."""
    port = free_port()
    log = Path(place) / "window.log"
    unlimited = ("SESSION_QUESTIONS", "ADDRESS_QUESTIONS", "SESSION_STREAMS", "ADDRESS_STREAMS")
    environment = {
        **os.environ,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "COUNTERPOINT_DATA_DIR": str(Path(place) / "data"),
        **{f"COUNTERPOINT_{name}": "0" for name in unlimited},
        **more,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, program], cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + SECONDS
        while wait and READY not in log.read_text("utf-8"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{program} did not get ready:\n{log.read_text('utf-8')}")
            time.sleep(0.1)
        yield Running(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
