"""Statements of real runs with the passages they cite, labelled twice: do two readers agree, and
does the check agree with them? How they were made and labelled stands in `pairs/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import ValidationError

from bot.batch import read_lines
from bot.corpus import Collection, load_collection
from bot.grounding import check_statement, grounds_for
from bot.records import Record, Statement
from evals.checker import DataError, balanced_accuracy
from evals.kills import SHIPPED

PAIRS = Path(__file__).resolve().parent / "pairs" / "pairs.jsonl"
RESAMPLES = 1000


class LabelledPair(Record):
    """A claim, the sentences it rests on, and whether they carry it, as said by two readers."""

    id: str
    origin: Literal["shown", "draft"]
    collection: str
    claim: str
    evidence: str
    statement: Statement
    labels: tuple[bool, bool]
    faithful: bool

    @property
    def passes(self) -> bool:
        """Whether the check passes the statement, its passage being read."""
        collection = _collection(self.collection)
        return not check_statement(self.statement, grounds_for(collection, collection.by_id))


@cache
def _collection(name: str) -> Collection:
    for folder in SHIPPED:
        if folder.name == name:
            return load_collection(folder)
    raise DataError(f"There is no collection {name} to check labelled pairs against.")


def read_pairs(path: Path = PAIRS) -> list[LabelledPair]:
    """The labelled pairs; DataError names a line that is none."""
    pairs = []
    for number, value in read_lines(path):
        try:
            pairs.append(LabelledPair.model_validate(value))
        except ValidationError as error:
            raise DataError(f"{path}, line {number}: {error.errors()[0]['msg']}.") from error
    return pairs


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float:
    """Cohen's kappa of two readings of the same pairs: 1 is agreement, 0 is what chance would give."""
    one, two = np.array(first, dtype=bool), np.array(second, dtype=bool)
    agreed = float((one == two).mean())
    by_chance = float(one.mean() * two.mean() + (1 - one.mean()) * (1 - two.mean()))
    return 1.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def pairs_table(seed: int, pairs: Sequence[LabelledPair] | None = None) -> list[str]:
    """Markdown lines: the labels, and the check's figures on all pairs and on each origin."""
    pairs = pairs or read_pairs()
    first, second = ([pair.labels[n] for pair in pairs] for n in (0, 1))
    differ = sum(one != two for one, two in zip(first, second, strict=True))
    lines = [
        f"{len(pairs)} pairs, labelled by two sessions of a language model; {differ} labels differ, kappa "
        f"{kappa(first, second):.3f}; {sum(pair.faithful for pair in pairs)} faithful.",
        "",
        "| pairs | faithful | wrong | faithful passed | wrong refused | balanced accuracy |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    verdicts = {pair.id: pair.passes for pair in pairs}
    for name in ("all", "shown", "draft"):
        lines.append(_row(name, [p for p in pairs if name in ("all", p.origin)], verdicts, seed))
    wrong = [f"passed though wrong: {p.id} {p.claim}" for p in pairs if verdicts[p.id] and not p.faithful]
    return [*lines, "", *wrong]


def _row(name: str, pairs: Sequence[LabelledPair], verdicts: dict[str, bool], seed: int) -> str:
    faithful = np.array([pair.faithful for pair in pairs], dtype=bool)
    passed = np.array([verdicts[pair.id] for pair in pairs], dtype=bool)
    low, high = _interval(faithful, passed, balanced_accuracy, seed)
    cells = (
        str(faithful.sum()),
        str((~faithful).sum()),
        f"{passed[faithful].mean():.3f}",
        f"{(~passed[~faithful]).mean():.3f}",
        f"{balanced_accuracy(faithful, passed):.3f} [{low:.3f}, {high:.3f}]",
    )
    return f"| {name} | " + " | ".join(cells) + " |"


def _interval(
    faithful: np.ndarray, passed: np.ndarray, measure: Callable[[np.ndarray, np.ndarray], float], seed: int
) -> tuple[float, float]:
    """The middle 95 % over resampled pairs, each label resampled by itself."""
    random = np.random.default_rng(seed)
    kinds = [np.flatnonzero(faithful), np.flatnonzero(~faithful)]
    values = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([random.choice(kind, len(kind)) for kind in kinds])
        values.append(measure(faithful[drawn], passed[drawn]))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)
