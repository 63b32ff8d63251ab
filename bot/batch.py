"""Batches: questions in and answers out, one JSON object a line, as the design's contracts say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.events import Turn
from bot.records import Answer, Record


class BatchError(ValueError):
    """A line of a batch cannot be read; the message names the file, the line and what is wrong."""


class Case(BaseModel):
    """One line to answer. Other keys (a suite's gold, say) are let through unread."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    question: str
    history: tuple[tuple[str, str], ...] = ()

    @property
    def turns(self) -> list[Turn]:
        """The history as turns, of whose answers only the text is known."""
        return [Turn(question=question, gist=answer) for question, answer in self.history]


class Query(BaseModel):
    """One line to search for: its text stands under `query` or `question`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    query: str | None = None
    question: str | None = None

    @property
    def text(self) -> str:
        return self.query if self.query is not None else self.question or ""


class Stored(Record):
    """One line of answers as `ask --batch` writes it; `eval run` adds the question and what made it."""

    id: str
    answer: Answer
    question: str = ""
    made_by: str = ""


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line's number and object; BatchError names the first that is none. Blank lines are passed over."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except FileNotFoundError as error:
        raise BatchError(f"{path} is not there: give the path of a JSONL file.") from error
    except OSError as error:
        raise BatchError(f"{path} cannot be read ({error.strerror}): give a JSONL file.") from error
    except UnicodeDecodeError as error:
        raise BatchError(f"{path} cannot be read as UTF-8 text: give a JSONL file.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise BatchError(f"{path}, line {number} is not JSON: {error.msg}.") from error
        if not isinstance(value, dict):
            raise BatchError(f"{path}, line {number} is not a JSON object.")
        yield number, value


def _one_object(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The file's one object, as its first line; nothing where it holds none or several."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        # `read_lines` says what is wrong, and where.
        return []
    return [(1, value)] if isinstance(value, dict) else []


def read_cases(path: Path) -> list[Case]:
    """The questions of a batch; BatchError where a line lacks `id` or `question`, or an id comes twice."""
    return _unique([_parsed(Case, value, path, number) for number, value in read_lines(path)], path)


def read_queries(path: Path) -> list[Query]:
    """The queries of a batch; BatchError as for `read_cases`."""
    queries = [_parsed(Query, value, path, number) for number, value in read_lines(path)]
    for query in queries:
        if query.query is None and query.question is None:
            raise BatchError(f"{path}: {query.id} holds neither `query` nor `question`.")
    return _unique(queries, path)


def read_answers(path: Path) -> list[Stored]:
    """Stored answers: lines of `id` and `answer`, or bare answers, numbered then by their line.

    One answer may also be spread over many lines, as `ask --json` prints it.
    """
    stored = []
    for number, value in _one_object(path) or read_lines(path):
        wrapped = value if "answer" in value else {"id": str(number), "answer": value}
        stored.append(_parsed(Stored, wrapped, path, number))
    if not stored:
        raise BatchError(f"{path} holds no answers.")
    return stored


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as JSONL, whole or not at all: into a file beside it first, then in its place."""
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    beside.replace(path)


def _parsed(model: Any, value: dict[str, Any], path: Path, number: int) -> Any:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        raise BatchError(f"{path}, line {number} {_amiss(first['type'], first['loc'])}.") from error


def _amiss(kind: str, place: tuple[int | str, ...]) -> str:
    """What is amiss with a line, as the rest of a sentence about it; `place` leads to the field."""
    missing = kind == "missing"
    if place[0] == "answer":
        field = ".".join(str(part) for part in place[1:])
        how = f"it lacks `{field}`" if missing else f"its `{field}` is not what `counterpoint ask` writes"
        return "is no stored answer: " + (how if field else "its `answer` is no JSON object")
    if missing and len(place) == 1:
        return f"lacks `{place[0]}`"
    if place[0] == "history":
        return "has a `history` that is no list of pairs [question, answer]"
    if kind == "extra_forbidden":
        return f"is no stored answer: it holds `{place[0]}` beside `id` and `answer`"
    return f"has an unfit `{place[0]}`: it must be text in quotation marks"


def _unique(rows: list[Any], path: Path) -> list[Any]:
    if not rows:
        raise BatchError(f"{path} holds no lines.")
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise BatchError(f"{path}: the id {row.id} comes twice.")
        seen.add(row.id)
    return rows
