from __future__ import annotations

from concurrent.futures import Future

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.corpus import Collection
from bot.settings import Settings
from bot.web.conversation import AnyGuide
from bot.web.health import routes
from bot.web.metrics import Metrics
from tests.web.scripted_server import ScriptedGuide


class Indexed(ScriptedGuide):
    answering = True

    def chroma_answers(self) -> bool:
        return self.answering


@pytest.fixture
def guide() -> Future[AnyGuide]:
    return Future()


def client(guide: Future[AnyGuide], metrics: Metrics | None = None) -> TestClient:
    return TestClient(Starlette(routes=routes(Settings(), guide, metrics)))


def test_before_the_guide_is_open_it_lives_and_is_not_ready(guide: Future[AnyGuide]) -> None:
    served = client(guide)
    assert served.get("/health").json()["status"] == "opening"
    assert served.get("/ready").status_code == 503


def test_once_it_is_open_it_is_ready(guide: Future[AnyGuide], mill: Collection) -> None:
    guide.set_result(ScriptedGuide(Settings(), mill))
    assert client(guide).get("/ready").json() == {"ready": True, "chroma": "answers"}


def test_a_guide_that_could_not_be_opened_is_never_ready(guide: Future[AnyGuide]) -> None:
    guide.set_exception(ValueError("no index"))
    assert client(guide).get("/ready").status_code == 503


def test_without_its_chroma_it_stays_ready_and_says_so(guide: Future[AnyGuide], mill: Collection) -> None:
    indexed = Indexed(Settings(), mill)
    indexed.answering = False
    guide.set_result(indexed)
    reply = client(guide).get("/ready")
    assert (reply.status_code, reply.json()["chroma"]) == (200, "does not answer")


def test_metrics_are_there_only_where_they_are_wanted(guide: Future[AnyGuide]) -> None:
    assert client(guide).get("/metrics").status_code == 404
    assert "counterpoint_questions" in client(guide, Metrics()).get("/metrics").text
