"""The tests' own small text, and answers about it."""

from __future__ import annotations

import pytest

from bot.corpus import Collection, load_collection
from tests.web.scripted_server import write_collection


@pytest.fixture(scope="session")
def mill(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return load_collection(write_collection(tmp_path_factory.mktemp("knowledge") / "mill"))
