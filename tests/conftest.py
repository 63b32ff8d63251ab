"""Fixtures for the tests that start the window and look at it in a browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.corpus import Collection, load_collection
from tests.web.scripted_server import write_collection

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)
LOCAL = {"127.0.0.1", "localhost"}
SECRET = "sk-never-to-be-shown"
READY = "Counterpoint is ready at "
READY_SECONDS = 300
OPEN = """import sys
from pathlib import Path
from bot.guide import open_guide
from bot.settings import Settings
open_guide(Settings(data_dir=Path(sys.argv[1]))).close()"""
# A busy machine is slow, not wrong.
expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Served:
    """A running window: where it is, its process, and the file that its output goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


# Before pytest's own, which chooses by the mark.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps a loop running, beside which `asyncio.run` refuses to work.

    They carry the mark `in_browser`, as they are best run by one worker: every worker would start
    windows of its own, which take time from each other.
    """
    items.sort(key=_in_browser)
    for item in items:
        if _in_browser(item):
            item.add_marker(pytest.mark.in_browser)


def _in_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(place: Path, port: int, **more: str) -> dict[str, str]:
    """An environment with an empty home, no settings of the person who runs the tests, and a key to leak."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COUNTERPOINT_", "OPENAI_", "GRADIO_"))
    }
    own = {
        "HOME": str(place),
        "COUNTERPOINT_DATA_DIR": str(place / "data"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
        "OPENAI_API_KEY": SECRET,
    }
    return kept | own | more


@contextmanager
def serving(program: str, place: Path, **more: str) -> Generator[Served]:
    """Run a program that serves the window, from its ready line until the block ends; `more` settings."""
    port, log = int(more.get("PORT") or free_port()), place / "window.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / program)],
            cwd=ROOT,
            env=environment(place, port, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + READY_SECONDS
        while READY not in log.read_text("utf-8"):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{program} did not get ready:\n{log.read_text('utf-8')}")
            time.sleep(0.1)
        yield Served(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def opened_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the bundled collection was opened, for `copy_of`: anew it takes long."""
    own = tmp_path_factory.getbasetemp()
    # One for all workers of a run.
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "opened-before"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            making = folder.with_suffix(".part")
            command = [sys.executable, "-c", OPEN, str(making)]
            subprocess.run(command, cwd=ROOT, env=environment(own, free_port()), check=True)
            making.rename(folder)
    return folder


def copy_of(opened: Path, place: Path) -> Path:
    """The data folder `place`/data, as one that a start before this one left behind."""
    return Path(shutil.copytree(opened, place / "data"))


@pytest.fixture(scope="session")
def mill(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """The small text that the scripted guide answers about."""
    return load_collection(write_collection(tmp_path_factory.mktemp("knowledge") / "mill"))


@pytest.fixture(scope="session")
def real_window(opened_before: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`python app.py`, as a visitor meets it."""
    place = tmp_path_factory.mktemp("real")
    copy_of(opened_before, place)
    with serving("app.py", place) as served:
        yield served


@pytest.fixture(scope="session")
def scripted_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same window over the tests' own text, with a guide that plays a script."""
    with serving("tests/web/scripted_server.py", tmp_path_factory.mktemp("scripted")) as served:
        yield served


@pytest.fixture(scope="session")
def open_handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The scripted window where the operator takes feedback and lets answers into a suite."""
    place = tmp_path_factory.mktemp("open-handed")
    allowed = {"COUNTERPOINT_FEEDBACK": "true", "COUNTERPOINT_SUITE_FILE": str(place / "mine.jsonl")}
    with serving("tests/web/scripted_server.py", place, **allowed) as served:
        yield served


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    if CHROMIUM is None:
        reason = "chromium is not installed, so nothing was tested in a browser: apt-get install chromium"
        # Where the browser must be there (CI), a skip would be a gate that stands open.
        (pytest.fail if "browser" in os.environ.get("TESTS_MUST_RUN", "").split(",") else pytest.skip)(reason)
    return {"executable_path": CHROMIUM, "args": list(CHROMIUM_FLAGS)}


# A page that is being left aborts what it still waits for, and Gradio's scripts call that an error.
LEAVING = """for (const kind of ["beforeunload", "pagehide"])
  addEventListener(kind, () => (console.error = () => undefined), { capture: true });"""


def is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"data", "blob", "about", "file"} or parts.hostname in LOCAL


def watched(page: Page, faults: list[str]) -> Page:
    """The page, noting in `faults` each request that leaves this machine and each error of its scripts."""
    page.on(
        "request", lambda request: None if is_local(request.url) else faults.append(f"left: {request.url}")
    )
    page.on(
        "console",
        lambda message: faults.append(f"console: {message.text}") if message.type == "error" else None,
    )
    page.add_init_script(LEAVING)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    return page


@pytest.fixture(scope="session")
def usual_visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A context that keeps the page's scripts, which to load and compile takes a third of every visit."""
    context = browser.new_context()
    yield context
    context.close()


def as_new(context: BrowserContext, width: int, height: int) -> Page:
    """A page of a context that has forgotten all that its earlier pages left on the device."""
    context.clear_cookies()
    context.set_offline(False)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    session = context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    session.detach()
    return page


@pytest.fixture
def new_page(browser: Browser, usual_visitor: BrowserContext) -> Iterator[Callable[..., Page]]:
    """Makes a watched page for one more visitor; the test fails for what any of them did wrong."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def make(width: int = 1280, height: int = 800, **options: Any) -> Page:
        if not usual_visitor.pages and not options:
            return watched(as_new(usual_visitor, width, height), faults)
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        return watched(context.new_page(), faults)

    yield make
    for page in usual_visitor.pages:
        page.close()
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One visitor's watched page, 1280 by 800."""
    return new_page()
