"""A small invented collection for tests, and what is opened over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from bot.corpus import Collection, load_collection
from bot.positions import DebateMap, load_map
from bot.settings import ROOT, Settings

if TYPE_CHECKING:  # Heavy, and a plugin is imported before every run.
    from bot.guide import Guide
    from bot.tools import Library

# How long one example takes says more about the machine than about the code.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")

COLLECTIONS = Path(__file__).parent / "collections"
FINES = COLLECTIONS / "fines"


@pytest.fixture(scope="session")
def fines() -> Collection:
    return load_collection(FINES)


@pytest.fixture(scope="session")
def fines_map() -> DebateMap:
    return load_map(FINES)


@pytest.fixture(scope="session")
def fines_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        collection="fines",
        knowledge_dir=COLLECTIONS,
        prompts_dir=ROOT / "prompts",
        data_dir=tmp_path_factory.mktemp("fines"),
    )


@pytest.fixture(scope="session")
def library(fines: Collection, fines_map: DebateMap, fines_settings: Settings) -> Iterator[Library]:
    """Everything the tools read, over the small collection, with the real index."""
    from bot.embedding import load_embedding
    from bot.facts import load_facts
    from bot.index import open_index
    from bot.tools import Library
    from bot.topics import Finder

    embedding = load_embedding(fines_settings)
    facts = load_facts(FINES)
    with open_index(fines, fines_settings, embedding=embedding, extra_texts=facts.questions) as index:
        yield Library(fines, index, fines_map, Finder(fines_map, facts, embedding), fines_settings)


@pytest.fixture(scope="session")
def guide(library: Library, fines_settings: Settings) -> Iterator[Guide]:
    """The whole guide over the small collection."""
    from bot.guide import open_guide

    opened = open_guide(fines_settings)
    yield opened
    opened.close()
