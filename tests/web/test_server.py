import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bot.web.server import AddressError, claim_address, shown_address
from tests.conftest import ROOT, SECRET, Served, environment, free_port, serving


def run_app(place: Path, port: int, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment(place, port, **more),
        capture_output=True,
        text=True,
        timeout=60,
    )


def fetch(served: Served, path: str) -> str:
    with urllib.request.urlopen(served.url + path) as reply:
        return reply.read().decode()


def test_a_taken_port_is_one_plain_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run_app(tmp_path, port)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert f"Port {port} is already taken" in ended.stderr


def test_an_unknown_setting_is_one_plain_sentence(tmp_path: Path) -> None:
    ended = run_app(tmp_path, free_port(), COUNTERPOINT_COLOUR="red")
    assert ended.returncode == 1
    assert ended.stderr.startswith("COUNTERPOINT_COLOUR is not a setting") and ended.stderr.count("\n") == 1


def test_a_missing_collection_is_one_plain_sentence(tmp_path: Path) -> None:
    ended = run_app(tmp_path, free_port(), COUNTERPOINT_COLLECTION="nowhere")
    assert ended.returncode == 1
    assert "nowhere is not a collection" in ended.stderr and "Traceback" not in ended.stderr


def test_an_index_in_use_is_one_plain_sentence(real_window: Served) -> None:
    ended = run_app(real_window.log.parent, free_port())
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressError, match="no address of this machine"):
        claim_address("192.0.2.1", free_port())


def test_a_free_port_can_be_claimed_and_then_used() -> None:
    port = free_port()
    claim_address("127.0.0.1", port)
    with socket.socket() as user:
        user.bind(("127.0.0.1", port))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:7860"),
        ("0.0.0.0", "http://127.0.0.1:7860"),
        ("::1", "http://[::1]:7860"),
    ],
)
def test_the_shown_address_can_be_opened_here(host: str, address: str) -> None:
    assert shown_address(host, 7860) == address


def test_health_says_that_it_is_ready(scripted_window: Served) -> None:
    assert json.loads(fetch(scripted_window, "/health")) == {
        "status": "ready",
        "collection": "mill",
        "model": "embedded",
    }


@pytest.mark.parametrize("path", ["/", "/health"])
def test_the_key_is_never_shown(scripted_window: Served, path: str) -> None:
    assert SECRET not in fetch(scripted_window, path)


def test_upload_does_not_exist(scripted_window: Served) -> None:
    request = urllib.request.Request(scripted_window.url + "/gradio_api/upload", b"x", method="POST")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(request)


def test_the_page_forbids_everything_from_elsewhere(scripted_window: Served) -> None:
    with urllib.request.urlopen(scripted_window.url) as reply:
        assert "default-src 'self'" in reply.headers["content-security-policy"]


def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    with serving("tests/web/scripted_server.py", tmp_path) as served:
        os.kill(served.process.pid, signal.SIGTERM)
        assert served.process.wait(20) == 0
        assert served.log.read_text("utf-8").splitlines() == [f"Counterpoint is ready at {served.url}"]
