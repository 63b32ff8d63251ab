"""The working of an answer: the same searches, drafts and verdicts that the answer was made from."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.events import Finished, last_of
from bot.settings import EMBEDDED
from bot.working import Working, working_key
from tests.asked import BOTH, LOOKED_UP, Opener, asked, drafted, opener, statement
from tests.endpoint import MODEL, calls, fails

QUESTION = "Should the library stop charging for late books?"


@pytest.fixture(scope="module")
def finished(guide: Any) -> Finished:
    return asyncio.run(last_of(guide.stream(QUESTION)))


@pytest.fixture(scope="module")
def working(finished: Finished) -> Working:
    assert finished.working
    return finished.working


@pytest.fixture(scope="session")
def open_at(library: Any) -> Opener:
    return opener(library)


def working_of(events: list) -> Working:
    working = events[-1].working
    assert working
    return working


def test_the_search_is_noted_as_it_ran(working: Working, guide: Any):
    (search,) = working.searches
    hits = guide.index.search(search.query, len(search.hits))
    assert search.query == QUESTION
    assert [(hit.passage, round(hit.score, 4)) for hit in hits] == [
        (found.passage, found.score) for found in search.hits
    ]


def test_the_topics_hold_the_answers_own_and_its_speakers(working: Working, finished: Finished):
    topics = {topic.topic: topic for topic in working.topics}
    assert finished.answer.topics[0] in topics
    speakers = {position.speaker for topic in working.topics for position in topic.positions}
    assert {each.speaker for each in finished.answer.statements} <= speakers


def test_what_was_drafted_is_what_was_shown_and_dropped(working: Working, finished: Finished):
    made = [each.statement for each in working.drafted]
    assert [each for each in made if each.check.verdict == "passed"] == list(finished.answer.statements)
    assert [each for each in made if each.check.verdict == "failed"] == list(finished.answer.dropped)
    assert working.model == EMBEDDED


def test_an_answer_in_fixed_words_has_none(guide: Any):
    assert asyncio.run(last_of(guide.stream("I want to kill myself"))).working is None


def test_a_dropped_draft_of_an_endpoint_is_kept_with_its_finding(open_at: Opener):
    wrong = statement(("C2", "These words stand nowhere in it"), "against")
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH, wrong))) as (events, answer, _server):
        failed = [d.statement for d in working_of(events).drafted if d.statement.check.verdict == "failed"]
    assert failed == list(answer.dropped) and len(failed) == 1
    assert working_of(events).model == MODEL


def test_what_the_embedded_model_drafted_in_its_place_is_marked(open_at: Opener):
    with asked(open_at, fails(401)) as (events, _answer, _server):
        assert {each.stand_in for each in working_of(events).drafted} == {True}


def test_the_embedded_twin_asks_no_endpoint(open_at: Opener):
    with asked(open_at, LOOKED_UP, calls(drafted(*BOTH))) as (_, _answer, server):
        guide = open_at(server.url)
        before = len(server.requests)
        answer = asyncio.run(last_of(guide.embedded().stream(QUESTION))).answer
    assert (answer.provenance.model, len(server.requests)) == (EMBEDDED, before)


def test_the_key_tells_two_answers_apart(finished: Finished, guide: Any):
    again = guide.answer(QUESTION)
    assert working_key(finished.answer) == working_key(finished.answer.model_copy())
    assert working_key(again) != working_key(finished.answer)
