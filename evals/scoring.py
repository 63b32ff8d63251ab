"""From one stored answer to its score: every measure of the catalogue, and why it did badly."""

from __future__ import annotations

from pydantic import Field

from bot.records import Answer, Record
from evals.bench import Bench
from evals.cases import Trial
from evals.conduct import count_conduct
from evals.gold import count_gold, gold_passages, two_sided
from evals.metrics import Complaint, Measure, Tally
from evals.retrieval import measure as measure_search
from evals.retrieval import recall
from evals.shown import count_shown
from evals.support import Prices, count_support


class Score(Record):
    """One trial's measures by metric, what went wrong, and the slices that it belongs to."""

    id: str
    cluster: str
    suite: str
    collection: str
    kind: str
    tags: tuple[str, ...] = ()
    wording: int = 0
    repeat: int = 0
    measures: dict[str, Measure] = Field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()
    error: str | None = None
    shown: str = ""


def score(
    trial: Trial, answer: Answer | None, bench: Bench, prices: Prices, error: str | None = None
) -> Score:
    """The score of one trial. `answer` is None where the guide raised, or where only the search is tested."""
    tally = Tally()
    if answer is not None:
        screen = count_shown(tally, answer, bench)
        if not trial.suite.tests_safety:
            count_gold(tally, trial.case, answer, bench)
        count_conduct(tally, trial, answer, screen, bench)
        count_support(tally, answer, bench, prices)
    if error is None:
        _count_search(tally, trial, answer, bench)
    return Score(
        id=trial.id,
        cluster=trial.cluster,
        suite=trial.suite.name,
        collection=bench.collection.name,
        kind=trial.case.kind,
        tags=trial.case.tags,
        wording=trial.wording,
        repeat=trial.repeat,
        measures=tally.measures,
        complaints=tuple(tally.complaints),
        error=error,
        shown=_shown(answer),
    )


def _count_search(tally: Tally, trial: Trial, answer: Answer | None, bench: Bench) -> None:
    """How well the search finds the gold by the question as the guide understood it."""
    gold = [gold_passages(each, bench.collection) for each in trial.case.gold]
    if bench.search is None or not gold or trial.suite.tests_safety:
        return
    ranked = bench.search(answer.standalone_question if answer else trial.question)
    for name, value in measure_search(ranked, gold).items():
        tally.count(f"retrieval_{name.casefold()}", value)
    if two_sided(trial.case.gold):
        sides = [
            [places for each, places in zip(trial.case.gold, gold, strict=True) if each.side == side]
            for side in ("for", "against")
        ]
        tally.count("retrieval_min_side@10", min(recall(ranked, side, 10) for side in sides))


def _shown(answer: Answer | None) -> str:
    """What was shown, in a form that is equal only for equal answers."""
    if answer is None:
        return ""
    statements = (f"{s.stance} {s.voice} {s.text} {[e.quote for e in s.evidence]}" for s in answer.statements)
    return "\n".join([answer.outcome, *statements])
