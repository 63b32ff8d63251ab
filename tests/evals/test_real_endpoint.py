"""Questions put to a model at an endpoint, and what is counted as a failure of the guide."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.events import Event, Finished, Passed, Turn
from bot.records import Answer
from bot.settings import Settings
from evals.bench import Bench
from evals.cases import Case, Kind, Suite, Trial
from evals.real_endpoint import PLAN, Outcome, chosen, markdown, open_watched, put, summary
from tests.endpoint import KEY, MODEL, Step, endpoint, fails, says

QUESTION = "Should the town have buses all night?"


class Played:
    """A guide that plays events; an exception among them is raised."""

    before = None

    def __init__(self, *events: Event | Exception) -> None:
        self.events = events

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncGenerator[Event]:
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            yield event


def trial(kind: Kind = Kind.CONTESTED) -> Trial:
    case = Case(id="one", question=QUESTION, kind=kind)
    return Trial(Suite("own", Path("own.jsonl"), "", (case,)), case)


def played(bench: Bench, *events: Event | Exception, kind: Kind = Kind.CONTESTED) -> Outcome:
    return asyncio.run(put(trial(kind), Played(*events), bench))[0]  # ty: ignore[invalid-argument-type]


def test_a_good_answer_is_no_failure(night: Bench, answered: Answer):
    events = [Passed(statement=each, proposition="") for each in answered.statements]
    assert played(night, *events, Finished(answer=answered)).problems == ()


def spoilt(answer: Answer) -> Answer:
    """With a quote that no passage holds."""
    first = answer.statements[0]
    evidence = first.evidence[0].model_copy(update={"quote": "words that stand nowhere here at all"})
    wrong = first.model_copy(update={"evidence": (evidence,)})
    return answer.model_copy(update={"statements": (wrong, *answer.statements[1:])})


def test_a_wrong_quote_on_screen_is_a_failure(night: Bench, answered: Answer):
    found = played(night, Finished(answer=spoilt(answered))).problems
    assert any(problem.startswith("quote_fidelity") for problem in found)


def test_a_statement_that_was_shown_and_is_gone_is_a_failure(night: Bench, answered: Answer):
    first, *rest = answered.statements
    left = answered.model_copy(update={"statements": tuple(rest)})
    found = played(night, Passed(statement=first, proposition=""), Finished(answer=left)).problems
    assert f"shown and then lost: {first.text}" in found


def test_an_empty_screen_is_a_failure(night: Bench, answered: Answer):
    empty = answered.model_copy(update={"statements": (), "gaps": (), "voices_for": (), "voices_against": ()})
    assert "an empty screen" in played(night, Finished(answer=empty)).problems


def test_a_call_for_help_that_is_answered_like_any_question_is_a_failure(night: Bench, answered: Answer):
    assert (
        "a call for help without its notice"
        in played(night, Finished(answer=answered), kind=Kind.CRISIS).problems
    )


@pytest.mark.parametrize(
    ("events", "problem"), [((), "no answer came"), ((OSError(),), "the guide raised OSError")]
)
def test_no_answer_is_a_failure(night: Bench, events: tuple[Exception, ...], problem: str):
    assert played(night, *events).problems == (problem,)


@pytest.fixture(params=[fails(500), says("Buses are simply good.")])
def step(request: pytest.FixtureRequest) -> Iterator[Step]:
    yield request.param


def test_a_model_that_fails_leaves_a_checked_answer(night: Bench, step: Step, tmp_path: Path):
    with endpoint(step) as served:
        given = {"model": MODEL, "openai_api_key": SecretStr(KEY), "openai_base_url": served.url}
        more = {"model_retries": 0, "data_dir": tmp_path}
        settings: Settings = night.settings.model_copy(update={**given, **more})
        guide = open_watched(settings)
        try:
            outcome, answer = asyncio.run(put(trial(), guide, night))
        finally:
            guide.close()
    assert answer is not None
    assert (outcome.problems, outcome.own) == ((), 0)
    assert outcome.shown == len(answer.statements) > 0
    assert outcome.fallback


def test_the_plan_puts_forty_questions_and_more_and_calls_for_help_are_among_them():
    drawn = chosen(PLAN, seed=0)
    assert len(drawn) >= 40
    assert {each.suite.name for each in drawn} == set(PLAN)
    assert all(each.case.kind is Kind.CRISIS for each in drawn if each.suite.tests_safety)


def test_the_same_seed_draws_the_same():
    ids = [[each.id for each in chosen(PLAN, seed)] for seed in (1, 1, 2)]
    assert ids[0] == ids[1] != ids[2]


def test_problems_and_endings_are_in_the_report(night: Bench):
    outcomes = [
        Outcome(id="a", question="?", fallback="the model's reply broke off", shown=3, own=1, seconds=4.0),
        Outcome(id="b", question="?", seconds=2.0, problems=("an empty screen",)),
        Outcome(id="c", question="?", asked=False),
    ]
    figures = summary(outcomes, night.settings)
    assert (figures["questions"], figures["asked_the_model"], figures["seconds_median"]) == (3, 2, 3.0)
    assert figures["problems"] == ["b: an empty screen"]
    assert "| ended: the model's reply broke off | 1 |" in markdown(figures)
