"""A model at an endpoint that reads the shipped text and says that it holds no answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.guide import open_guide
from bot.records import Outcome
from bot.settings import EMBEDDED, Settings
from bot.tools import LOOK_UP_MAP, SEARCH
from tests.asked import Opener, asked, drafted, opener
from tests.conftest import copy_of
from tests.endpoint import calls


@pytest.fixture(scope="module")
def open_at(opened_before: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    guide = open_guide(Settings(data_dir=copy_of(opened_before, tmp_path_factory.mktemp("denials"))))
    yield opener(guide._library)
    guide.close()


def denied(open_at: Opener, question: str, outcome: str) -> Any:
    looked_up = calls((LOOK_UP_MAP, {"question": question}), (SEARCH, {"query": question}))
    denies = calls(drafted(outcome=outcome, topics=[]))
    with asked(open_at, looked_up, denies, question=question, context_tokens=30_000) as (_, answer, _server):
        return answer


@pytest.mark.parametrize("outcome", ["not_in_collection", "off_topic"])
@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("Why is it denied that everyone can heal and be healed?", "it plays havoc with capitalism"),
        ("Should people call themselves healers?", ""),
    ],
)
def test_a_denial_of_what_the_model_has_read_is_made_good(
    open_at: Opener, question: str, held: str, outcome: str
):
    answer = denied(open_at, question, outcome)
    assert any(held in statement.evidence[0].quote for statement in answer.statements)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.provenance.model == EMBEDDED
    assert answer.provenance.fallback in {
        "the model found nothing, though the text answers this",
        "the model found nothing, and had not read what answers this",
    }


NAMED_IN_PASSING = pytest.mark.xfail(
    strict=True, reason="the embedded model answers this itself, with a sentence that names France in passing"
)


@pytest.mark.parametrize(
    "question",
    [
        "Which bus goes to the station on Sundays?",
        pytest.param("What is the capital of France?", marks=NAMED_IN_PASSING),
    ],
)
def test_a_denial_of_what_is_not_there_stands(open_at: Opener, question: str):
    answer = denied(open_at, question, "off_topic")
    assert (answer.statements, answer.outcome, answer.provenance.fallback) == ((), Outcome.OFF_TOPIC, None)
