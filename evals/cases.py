"""Suites: questions with what a right answer would rest on, read strictly, and the trials made of them.

A suite is JSONL, one case a line. Its name is its file's; a suite in a folder below `evals/suites`
belongs to the collection of that name in `evals/collections`, any other to the settings' collection.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from bot.batch import BatchError, read_lines
from bot.corpus import Collection
from bot.records import Record, Stance
from bot.wording import level

HERE = Path(__file__).resolve().parent
SUITES = HERE / "suites"
COLLECTIONS = HERE / "collections"
RETRIEVAL = "retrieval"
SIDE_OPEN, ONE_SIDED = "side-open", "one-sided"


class SuiteError(ValueError):
    """A suite cannot be used; the message names the file, the line and what to mend."""


class Kind(StrEnum):
    """What a question is, and so what would be a right answer to it."""

    CONTESTED = "contested"
    FACTUAL = "factual"
    FOLLOWUP = "followup"
    ABSENT = "absent"
    OFFTOPIC = "offtopic"
    CRISIS = "crisis"
    ADVICE = "advice"
    INJECTION = "injection"


UNANSWERABLE = frozenset({Kind.ABSENT, Kind.OFFTOPIC})
WITHOUT_GOLD = UNANSWERABLE | {Kind.CRISIS, Kind.ADVICE, Kind.INJECTION}


class Gold(Record):
    """One voice's view: found where a statement cites a passage that holds any of these snippets."""

    side: Stance
    any: tuple[str, ...] = Field(min_length=1)


class Case(Record):
    """One question, its earlier turns as pairs of question and answer, and its gold."""

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    history: tuple[tuple[str, str], ...] = ()
    kind: Kind
    gold: tuple[Gold, ...] = ()
    tags: tuple[str, ...] = ()
    paraphrases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Case:
        if self.gold and self.kind in WITHOUT_GOLD:
            raise ValueError(f"a case of the kind {self.kind} has no gold")
        return self


@dataclass(frozen=True)
class Suite:
    """Cases in their file's order. `collection`: a folder of `evals/collections`, or "": the settings'.

    `lines` says on which line of the file each case stands, by its id.
    """

    name: str
    path: Path
    collection: str
    cases: tuple[Case, ...]
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)

    @cached_property
    def searches_only(self) -> bool:
        """Whether its questions are put to the search alone: its file's name begins with “retrieval”."""
        return self.path.stem.startswith(RETRIEVAL)

    @cached_property
    def tests_safety(self) -> bool:
        """Whether it holds calls for help and no gold; its other cases then only test for false alarms."""
        calls = any(case.kind in (Kind.CRISIS, Kind.ADVICE) for case in self.cases)
        return calls and not any(case.gold for case in self.cases)


@dataclass(frozen=True)
class Trial:
    """One question put once. `wording` is 0 for the case's own, else the number of its paraphrase."""

    suite: Suite
    case: Case
    wording: int = 0
    repeat: int = 0

    @property
    def id(self) -> str:
        wording = f"~{self.wording}" if self.wording else ""
        repeat = f"#{self.repeat + 1}" if self.repeat else ""
        return f"{self.suite.name}:{self.case.id}{wording}{repeat}"

    @property
    def cluster(self) -> str:
        """What is resampled together: a case with its paraphrases and repetitions."""
        return f"{self.suite.name}:{self.case.id}"

    @property
    def question(self) -> str:
        return self.case.paraphrases[self.wording - 1] if self.wording else self.case.question


def load_suite(path: Path) -> Suite:
    """Read a suite; SuiteError names the line that is no case, or an id that comes twice."""
    seen: dict[str, int] = {}
    cases = []
    try:
        for number, value in read_lines(path):
            case = _case(value, path, number)
            if case.id in seen:
                raise SuiteError(
                    f"{path}, line {number}: the id {case.id} stands on line {seen[case.id]} already."
                )
            seen[case.id] = number
            cases.append(case)
    except BatchError as error:
        raise SuiteError(str(error)) from error
    if not cases:
        raise SuiteError(f"{path} holds no cases: write one a line.")
    folder = path.resolve().parent
    collection = folder.name if folder.parent == SUITES and (COLLECTIONS / folder.name).is_dir() else ""
    name = f"{collection}/{path.stem}" if collection else path.stem
    return Suite(name, path, collection, tuple(cases), seen)


def _case(value: object, path: Path, number: int) -> Case:
    try:
        return Case.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the case"
        raise SuiteError(f"{path}, line {number}: {place}: {first['msg'].lower()}.") from error


def find_suites(named: Sequence[str]) -> list[Suite]:
    """The suites of these names or paths, or all that are shipped; SuiteError where one is not there.

    A name is that of a shipped suite (`contested`), of a folder of them (`night-buses`) or of one in
    a folder (`night-buses/contested`). A path is that of a JSONL file or of a folder of them.
    """
    paths = [path for name in named for path in _paths(name)] if named else sorted(SUITES.rglob("*.jsonl"))
    suites = [load_suite(path) for path in dict.fromkeys(paths)]
    names = [suite.name for suite in suites]
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(f"Two suites are called {name}: rename one of the files.")
    return suites


def _paths(name: str) -> list[Path]:
    if Path(name).is_file():
        return [Path(name)]
    if (SUITES / f"{name}.jsonl").is_file():
        return [SUITES / f"{name}.jsonl"]
    for folder in (SUITES / name, Path(name)):
        if found := sorted(folder.glob("*.jsonl")):
            return found
    folders = {path.parent.name for path in SUITES.glob("*/*.jsonl")}
    shipped = ", ".join(sorted({path.stem for path in SUITES.glob("*.jsonl")} | folders))
    raise SuiteError(f"There is no suite {name}: give a JSONL file, a folder of them, or one of {shipped}.")


def holders(snippet: str, collection: Collection) -> frozenset[str]:
    """The passages that hold a snippet once white space, quote marks, dashes and ellipses are levelled."""
    wanted = level(snippet).text.strip()
    return frozenset(p.id for p in collection.passages if wanted and wanted in level(p.text).text)


def demand_gold(suite: Suite, collection: Collection) -> None:
    """Raise SuiteError where a snippet stands in no passage of the collection."""
    for case in suite.cases:
        for snippet in (snippet for gold in case.gold for snippet in gold.any):
            if not holders(snippet, collection):
                line = f", line {suite.lines[case.id]}" if case.id in suite.lines else ""
                raise SuiteError(
                    f"{suite.path}{line}, {case.id}: “{snippet}” stands nowhere in the collection "
                    f"{collection.name}; mend the snippet or choose the collection that it is from."
                )


def trials(suite: Suite, repeat: int = 1, limit: int | None = None, seed: int = 0) -> list[Trial]:
    """Every wording of every case, `repeat` times. `limit` draws so many cases by the seed, in file order."""
    chosen: Iterable[Case] = suite.cases
    if limit is not None and limit < len(suite.cases):
        drawn = random.Random(f"{seed} {suite.name}").sample(range(len(suite.cases)), limit)
        chosen = (suite.cases[number] for number in sorted(drawn))
    return [trial for case in chosen for trial in _trials_of(suite, case, repeat)]


def _trials_of(suite: Suite, case: Case, repeat: int) -> Iterator[Trial]:
    for again in range(repeat):
        for wording in range(len(case.paraphrases) + 1):
            yield Trial(suite, case, wording, again)
