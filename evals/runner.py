"""Putting the trials to a guide: in parallel, resumable, every answer written down as it comes.

An answer's line names what made it (`made_by`). A run that is taken up again keeps the answers that
the same settings, text, prompts and code made, and refuses to mix them with others.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.events import Turn
from bot.records import Answer, Record
from evals.bench import Answers
from evals.cases import Trial

ANSWERS = "answers.jsonl"


class RunError(ValueError):
    """A run cannot be started or read; the message says what to do."""


class Row(Record):
    """One line of `answers.jsonl`: a trial's answer, or the error that came instead."""

    id: str
    question: str
    made_by: str
    answer: Answer | None = None
    error: str | None = None


def read_rows(path: Path) -> dict[str, Row]:
    """The rows of an earlier run by trial, the latest of each; a last line that was cut off is left out."""
    rows: dict[str, Row] = {}
    if not path.is_file():
        return rows
    lines = path.read_text("utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = Row.model_validate_json(line)
        except ValidationError as error:
            if number == len(lines):
                break
            raise RunError(f"{path}, line {number} is no answer of a run: give another --out.") from error
        rows[row.id] = row
    return rows


def mend(path: Path) -> None:
    """Cut off a last line that an interruption left without its end, so that the next stands alone."""
    if path.is_file():
        content = path.read_bytes()
        path.write_bytes(content[: content.rfind(b"\n") + 1])


def open_trials(trials: Sequence[Trial], rows: dict[str, Row], made_by: str, path: Path) -> list[Trial]:
    """The trials that still lack an answer; RunError where an answer was made by something else."""
    left = []
    for trial in trials:
        row = rows.get(trial.id)
        if row is None or row.answer is None:
            left.append(trial)
        elif _is_stale(row, trial, made_by):
            raise RunError(
                f"{path} holds answers made with other settings, texts or code ({trial.id}): "
                "give --again to ask those again, another --out, or delete that folder."
            )
    return left


def forget(path: Path, trials: Sequence[Trial], made_by: str) -> None:
    """Take out of the file the trials' answers that something else made, so that they are asked again."""
    rows, by_id = read_rows(path), {trial.id: trial for trial in trials}
    kept = [row for row in rows.values() if row.id not in by_id or not _is_stale(row, by_id[row.id], made_by)]
    if len(kept) < len(rows):
        lines = "".join(_line(row) for row in kept)
        beside = path.with_name(path.name + ".part")
        beside.write_text(lines, "utf-8")
        beside.replace(path)


def _is_stale(row: Row, trial: Trial, made_by: str) -> bool:
    return row.made_by != made_by or row.question != trial.question


def _line(row: Row) -> str:
    return row.model_dump_json(exclude_none=True) + "\n"


async def put(
    trials: Iterable[Trial],
    guide: Answers,
    path: Path,
    made_by: str,
    parallel: int = 1,
    done: Callable[[], object] = lambda: None,
) -> None:
    """Put every trial to the guide, at most `parallel` at once, and append each answer to `path`."""
    gate = asyncio.Semaphore(parallel)
    path.parent.mkdir(parents=True, exist_ok=True)
    mend(path)
    with path.open("a", encoding="utf-8") as file:

        async def one(trial: Trial) -> None:
            async with gate:
                row = await _row(trial, guide, made_by)
            file.write(_line(row))
            file.flush()
            done()

        async with asyncio.TaskGroup() as group:
            for trial in trials:
                group.create_task(one(trial))


async def _row(trial: Trial, guide: Answers, made_by: str) -> Row:
    turns = [Turn(question=question, gist=answer) for question, answer in trial.case.history]
    answer, error = None, None
    try:
        answer = await guide.answer_async(trial.question, turns)
    # Whatever goes wrong with one case must be reported as that case's error, and fails the gate.
    except Exception as problem:  # noqa: BLE001
        error = f"{type(problem).__name__}: {problem}"
    return Row(id=trial.id, question=trial.question, made_by=made_by, answer=answer, error=error)


def write_json(path: Path, content: Any) -> None:
    """Write JSON, whole or not at all."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    beside.replace(path)
