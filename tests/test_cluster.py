"""One Chroma server, two windows and nginx in front: asked through it, and again after one is killed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from benchmarks.visitor import Visitor
from tests.conftest import ROOT, Served, copy_of, free_port, serving

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
QUESTION, FOLLOW_UP = "Would you call a good therapist a healer?", "And who disagrees with that?"
VISITORS = 12


@dataclass
class Cluster:
    url: str
    apps: list[Served]
    chroma: subprocess.Popen[bytes]


@contextmanager
def running(command: list[str], log: Path) -> Generator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=log.parent, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(url).status_code < 500:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    pytest.fail(f"{url} did not answer.")


@contextmanager
def chroma_server(place: Path, port: int) -> Generator[subprocess.Popen[bytes]]:
    """A Chroma server that answers at 127.0.0.1, its vectors and its log in `place`."""
    chroma = Path(sys.executable).with_name("chroma")
    command = [str(chroma), "run", "--path", str(place / "vectors"), "--port", str(port)]
    with running([*command, "--host", "127.0.0.1"], place / "chroma.log") as server:
        wait_for(f"http://127.0.0.1:{port}/api/v2/heartbeat")
        yield server


def nginx_config(place: Path, port: int, apps: list[Served]) -> Path:
    site = (ROOT / "deploy" / "counterpoint.conf.template").read_text("utf-8")
    servers = " ".join(f"server {app.url.removeprefix('http://')};" for app in apps)
    site = site.replace("${COUNTERPOINT_LISTEN}", f"127.0.0.1:{port}").replace(
        "${COUNTERPOINT_APPS}", servers
    )
    (place / "site.conf").write_text(site, "utf-8")
    temporary = "".join(
        f"{kind}_temp_path {place}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = place / "nginx.conf"
    config.write_text(
        f"daemon off; pid {place}/nginx.pid; error_log {place}/error.log; events {{}}"
        f"http {{ access_log off; {temporary} include {place}/site.conf; }}",
        "utf-8",
    )
    return config


@pytest.fixture(scope="module")
def cluster(opened_before: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if NGINX is None:
        reason = "nginx is not installed, so nothing was tested behind it: apt-get install nginx-light"
        must = "nginx" in os.environ.get("TESTS_MUST_RUN", "").split(",")
        (pytest.fail if must else pytest.skip)(reason)
    place = tmp_path_factory.mktemp("cluster")
    chroma_port, port = free_port(), free_port()
    with ExitStack() as stack:
        server = stack.enter_context(chroma_server(place, chroma_port))
        apps = []
        for name in ("one", "two"):
            # Its vectors are the server's, which holds none yet.
            copy_of(opened_before, place / name)
            settings = {
                "COUNTERPOINT_CHROMA_URL": f"http://127.0.0.1:{chroma_port}",
                "COUNTERPOINT_TRUSTED_PROXIES": "127.0.0.1",
                "COUNTERPOINT_LOG": "json",
                "COUNTERPOINT_METRICS": "true",
            }
            apps.append(stack.enter_context(serving("app.py", place / name, **settings)))
        config = nginx_config(place, port, apps)
        stack.enter_context(running([NGINX, "-p", str(place), "-c", str(config)], place / "nginx.log"))
        wait_for(f"http://127.0.0.1:{port}/")
        yield Cluster(f"http://127.0.0.1:{port}", apps, server)


def questions(app: Served) -> list[dict]:
    rows = [json.loads(line) for line in app.log.read_text("utf-8").splitlines() if line.startswith("{")]
    return [row for row in rows if row["event"] == "question"]


async def asks(visitor: Visitor, question: str) -> bool:
    heard = await visitor.ask(question)
    return heard.ok and heard.first is not None


def test_visitors_stay_and_go_on_when_a_process_dies(cluster: Cluster) -> None:
    async def scenario() -> None:
        async with Visitors(cluster.url, VISITORS) as visitors:
            for visitor in visitors:
                assert await asks(visitor, QUESTION)
            for visitor in visitors:
                assert await asks(visitor, FOLLOW_UP)
            turns = [Counter(row["turn"] for row in questions(app)) for app in cluster.apps]
            assert all(each[1] == each[2] for each in turns), f"a follow-up went to another process: {turns}"
            assert all(turns), "one process got every visitor"
            os.kill(cluster.apps[0].process.pid, signal.SIGKILL)
            cluster.apps[0].process.wait(10)
            for visitor in visitors:
                assert await asks(visitor, QUESTION)

    asyncio.run(scenario())
    assert len(questions(cluster.apps[1])) > VISITORS


def test_without_chroma_the_windows_still_answer(cluster: Cluster) -> None:
    cluster.chroma.kill()
    cluster.chroma.wait(10)

    async def scenario() -> None:
        async with Visitors(cluster.url, 1) as visitors:
            assert await asks(visitors[0], QUESTION)

    asyncio.run(scenario())
    ready = httpx.get(f"{cluster.apps[1].url}/ready")
    assert (ready.status_code, ready.json()["chroma"]) == (200, "does not answer")


@pytest.mark.parametrize("path", ["/metrics", "/health", "/ready", "/present", "/reports"])
def test_what_is_the_operators_does_not_open_through_nginx(cluster: Cluster, path: str) -> None:
    reply = httpx.get(cluster.url + path, headers={"X-Forwarded-For": "127.0.0.1"})
    assert reply.status_code in (403, 404)


def test_what_a_visitor_claims_of_their_address_does_not_reach_the_page(cluster: Cluster) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example"}
    assert "evil.example" not in httpx.get(cluster.url, headers=headers).text


class Visitors:
    """So many visitors, each with cookies of their own."""

    def __init__(self, url: str, number: int) -> None:
        self._visitors = [Visitor(url, httpx.AsyncClient(timeout=30)) for _ in range(number)]

    async def __aenter__(self) -> list[Visitor]:
        return self._visitors

    async def __aexit__(self, *_: object) -> None:
        for visitor in self._visitors:
            await visitor.http.aclose()
