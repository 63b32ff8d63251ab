"""How well the check tells faithful statements from wrong ones, on labelled public data and planted errors.

    counterpoint eval checker             public sets: BEGIN, SummEdits, SciFact
    counterpoint eval checker --planted   errors planted into the collections' own statements and answers
    counterpoint eval checker --pairs     statements of real runs, labelled by readers

Thresholds are frozen on one half of each set (the sources whose hash is even) and reported on the
other. `--planted` fails where an error that the check promises to find is found too seldom, or where
more than one faithful statement in a hundred is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bot.corpus import CollectionError
from bot.details import new_names, new_numbers, new_reach
from bot.grounding import CONTAINMENT_THRESHOLD
from bot.negation import dropped_limits, turned_negations
from bot.overlap import containment, idf, swapped_words
from bot.settings import ROOT

SHARED = "COUNTERPOINT_SHARED"
RESAMPLES = 1000


class DataError(ValueError):
    """The labelled data cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Pair:
    """A claim, its evidence, whether the evidence carries it, and the source it is from."""

    claim: str
    evidence: str
    faithful: bool
    source: str

    @property
    def trains(self) -> bool:
        return int(hashlib.md5(self.source.encode(), usedforsecurity=False).hexdigest(), 16) % 2 == 0


@dataclass(frozen=True)
class Scores:
    """For each pair: its label, its containment (0 to 1) and whether the rules on details pass it."""

    faithful: np.ndarray
    containment: np.ndarray
    details: np.ndarray

    @property
    def both(self) -> np.ndarray:
        """Containment, below every such score where a rule on details fails."""
        return np.where(self.details, self.containment, self.containment - 2)

    def part(self, chosen: np.ndarray) -> Scores:
        return Scores(self.faithful[chosen], self.containment[chosen], self.details[chosen])


def shared_data() -> Path:
    """The folder of the labelled sets; DataError where it is absent."""
    folder = Path(os.environ.get(SHARED) or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        raise DataError(
            f"There is no labelled data at {folder}: set {SHARED} to the folder that holds begin/."
        )
    return folder


def begin(folder: Path) -> Iterator[Pair]:
    """BEGIN: what a system said, and the sentence that it should rest on. “Generic” answers are left out."""
    for row in rows(folder / "begin" / "test_wow.jsonl"):
        if row["label"] != "Generic":
            faithful = row["label"] == "Fully attributable"
            yield Pair(row["response"], row["knowledge"], faithful, row["knowledge"])


def summedits(folder: Path) -> Iterator[Pair]:
    """SummEdits: a summary, faithful or subtly altered, and the text that it sums up."""
    for row in rows(folder / "summedits" / "sample.jsonl"):
        yield Pair(row["claim"], row["source"], row["label"] == 1, row["source"])


def scifact(folder: Path, wrong: str) -> Iterator[Pair]:
    """SciFact: claims that an abstract supports, against those of the label `wrong`."""
    abstracts = {row["_id"]: row["text"] for row in rows(folder / "scifact" / "corpus.jsonl")}
    for row in rows(folder / "scifact" / "claims.jsonl"):
        if row["label"] in ("SUPPORT", wrong) and row["doc"] in abstracts:
            yield Pair(row["claim"], abstracts[row["doc"]], row["label"] == "SUPPORT", row["doc"])


SETS: tuple[tuple[str, str, Callable[[Path], Iterator[Pair]]], ...] = (
    ("BEGIN", "invented", begin),
    ("SciFact, no evidence", "invented", partial(scifact, wrong="NEI")),
    ("SummEdits", "altered", summedits),
    ("SciFact, contradicted", "altered", partial(scifact, wrong="CONTRADICT")),
)


def score(pairs: Sequence[Pair]) -> Scores:
    """Containment and the rules on details for every pair, words weighed over the set's own evidence."""
    weights = idf({pair.evidence for pair in pairs})
    return Scores(
        np.array([pair.faithful for pair in pairs]),
        np.array([containment(pair.claim, pair.evidence, weights) for pair in pairs]),
        np.array([details_pass(pair.claim, pair.evidence) for pair in pairs]),
    )


def details_pass(claim: str, evidence: str) -> bool:
    """Whether the rules on numbers, names, negation, reach, limits and order find nothing."""
    rules = (new_numbers, new_names, turned_negations, new_reach, dropped_limits, swapped_words)
    return not any(rule(claim, evidence) for rule in rules)


def auroc(faithful: np.ndarray, scores: np.ndarray) -> float:
    """The chance that a faithful pair scores above a wrong one, ties counted half."""
    right, wrong = scores[faithful], np.sort(scores[~faithful])
    below, up_to = np.searchsorted(wrong, right, "left"), np.searchsorted(wrong, right, "right")
    return float((below + up_to).sum() / (2 * len(right) * len(wrong)))


def balanced_accuracy(faithful: np.ndarray, passed: np.ndarray) -> float:
    """The mean of the share of faithful pairs passed and of wrong pairs refused."""
    return float((passed[faithful].mean() + (~passed[~faithful]).mean()) / 2)


def best_threshold(scores: Scores) -> float:
    """The containment, in hundredths, at which it tells faithful from wrong best."""
    grid = [step / 100 for step in range(5, 101)]
    return max(grid, key=lambda bar: balanced_accuracy(scores.faithful, scores.containment >= bar))


def interval(measure: Callable[[Scores], float], scores: Scores, seed: int) -> tuple[float, float]:
    """The middle 95 % of a measure over resampled pairs, each label resampled by itself."""
    random = np.random.default_rng(seed)
    kinds = [np.flatnonzero(scores.faithful), np.flatnonzero(~scores.faithful)]
    values = [
        measure(scores.part(np.concatenate([random.choice(kind, len(kind)) for kind in kinds])))
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def measures(bar: float) -> dict[str, Callable[[Scores], float]]:
    """What is reported of each set, `bar` being the containment frozen on its training half."""
    top = CONTAINMENT_THRESHOLD
    return {
        "AUROC containment": lambda s: auroc(s.faithful, s.containment),
        "AUROC details": lambda s: auroc(s.faithful, s.details.astype(float)),
        "AUROC both": lambda s: auroc(s.faithful, s.both),
        "bal. acc. containment": lambda s: balanced_accuracy(s.faithful, s.containment >= bar),
        "bal. acc. details": lambda s: balanced_accuracy(s.faithful, s.details),
        "bal. acc. both": lambda s: balanced_accuracy(s.faithful, s.both >= bar),
        f"bal. acc. both at {top:g}": lambda s: balanced_accuracy(s.faithful, s.both >= top),
        f"wrong refused at {top:g}": lambda s: float((s.both < top)[~s.faithful].mean()),
        f"faithful passed at {top:g}": lambda s: float((s.both >= top)[s.faithful].mean()),
    }


def public_table(folder: Path, seed: int) -> list[str]:
    """A Markdown table: every measure of every set on its reported half, with its interval."""
    columns, heads = [], ["content", "n faithful", "n wrong", "threshold frozen"]
    for name, content, load in SETS:
        pairs = list(load(folder))
        scores, trains = score(pairs), np.array([pair.trains for pair in pairs])
        bar, held_out = best_threshold(scores.part(trains)), scores.part(~trains)
        right = int(held_out.faithful.sum())
        cells = [content, str(right), str(len(held_out.faithful) - right), f"{bar:.2f}"]
        for measure in measures(bar).values():
            low, high = interval(measure, held_out, seed)
            cells.append(f"{measure(held_out):.3f} [{low:.3f}, {high:.3f}]")
        columns.append([name, *cells])
    rows = zip(["", *heads, *measures(0)], *columns, strict=True)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [lines[0], "| --- " * (len(SETS) + 1) + "|", *lines[1:]]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a labelled set; DataError where the file is missing."""
    if not path.is_file():
        raise DataError(f"{path} is missing: put the labelled set back, or set {SHARED} to where it is.")
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def measure(
    planted: bool = False, pairs: bool = False, folders: Sequence[Path] | None = None, seed: int = 1
) -> int:
    """Print the table that was asked for; 1 where the data is absent or the planted errors get through."""
    try:
        if planted:
            return _planted(folders, seed)
        if pairs:
            return _pairs(seed)
        print("\n".join(public_table(shared_data(), seed)))
        return 0
    except (DataError, CollectionError) as error:
        print(error, file=sys.stderr)
        return 1


def _planted(folders: Sequence[Path] | None, seed: int) -> int:
    from evals.kills import FLOOR, MOST_FALSE_ALARMS, SHIPPED, planted_table, table_lines

    table = planted_table(folders or SHIPPED, seed)
    print("\n".join(table_lines(table)))
    if not table.holds:
        bars = f"{FLOOR:.0%} found, or all where code can tell; {MOST_FALSE_ALARMS:.0%} refused at most"
        print(f"Below the bar: {bars}.", file=sys.stderr)
    return 0 if table.holds else 1


def _pairs(seed: int) -> int:
    from evals.pairs import pairs_table

    print("\n".join(pairs_table(seed)))
    return 0
