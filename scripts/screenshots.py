"""The main views of the window as pictures in `docs/`, from the running thing: `make screenshots`.

Starts `app.py` on a free port with the embedded model, drives it in Chromium, and writes one PNG a view.
With a folder as its argument every view is taken at three sizes, light and dark, for looking over.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Is it okay for a counsellor to call himself a healer?"
ONE_SIDED = "Does ECT work?"
SIZES = {"laptop": (1280, 800), "projector": (1920, 1080), "phone": (390, 844)}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
]
SCHEMES: dict[str, Literal["light", "dark"]] = {"light": "light", "dark": "dark"}
READY_SECONDS = 300


@contextmanager
def served() -> Generator[str]:
    """The window's address, from when it is ready until the block ends."""
    with socket.socket() as probe, tempfile.TemporaryDirectory() as place:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        own = {"HOST": "127.0.0.1", "PORT": str(port), "COUNTERPOINT_DATA_DIR": place}
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=os.environ | own)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address) as reply:
                if b"ready" in reply.read():
                    return
        except OSError:
            pass
        time.sleep(0.5)
    sys.exit("The window did not get ready: run app.py and see what it says.")


def empty(page: Page) -> None:
    page.locator("button.ask-this").first.wait_for()


def ask(page: Page, question: str = QUESTION) -> None:
    empty(page)
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.locator("#chat .answer.finished").wait_for()
    page.wait_for_timeout(400)


def source(page: Page) -> None:
    ask(page)
    page.locator("#chat .side.against a.cite").nth(2).click()


def one_sided(page: Page) -> None:
    ask(page, ONE_SIDED)


def foot(page: Page) -> None:
    ask(page)
    page.locator("#chat .onward").scroll_into_view_if_needed()


def tip(page: Page) -> None:
    ask(page)
    page.locator("#chat a.cite").nth(1).focus()
    page.keyboard.press("Tab")


def finding(page: Page) -> None:
    empty(page)
    page.locator(".open-source").click()
    page.fill("#source-query", "healer")
    page.keyboard.press("Enter")


def crisis(page: Page) -> None:
    ask(page, "I want to kill myself tonight")


def slide(page: Page, number: int = 2) -> None:
    page.goto(f"{page.url.rstrip('/')}/present#{number}")
    page.locator(".slide.unanswered").first.wait_for(state="detached")
    page.locator(".slide:visible .answer").wait_for()


def working(page: Page) -> None:
    origin = page.url
    slide(page)
    page.goto(f"{origin.rstrip('/')}{page.locator('.slide:visible').get_attribute('data-working')}")
    page.locator("#found").wait_for()


def broken(page: Page) -> None:
    working(page)
    page.get_by_role("button", name="Plant a wrong quote").click()
    page.locator("#break-result .outcome").wait_for()
    page.locator("#break h2").evaluate("each => each.scrollIntoView()")


def compare(page: Page) -> None:
    page.goto(f"{page.url}compare#{ONE_SIDED}")
    page.locator(".model .answer").wait_for()


def reports(page: Page) -> None:
    page.goto(f"{page.url}reports")


def absent(page: Page) -> None:
    ask(page, "Who won the World Cup in 2018?")


VIEWS: dict[str, Callable[[Page], None]] = {
    "empty": empty,
    "answer": ask,
    "source": source,
    "one-sided": one_sided,
    "foot": foot,
    "tip": tip,
    "find": finding,
    "crisis": crisis,
    "absent": absent,
    "present": slide,
    "working": working,
    "broken": broken,
    "compare": compare,
    "reports": reports,
}
SHIPPED = {
    "window": ("answer", "laptop", "light"),
    "phone": ("answer", "phone", "dark"),
    "source": ("source", "laptop", "light"),
    "find": ("find", "laptop", "light"),
    "present": ("present", "laptop", "dark"),
    "working": ("broken", "laptop", "light"),
    "crisis": ("crisis", "phone", "light"),
}
# Text on plain paper needs few colours, and the pictures travel with every clone.
COLOURS = 128


def make_small(path: Path) -> None:
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def main() -> None:
    """Take the shipped pictures, or all of them into the folder named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    every = [(f"{v}-{s}-{c}", (v, s, c)) for v in VIEWS for s in SIZES for c in ("light", "dark")]
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, (view, size, scheme) in every if folder else SHIPPED.items():
            width, height = SIZES[size]
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=SCHEMES[scheme])
            page.goto(address)
            VIEWS[view](page)
            page.wait_for_timeout(300)
            path = (folder or ROOT / "docs") / f"{name}.png"
            page.screenshot(path=path)
            page.close()
            if folder is None:
                make_small(path)
        browser.close()


if __name__ == "__main__":
    main()
