"""How well the check tells faithful statements from wrong ones, on labelled public data and planted errors.

    python -m evals.checker             public sets: BEGIN, SummEdits, SciFact
    python -m evals.checker --planted   errors planted into a collection's own statements

Thresholds are frozen on one half of each set (the sources whose hash is even) and reported on the
other. `--planted` fails where an error that the check promises to find is found too seldom, or where
more than one faithful statement in a hundred is refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bot.corpus import About, Collection, CollectionError, assemble, load_collection
from bot.details import new_names, new_numbers, new_reach
from bot.grounding import CONTAINMENT_THRESHOLD
from bot.negation import dropped_limits, turned_negations
from bot.overlap import containment, idf, swapped_words
from bot.planting import KNOWN_BLIND, OPERATORS
from bot.positions import load_map
from bot.records import Passage, PassageKind, Statement
from bot.settings import ROOT
from evals import planted

SHARED = "COUNTERPOINT_SHARED"
RESAMPLES = 1000
FLOOR = 0.9
MOST_FALSE_ALARMS = 0.01
EACH = {"one word replaced": 3}
ABSTRACTS = 50


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
    for row in _rows(folder / "begin" / "test_wow.jsonl"):
        if row["label"] != "Generic":
            faithful = row["label"] == "Fully attributable"
            yield Pair(row["response"], row["knowledge"], faithful, row["knowledge"])


def summedits(folder: Path) -> Iterator[Pair]:
    """SummEdits: a summary, faithful or subtly altered, and the text that it sums up."""
    for row in _rows(folder / "summedits" / "sample.jsonl"):
        yield Pair(row["claim"], row["source"], row["label"] == 1, row["source"])


def scifact(folder: Path, wrong: str) -> Iterator[Pair]:
    """SciFact: claims that an abstract supports, against those of the label `wrong`."""
    abstracts = {row["_id"]: row["text"] for row in _rows(folder / "scifact" / "corpus.jsonl")}
    for row in _rows(folder / "scifact" / "claims.jsonl"):
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


@dataclass(frozen=True)
class Base:
    """Faithful statements to plant errors into, and the collection that they rest on."""

    name: str
    collection: Collection
    statements: Sequence[Statement]


def bases(folder: Path) -> list[Base]:
    """The map and the sentences of a collection, and where the public data is at hand, foreign sentences.

    The rules were written with the collection in view, so only the foreign sentences are a blind test.
    """
    collection = load_collection(folder)
    known = planted.map_statements(load_map(folder), collection)
    made = [
        Base("positions of the map", collection, known),
        Base("sentences as themselves", collection, list(planted.sentence_statements(collection))),
    ]
    try:
        abstracts = list(islice(_rows(shared_data() / "scifact" / "corpus.jsonl"), ABSTRACTS))
    except DataError:
        return made
    drafts = [
        Passage(id=f"C{number}", kind=PassageKind.COMMENT, text=row["text"], voice=f"C{number}")
        for number, row in enumerate(abstracts, start=1)
    ]
    foreign = assemble("scifact", About(title="SciFact"), drafts, (), ())
    return [*made, Base("sentences of SciFact", foreign, list(planted.sentence_statements(foreign)))]


def planted_table(planted_into: Sequence[Base], seed: int) -> tuple[list[str], bool]:
    """A Markdown table of planted errors found, the faithful statements refused, and whether both hold up."""
    lines = ["| faithful | n | refused |", "| --- | --- | --- |"]
    notes, holds, sound = list[str](), True, list[Base]()
    for base in planted_into:
        alarms = planted.false_alarms(base.statements, base.collection)
        refused, n = {statement for statement, _ in alarms}, len(base.statements)
        lines.append(f"| {base.name} | {n} | {len(refused)} ({len(refused) / n:.1%}) |")
        notes += [f"refused: {s.voice}: {s.text} [{s.evidence[0].passage}] ({why})" for s, why in alarms]
        holds &= len(refused) <= MOST_FALSE_ALARMS * n
        sound.append(replace(base, statements=[s for s in base.statements if s not in refused]))
    lines += ["", "| error | " + " | ".join(f"in {base.name}" for base in sound) + " |"]
    lines.append("| --- " * (len(sound) + 1) + "|")
    for operator in OPERATORS:
        each = EACH.get(operator, 1)
        tallies = [planted.plant(operator, base.statements, base.collection, seed, each) for base in sound]
        lines.append(f"| {operator} | " + " | ".join(_found(tally) for tally in tallies) + " |")
        if operator not in KNOWN_BLIND:
            holds &= sum(t.found for t in tallies) >= FLOOR * sum(t.planted for t in tallies)
            notes += [f"missed, {operator}: {text}" for tally in tallies for text in tally.missed]
    blocks = planted.quoted_blocks(sound[0].collection)
    found = len(planted.false_alarms(blocks, sound[0].collection))
    lines.append(
        f"| quoted words credited to the quoter | {found} of {len(blocks)} |" + " |" * (len(sound) - 1)
    )
    return [*lines, "", *notes], holds and found == len(blocks)


def _found(tally: planted.Tally) -> str:
    return f"{tally.found} of {tally.planted} ({tally.rate:.1%})" if tally.planted else "0 of 0"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise DataError(f"{path} is missing: put the labelled set back, or set {SHARED} to where it is.")
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table that was asked for; 1 where the data is absent or the planted errors get through."""
    parser = argparse.ArgumentParser(prog="python -m evals.checker", description=__doc__.split("\n")[0])
    parser.add_argument("--planted", action="store_true", help="plant errors instead of reading public sets")
    parser.add_argument("--collection", type=Path, default=ROOT / "knowledge" / "levine")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    try:
        if not chosen.planted:
            print("\n".join(public_table(shared_data(), chosen.seed)))
            return 0
        lines, holds = planted_table(bases(chosen.collection), chosen.seed)
    except (DataError, CollectionError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    if not holds:
        print(f"Below the bar: {FLOOR:.0%} found, {MOST_FALSE_ALARMS:.0%} refused at most.", file=sys.stderr)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
