"""From a cold process to the first page and the first answer, beside importing the libraries alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from statistics import median

import httpx

from benchmarks.report import Table
from benchmarks.servers import window
from benchmarks.visitor import Visitor
from bot.settings import ROOT

IMPORTS = "import gradio, chromadb, langchain.agents, langchain_core"


def measure(rounds: int = 3) -> Table:
    """`rounds` cold starts of each kind, in turn, with an index that is there already."""
    imports, pages, answers = [], [], []
    with tempfile.TemporaryDirectory() as place:
        with window(place):
            pass
        for _ in range(rounds):
            imports.append(_imports())
            page, answer = _window(place)
            pages.append(page)
            answers.append(answer)
    base = median(imports)
    table = Table(
        "Start", f"{rounds} cold starts of each kind in turn, files cached by the system; medians, seconds."
    )
    for what, taken in (("imports alone", imports), ("first page", pages), ("first answer", answers)):
        table.rows.append({"until": what, "s": median(taken), "÷ imports": median(taken) / base})
    return table


def _imports() -> float:
    started = time.perf_counter()
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", "ORT_DISABLE_TELEMETRY": "1"}
    subprocess.run([sys.executable, "-c", IMPORTS], cwd=ROOT, env=environment, check=True)
    return time.perf_counter() - started


def _window(place: str) -> tuple[float, float]:
    started = time.perf_counter()
    with window(place, wait=False) as running:
        url = running.url
        while True:
            try:
                if httpx.get(url).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.02)
        page = time.perf_counter() - started

        async def ask() -> None:
            async with httpx.AsyncClient(timeout=60) as http:
                await Visitor(url, http).ask("Would you call a good therapist a healer?")

        asyncio.run(ask())
        return page, time.perf_counter() - started
