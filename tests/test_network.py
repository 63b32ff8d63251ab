"""Nothing reaches beyond this machine: import, index, ask and the window, with an empty home."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.quarantine import ROOT, environment, namespaces_allowed, quarantined

PAGE = (
    "# On Fines\n\nFines keep poor families away from our library.\n\n"
    "  1. A small fine teaches children to keep a promise.\n\n    • It never taught me anything.\n"
)
CLI = [sys.executable, "-m", "bot.cli"]
SERVE = [sys.executable, "tests/quarantine.py", "--serve"]
OPENING = "import socket; socket.socket().connect(('192.0.2.1', 80))"
ASKING = "import socket; socket.getaddrinfo('example.org', 80)"
# Code that no guard in Python sees, as a library's own network stack is.
UNSEEN = (
    "import ctypes; c = ctypes.CDLL(None); s = c.socket(2, 2, 0); "
    "a = b'\\x02\\x00\\x00\\x35\\xc0\\x00\\x02\\x01' + b'\\0' * 8; c.connect(s, a, 16)"
)


class Quarantine:
    """A machine of one's own: a home with nothing in it, a folder of collections, and a record."""

    def __init__(self, place: Path) -> None:
        self.record = place / "record"
        self.record.touch()
        self.home = place / "home"
        self.home.mkdir()
        self.knowledge = place / "knowledge"
        self.knowledge.mkdir()
        shutil.copy(ROOT / "knowledge" / "care.yaml", self.knowledge)
        self.place = place

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "COUNTERPOINT_DATA_DIR": str(self.place / "data"),
            "COUNTERPOINT_KNOWLEDGE_DIR": str(self.knowledge),
            "COUNTERPOINT_COLLECTION": "small",
        }
        return subprocess.run(
            quarantined(self.record, *command),
            cwd=ROOT,
            env=environment(self.home, self.record, **variables | more),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    @property
    def attempts(self) -> str:
        return self.record.read_text()


@pytest.fixture
def fresh(tmp_path: Path) -> Quarantine:
    return Quarantine(tmp_path)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarantine]:
    """A quarantine in which a page has been imported."""
    made = Quarantine(tmp_path_factory.mktemp("quarantine"))
    page = made.place / "page.txt"
    page.write_text(PAGE)
    done = made.run(*CLI, "import", str(page), "--to", str(made.knowledge / "small"))
    assert done.returncode == 0, done.stderr
    yield made


# --- The quarantine itself holds


@pytest.mark.parametrize(("attempt", "seen"), [(OPENING, "connect '192.0.2.1'"), (ASKING, "getaddrinfo")])
def test_an_attempt_in_python_is_refused_and_recorded(fresh: Quarantine, attempt: str, seen: str):
    assert fresh.run(sys.executable, "-c", attempt).returncode != 0
    assert seen in fresh.attempts


@pytest.mark.skipif(not namespaces_allowed(), reason="this system allows no network namespace")
def test_an_attempt_that_python_does_not_see_is_counted_by_the_kernel(fresh: Quarantine):
    fresh.run(sys.executable, "-c", UNSEEN)
    assert "kernel Ip OutNoRoutes" in fresh.attempts


def test_this_machine_itself_can_be_reached(fresh: Quarantine):
    talk = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(s.getsockname(), 1); print('reached')"
    )
    assert fresh.run(sys.executable, "-c", talk).stdout == "reached\n"
    assert fresh.attempts == ""


# --- And nothing tries to leave it


def test_importing_a_page_tries_nothing(used: Quarantine):
    assert (used.knowledge / "small" / "comments.yaml").is_file()
    assert used.attempts == ""


def test_building_the_index_tries_nothing(used: Quarantine):
    done = used.run(*CLI, "index")
    assert (done.returncode, used.attempts) == (0, ""), done.stderr


def test_asking_tries_nothing(used: Quarantine):
    done = used.run(*CLI, "ask", "Should fines be kept?", "--json")
    assert (done.returncode, used.attempts) == (0, ""), done.stderr
    assert json.loads(done.stdout)["provenance"]["model"] == "embedded"


def test_the_window_tries_nothing(used: Quarantine):
    done = used.run(*SERVE)
    assert (done.stdout.strip(), used.attempts) == ("200 True", ""), done.stderr


def test_the_bundled_text_is_answered_from_with_an_empty_home(fresh: Quarantine):
    bundled = {"COUNTERPOINT_KNOWLEDGE_DIR": str(ROOT / "knowledge"), "COUNTERPOINT_COLLECTION": "levine"}
    done = fresh.run(*CLI, "ask", "Would you call a good therapist a healer?", "--json", **bundled)
    assert (done.returncode, fresh.attempts) == (0, ""), done.stderr
    answer = json.loads(done.stdout)
    assert answer["voices_for"]
    assert answer["voices_against"]


@pytest.mark.skipif(
    not any((Path(entry) / "onnxruntime").is_dir() for entry in sys.path),
    reason="onnxruntime is not installed",
)
def test_onnxruntime_tries_nothing(fresh: Quarantine):
    code = "from bot.settings import quiet_libraries; quiet_libraries(); import onnxruntime, chromadb, gradio"
    done = fresh.run(sys.executable, "-c", code)
    assert (done.returncode, fresh.attempts) == (0, ""), done.stderr
