"""The time that a question's model has, where its stream never stops sending."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.faults import TOO_LATE
from tests.asked import Opener, asked, opener
from tests.endpoint import drips

LIMIT, FOREVER = 0.5, 30.0


@pytest.fixture(scope="session")
def open_at(library: Any) -> Opener:
    return opener(library)


# Whether the end of the time falls together with a chunk is chance.
@pytest.mark.parametrize("pause", [0.0, 0.0, 0.0, 0.001])
def test_a_stream_that_sends_as_fast_as_it_can_is_ended_in_time(open_at: Opener, pause: float):
    begun = time.monotonic()
    with asked(open_at, drips(FOREVER, pause=pause), answer_timeout=LIMIT) as (_, answer, _server):
        assert (answer.provenance.fallback, bool(answer.statements)) == (TOO_LATE, True)
    assert time.monotonic() - begun < FOREVER / 2
