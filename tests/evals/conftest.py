"""The guide over the small invented collection of the evaluations, and answers made from it by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.records import Answer
from bot.settings import Settings
from evals.bench import Bench, open_bench
from evals.bots import Bot
from evals.cases import COLLECTIONS

NIGHT = "night-buses"


@pytest.fixture(scope="session")
def night_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(collection=NIGHT, knowledge_dir=COLLECTIONS, data_dir=tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="session")
def night(night_settings: Settings) -> Iterator[Bench]:
    """The bench of the night buses, with the real guide and index."""
    with open_bench(night_settings) as bench:
        yield bench


@pytest.fixture(scope="session")
def maker(night: Bench) -> Bot:
    """Makes answers by hand."""
    return Bot(night)


@pytest.fixture(scope="session")
def answered(night: Bench) -> Answer:
    """A real answer with both sides."""
    return asyncio.run(night.guide.answer_async("Should the town have buses all night?"))


@pytest.fixture
def written(tmp_path: Path):
    """Writes lines into a suite file."""

    def write(*lines: str, name: str = "own") -> Path:
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write
