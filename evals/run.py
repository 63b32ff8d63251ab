"""A whole run: open each collection's guide, put the trials, score the answers, write the outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.corpus import Collection
from bot.records import Record
from bot.settings import EMBEDDED, ROOT, Settings
from evals.bench import Bench, open_bench, settings_for
from evals.cases import Suite, Trial, demand_gold, find_suites, trials
from evals.junit import junit_xml
from evals.report import report_html
from evals.runner import ANSWERS, Row, RunError, forget, open_trials, put, read_rows, write_json
from evals.same_run import ALL_SHIPPED, SUMMARY, claim
from evals.scoring import Score, score
from evals.summary import Summary, summarise
from evals.support import Prices, supporter_accuracy

SCORES, JUNIT, REPORT = "scores.jsonl", "junit.xml", "report.html"
PARALLEL = 8


class Plan(Record):
    """What to run. `limit`: cases a suite; `parallel`: cases at once, 1 for the embedded model by default.

    `again`: what other settings, texts or code answered is asked again, where it is refused else.
    """

    suites: tuple[str, ...] = ()
    out: Path
    limit: int | None = None
    repeat: int = 1
    seed: int = 0
    parallel: int | None = None
    prices: Prices = Prices()
    again: bool = False


@dataclass
class Done:
    """What a run has so far: scores in order, and by trial or name what the report shows of them."""

    scores: list[Score] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)


def default_out() -> Path:
    """A folder that is named by the time, under `var/evals`."""
    return ROOT / "var" / "evals" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def run(plan: Plan, settings: Settings, console: Console) -> Summary:
    """Carry out a plan and write its outputs; SuiteError or RunError where it cannot be carried out."""
    suites = sorted(find_suites(plan.suites), key=lambda suite: suite.collection)
    asked: dict[str, Any] = {
        "model": settings.model,
        "seed": plan.seed,
        "limit": plan.limit,
        "repeat": plan.repeat,
        "suites": [suite.name for suite in suites],
    }
    claim(plan.out, {**asked, "collection": settings.collection, ALL_SHIPPED: not plan.suites})
    done = Done()
    made: dict[str, Any] = {**asked, "collections": {}}
    for collection, members in groupby(suites, key=lambda suite: suite.collection):
        with open_bench(settings_for(settings, collection)) as bench:
            _run_on(plan, list(members), bench, console, done)
            made["collections"][bench.collection.name] = _made(bench, plan.seed)
    summary = summarise(done.scores, made, plan.seed)
    write_outputs(plan.out, summary, done)
    return summary


def _run_on(plan: Plan, suites: Sequence[Suite], bench: Bench, console: Console, done: Done) -> None:
    for suite in suites:
        demand_gold(suite, bench.collection)
    chosen = [trial for suite in suites for trial in trials(suite, plan.repeat, plan.limit, plan.seed)]
    asked = [trial for trial in chosen if not trial.suite.searches_only]
    path = plan.out / ANSWERS
    if plan.again:
        forget(path, asked, bench.fingerprint)
    left = open_trials(asked, read_rows(path), bench.fingerprint, path)
    kept = f", {len(asked) - len(left)} of them answered before" if len(left) < len(asked) else ""
    console.print(f"{bench.collection.name}: {len(asked)} questions{kept}.", highlight=False)
    parallel = plan.parallel or (1 if bench.settings.model == EMBEDDED else PARALLEL)
    with counter(console) as progress:
        task = progress.add_task(
            f"{bench.collection.name}: asking", total=len(asked), completed=len(asked) - len(left)
        )
        asyncio.run(put(left, bench.guide, path, bench.fingerprint, parallel, lambda: progress.advance(task)))
        done.rows.update(read_rows(path))
        done.collections[bench.collection.name] = bench.collection
        task = progress.add_task(f"{bench.collection.name}: scoring", total=len(chosen))
        for trial in chosen:
            done.scores.append(score_row(trial, done.rows.get(trial.id), bench, plan.prices))
            done.trials[trial.id] = trial
            progress.advance(task)


def score_row(trial: Trial, row: Row | None, bench: Bench, prices: Prices) -> Score:
    """The score of a trial from its row; a trial of the search alone has none."""
    if trial.suite.searches_only:
        return score(trial, None, bench, prices)
    if row is None:
        return score(trial, None, bench, prices, error="no answer was written")
    return score(trial, row.answer, bench, prices, error=row.error)


def _made(bench: Bench, seed: int) -> dict[str, Any]:
    supporter = supporter_accuracy(bench, seed)
    return {
        "fingerprint": bench.fingerprint,
        "collection_hash": bench.collection.hash,
        "settings_hash": bench.settings.hash,
        "passages": len(bench.collection.passages),
        "topics": len(bench.debate.topics),
        "supporter": {
            "name": supporter.supporter,
            "balanced_accuracy": supporter.balanced,
            "pairs": supporter.pairs,
        },
    }


def write_outputs(out: Path, summary: Summary, done: Done) -> None:
    """Write scores.jsonl, summary.json, junit.xml and report.html into a folder."""
    lines = "".join(each.model_dump_json(exclude_defaults=True) + "\n" for each in done.scores)
    (out / SCORES).write_text(lines, "utf-8")
    write_json(out / SUMMARY, summary.model_dump(mode="json"))
    (out / JUNIT).write_text(junit_xml(done.scores), "utf-8")
    report = report_html(summary, done.scores, done.rows, done.trials, done.collections)
    (out / REPORT).write_text(report, "utf-8")


def read_summary(folder: Path) -> Summary:
    """The summary of a run; RunError where the folder holds none."""
    path = folder / SUMMARY
    if not path.is_file():
        raise RunError(
            f"{folder} holds no {SUMMARY}: give the folder of a run, or run `counterpoint eval run`."
        )
    return Summary.model_validate_json(path.read_text("utf-8"))


def read_scores(folder: Path) -> list[Score]:
    """The scores of a run; RunError where the folder holds none."""
    path = folder / SCORES
    if not path.is_file():
        raise RunError(
            f"{folder} holds no {SCORES}: give the folder of a run, or run `counterpoint eval run`."
        )
    return [Score.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def counter(console: Console) -> Progress:
    """A progress bar, where the console is a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
