"""The cheating bots over a small slice: each must miss the gate that is meant for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.events import Turn
from bot.records import Answer, Record
from evals.bench import Answers, Bench
from evals.bots import CHEATS, Cheat
from evals.cases import Suite, Trial, trials
from evals.gate import Gate, Gates
from evals.metrics import BY_NAME
from evals.scoring import Score, score
from evals.summary import ALL, summarise
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
    bench = replace(bench, guide=Remembering(bench.guide), search=None)
    honest = _values(asked, bench, bench.guide, seed)
    done()
    found = []
    for name, cheat in CHEATS.items():
        found.append(_sprung(name, cheat, gates, honest, _values(asked, bench, cheat.make(bench), seed)))
        done()
    return found


def _values(
    asked: Sequence[Trial], bench: Bench, answers: Answers, seed: int
) -> Mapping[str, Mapping[str, float | int | None]]:
    async def every() -> list[Score]:
        return [await _scored(trial, bench, answers) for trial in asked]

    return summarise(asyncio.run(every()), {}, seed).slices.get(ALL, {})


async def _scored(trial: Trial, bench: Bench, answers: Answers) -> Score:
    turns = [Turn(question=question, gist=answer) for question, answer in trial.case.history]
    return score(trial, await answers.answer_async(trial.question, turns), bench, Prices())


def _sprung(
    name: str,
    cheat: Cheat,
    gates: Gates,
    honest: Mapping[str, Mapping[str, float | int | None]],
    values: Mapping[str, Mapping[str, float | int | None]],
) -> Sprung:
    gate = next(gate for gate in gates.gates if gate.metric == cheat.must_miss and gate.slice == ALL)
    mine, guides = values.get(gate.metric, {}), honest.get(gate.metric, {})
    value, guide, n = mine.get("value"), guides.get("value"), int(mine.get("n") or 0)
    caught = value is not None and guide is not None and n >= LEAST and _misses(gate, value)
    if caught and value is not None and guide is not None:
        lower = BY_NAME[gate.metric].better == "lower"
        caught = value > guide if lower else value < guide
    return Sprung(bot=name, gate=gate.name, value=value, guide=guide, n=n, caught=caught)


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
