"""The cheating bots over a small slice: each must miss the gate that is meant for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.events import Turn
from bot.records import Answer, Record
from evals.bench import Answers, Bench
from evals.bots import CHEATS
from evals.cases import Suite, Trial, trials
from evals.gate import Gate, Gates
from evals.metrics import BY_NAME, Measure, ratio
from evals.runner import RunError
from evals.scoring import Score, score
from evals.summary import ALL
from evals.support import Prices

CASES = 8
LEAST = 3


class Sprung(Record):
    """What one bot got on the metric of its gate, what the guide got, and whether the bot was caught.

    `caught`: the bot misses the gate and does worse than the guide.
    """

    bot: str
    gate: str
    value: float | None
    guide: float | None
    n: int
    caught: bool


class Remembering:
    """The guide, asked only once for each question: the bots that spoil its answers share them."""

    def __init__(self, guide: Answers) -> None:
        self._guide = guide
        self._known: dict[tuple[str, tuple[Turn, ...]], Answer] = {}

    async def answer_async(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        key = (question, tuple(history))
        if key not in self._known:
            self._known[key] = await self._guide.answer_async(question, history)
        return self._known[key]


def spring(
    bench: Bench,
    suites: Sequence[Suite],
    gates: Gates,
    seed: int = 0,
    cases: int = CASES,
    done: Callable[[], object] = lambda: None,
) -> list[Sprung]:
    """Try every cheat on a few cases of each suite, beside the guide itself."""
    asked = [
        trial
        for suite in suites
        if not suite.searches_only
        for trial in trials(suite, limit=cases, seed=seed)
        if not trial.wording
    ]
    remembered = Remembering(bench.guide)
    bench = replace(bench, guide=remembered, search=None)
    honest = _scores(asked, bench, remembered)
    done()
    found = []
    for name, cheat in CHEATS.items():
        metric = cheat.must_miss
        counted = [trial for trial in asked if metric in honest[trial.id].measures]
        theirs = _scores(counted, bench, cheat.make(bench))
        gate = _gate(gates, metric)
        found.append(_sprung(name, gate, _total(theirs, metric), _total(honest, metric)))
        done()
    return found


def _gate(gates: Gates, metric: str) -> Gate:
    """The gate on a metric over everything; RunError where the file has none."""
    for gate in gates.gates:
        if gate.metric == metric and gate.slice == ALL:
            return gate
    raise RunError(f"The gates hold none on {metric}, which a cheating bot is to miss: add one.")


def _scores(asked: Sequence[Trial], bench: Bench, answers: Answers) -> dict[str, Score]:
    async def every() -> dict[str, Score]:
        return {trial.id: await _scored(trial, bench, answers) for trial in asked}

    return asyncio.run(every())


def _total(scores: Mapping[str, Score], metric: str) -> Measure:
    counted = [score.measures[metric] for score in scores.values() if metric in score.measures]
    return Measure(hits=sum(m.hits for m in counted), of=sum(m.of for m in counted))


async def _scored(trial: Trial, bench: Bench, answers: Answers) -> Score:
    turns = [Turn(question=question, gist=answer) for question, answer in trial.case.history]
    return score(trial, await answers.answer_async(trial.question, turns), bench, Prices())


def _sprung(name: str, gate: Gate, mine: Measure, guides: Measure) -> Sprung:
    value, guide = ratio(mine), ratio(guides)
    caught = False
    if value is not None and guide is not None and mine.of >= LEAST:
        worse = value > guide if BY_NAME[gate.metric].better == "lower" else value < guide
        caught = worse and _misses(gate, value)
    return Sprung(bot=name, gate=gate.name, value=value, guide=guide, n=round(mine.of), caught=caught)


def _misses(gate: Gate, value: float) -> bool:
    return value < gate.min if gate.min is not None else gate.max is not None and value > gate.max


def trap_text(found: Sequence[Sprung]) -> str:
    """A line for each bot."""
    lines = [f"{'bot':<26} {'gate it must miss':<34} {'bot':>6} {'guide':>6} {'n':>5}"]
    for each in found:
        value, guide = ("n/a" if v is None else f"{v:.3f}" for v in (each.value, each.guide))
        mark = "caught" if each.caught else "NOT CAUGHT"
        lines.append(f"{each.bot:<26} {each.gate:<34} {value:>6} {guide:>6} {each.n:>5}  {mark}")
    return "\n".join(lines)
