"""The window with its stage, served once for the tests that look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Served, serving


@pytest.fixture(scope="session")
def stage_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real guide over the small collection, with a scripted model at an endpoint, and its stage."""
    with serving("tests/web/stage_server.py", tmp_path_factory.mktemp("stage")) as served:
        yield served
