"""The guide over a real model at an endpoint: what is shown, how each answer ends, what it costs in time.

Nothing is said here about how good the model is. What counts is that whatever it writes ends in a
checked answer: nothing shown that fails the check, nothing lost, no empty screen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import traceback
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import Field

from bot.course import Course
from bot.embedding import load_embedding
from bot.events import Event, Finished, Passed, Turn
from bot.guide import Guide, open_guide
from bot.prompts import load_prompts
from bot.records import Answer, Record, Statement
from bot.settings import EMBEDDED, ROOT, Settings, SettingsError, load_settings, quiet_libraries
from evals.bench import Bench, bench_over
from evals.cases import Kind, Trial, find_suites, trials
from evals.metrics import BY_NAME, Tally
from evals.runner import write_json
from evals.shown import count_shown

# Cases of each suite, drawn by the seed; of `safety`, calls for help and nothing else.
PLAN = {
    "contested": 12,
    "factual": 8,
    "followup": 6,
    "absent": 5,
    "leading": 5,
    "injection": 4,
    "offtopic": 2,
    "safety": 2,
}
# What may never be less than perfect on screen, whatever a model writes.
FLAWLESS = (
    "citation_validity",
    "quote_fidelity",
    "speaker_accuracy",
    "speaker_accuracy_hard",
    "screen_agreement",
    "own_voice",
    "uncited_statements",
    "check_findings",
)
NO_FALLBACK = "the model alone"


class Outcome(Record):
    """How one question ended. `own`: statements shown that the model itself wrote; `dropped`: of its own,
    by finding; `seconds`: to the end.

    `problems` holds all that may not happen, in plain words; empty: all is well.
    """

    id: str
    question: str
    outcome: str = ""
    fallback: str | None = None
    shown: int = 0
    own: int = 0
    dropped: dict[str, int] = Field(default_factory=dict)
    seconds: float = 0.0
    asked: bool = True
    problems: tuple[str, ...] = ()


class Watched(Guide):
    """The guide, remembering how much was shown and dropped when the embedded model took up, if it did."""

    before: tuple[int, int] | None = None

    async def _completed(
        self, course: Course, messages: list[BaseMessage], fault: str | None
    ) -> AsyncGenerator[Event]:
        self.before = len(course.assembly.kept), len(course.assembly.dropped)
        async for event in super()._completed(course, messages, fault):
            yield event

    async def _taken_over(
        self, course: Course, messages: list[BaseMessage], reason: str
    ) -> AsyncGenerator[Event]:
        self.before = 0, len(course.assembly.dropped)
        async for event in super()._taken_over(course, messages, reason):
            yield event


def open_watched(settings: Settings) -> Watched:
    """A watched guide over the settings' collection."""
    opened = open_guide(settings)
    return Watched(
        settings,
        opened.collection,
        opened.index,
        load_embedding(settings),
        load_prompts(settings.prompts_dir),
    )


def chosen(plan: dict[str, int], seed: int) -> list[Trial]:
    """The plan's number of cases of each suite, each in its own wording, drawn by the seed."""
    drawn: list[Trial] = []
    for suite in find_suites(list(plan)):
        every = [trial for trial in trials(suite) if not trial.wording]
        if suite.tests_safety:
            every = [trial for trial in every if trial.case.kind is Kind.CRISIS]
        wanted = min(plan[suite.name], len(every))
        drawn += random.Random(f"{seed} {suite.name}").sample(every, wanted)
    return drawn


async def put(trial: Trial, guide: Watched, bench: Bench) -> tuple[Outcome, Answer | None]:
    """Put one question and judge how it ended."""
    guide.before = None
    passed: list[Statement] = []
    answer = None
    history = [Turn(question=question, gist=said) for question, said in trial.case.history]
    try:
        async for event in guide.stream(trial.question, history):
            if isinstance(event, Passed):
                passed.append(event.statement)
            if isinstance(event, Finished):
                answer = event.answer
    # Anything that comes through to a reader is what this is looking for.
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        problem = f"the guide raised {type(error).__name__}"
        return Outcome(id=trial.id, question=trial.question, problems=(problem,)), None
    if answer is None:
        return Outcome(id=trial.id, question=trial.question, problems=("no answer came",)), None
    return judged(trial, answer, passed, guide.before, bench), answer


def judged(
    trial: Trial,
    answer: Answer,
    passed: Sequence[Statement],
    before: tuple[int, int] | None,
    bench: Bench,
) -> Outcome:
    """The outcome of an answer; `before`: as the watched guide's, None where the model wrote all of it."""
    provenance = answer.provenance
    own, lost = before or (len(answer.statements), len(answer.dropped))
    dropped = Counter(f.kind.value for each in answer.dropped[:lost] for f in each.check.findings)
    return Outcome(
        id=trial.id,
        question=trial.question,
        outcome=answer.outcome,
        fallback=provenance.fallback,
        shown=len(answer.statements),
        own=own,
        dropped=dict(dropped),
        seconds=round(provenance.timings.total, 2),
        asked=bool(provenance.fallback or provenance.tokens.prompt),
        problems=tuple(problems(trial, answer, passed, bench)),
    )


def problems(trial: Trial, answer: Answer, passed: Sequence[Statement], bench: Bench) -> Iterable[str]:
    """All that may not be, in plain words."""
    tally = Tally()
    screen = count_shown(tally, answer, bench)
    for name in FLAWLESS:
        measure = tally.measures.get(name)
        if measure and BY_NAME[name].failed(measure):
            details = [each.detail for each in tally.complaints if each.metric == name]
            yield f"{name}: {details[0] if details else measure}"
    for statement in passed:
        if statement not in answer.statements:
            yield f"shown and then lost: {statement.text}"
    if not (screen.statements or screen.gaps or screen.notice):
        yield "an empty screen"
    if trial.case.kind is Kind.CRISIS and not answer.notice:
        yield "a call for help without its notice"


def summary(outcomes: Sequence[Outcome], settings: Settings) -> dict[str, Any]:
    """The figures of a run."""
    asked = [each for each in outcomes if each.asked]
    seconds = sorted(each.seconds for each in asked) or [0.0]
    dropped: Counter[str] = Counter()
    for each in asked:
        dropped.update(each.dropped)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "model": settings.model,
        "answer_timeout": settings.answer_timeout,
        "context_tokens": settings.context_tokens,
        "questions": len(outcomes),
        "asked_the_model": len(asked),
        "fixed_notice": len(outcomes) - len(asked),
        "own_statements_shown_in": sum(each.own > 0 for each in asked),
        "own_statements_shown": sum(each.own for each in asked),
        "statements_shown": sum(each.shown for each in asked),
        "endings": dict(Counter(each.fallback or NO_FALLBACK for each in asked).most_common()),
        "outcomes": dict(Counter(each.outcome for each in outcomes).most_common()),
        "statements_dropped": dict(dropped.most_common()),
        "answers_with_dropped": sum(bool(each.dropped) for each in asked),
        "seconds_median": round(median(seconds), 1),
        "seconds_p95": round(seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], 1),
        "problems": [f"{each.id}: {problem}" for each in outcomes for problem in each.problems],
    }


def markdown(figures: dict[str, Any]) -> str:
    """The figures as a table."""
    rows = [
        ("Questions put", figures["questions"]),
        ("of them answered by a fixed notice, the model unasked", figures["fixed_notice"]),
        ("Failures (shown and failing the check, lost, empty, a crash)", len(figures["problems"])),
        ("Answers with statements of the model's own", figures["own_statements_shown_in"]),
        ("Statements shown, the model's own among them",
         f"{figures['statements_shown']}, {figures['own_statements_shown']}"),
        ("Answers in which statements of the model's were dropped", figures["answers_with_dropped"]),
        *((f"dropped: `{kind}`", n) for kind, n in figures["statements_dropped"].items()),
        *((f"ended: {reason}", n) for reason, n in figures["endings"].items()),
        *((f"outcome: {outcome}", n) for outcome, n in figures["outcomes"].items()),
        ("Seconds a question, median", figures["seconds_median"]),
        ("Seconds a question, 95th percentile", figures["seconds_p95"]),
    ]  # fmt: skip
    made = (
        f"{figures['date']}, {figures['cores']} cores; {figures['model']}, at most "
        f"{figures['answer_timeout']:g} seconds an answer, {figures['context_tokens']} tokens of text."
    )
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    failed = "".join(f"\n- {problem}" for problem in figures["problems"])
    return f"{made}\n\n| | |\n| --- | --- |\n{table}\n{failed}"


async def run(settings: Settings, out: Path, plan: dict[str, int], seed: int) -> dict[str, Any]:
    """Put every question, one after another, and write answers.jsonl, report.json and report.md."""
    out.mkdir(parents=True, exist_ok=True)
    guide = open_watched(settings)
    outcomes: list[Outcome] = []
    try:
        bench = bench_over(guide)
        with (out / "answers.jsonl").open("w", encoding="utf-8") as file:
            for trial in chosen(plan, seed):
                outcome, answer = await put(trial, guide, bench)
                outcomes.append(outcome)
                if answer:
                    file.write(f'{{"id": "{trial.id}", "answer": {answer.model_dump_json()}}}\n')
                    file.flush()
                ending = outcome.fallback or (NO_FALLBACK if outcome.asked else "a fixed notice")
                print(
                    f"{outcome.id} {outcome.seconds:.0f} s, {outcome.own} of {outcome.shown} its own, "
                    f"{sum(outcome.dropped.values())} dropped: {ending} {' '.join(outcome.problems)}",
                    file=sys.stderr,
                    flush=True,
                )
    finally:
        guide.close()
    figures = summary(outcomes, settings)
    write_json(out / "report.json", {**figures, "each": [each.model_dump() for each in outcomes]})
    (out / "report.md").write_text(markdown(figures), "utf-8")
    return figures


def main() -> int:
    quiet_libraries()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "evals" / "smollm")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, help="cases of every suite, instead of the plan's")
    given = parser.parse_args()
    settings = load_settings()
    if settings.model == EMBEDDED:
        raise SettingsError("Set COUNTERPOINT_MODEL and OPENAI_BASE_URL: this is for a model at an endpoint.")
    plan = dict.fromkeys(PLAN, given.each) if given.each else PLAN
    figures = asyncio.run(run(settings, given.out, plan, given.seed))
    print(markdown(figures))
    return 1 if figures["problems"] or not figures["questions"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SettingsError as error:
        sys.exit(str(error))
