"""How well the index finds the passages that answer a question.

A suite is JSONL, one question a line; a gold position is met by any passage that holds one of its
snippets word for word. Everything is tuned on the odd lines (the first, the third, …); the even lines
are held out. Run: python -m evals.retrieval evals/suites/retrieval.jsonl
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from pydantic import BaseModel, ValidationError
from rich.console import Console
from rich.table import Table

from bot.corpus import Collection, CollectionError, load_collection
from bot.embedding import EmbeddingError
from bot.facts import load_facts
from bot.index import Hit, IndexProblem, open_index
from bot.records import Record
from bot.settings import SettingsError, load_settings
from bot.wording import locate_pieces

Metrics = dict[str, float]


class SuiteError(ValueError):
    """The suite cannot be scored; the message names the line and what to mend."""


class Gold(Record):
    """A position that an answer should hold: met by a passage with any of these verbatim snippets."""

    side: str = ""
    any: tuple[str, ...]


class Case(BaseModel):
    """One question of a suite; fields that other measurements need are passed over."""

    id: str
    question: str
    history: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    gold: tuple[Gold, ...] = ()
    tags: tuple[str, ...] = ()


def load_suite(path: Path) -> list[Case]:
    """The cases of a suite in order; SuiteError where a line is no case."""
    cases = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            cases.append(Case.model_validate_json(line))
        except ValidationError as error:
            raise SuiteError(f"{path} line {number} is no case: {error.errors()[0]['msg']}.") from error
    return cases


def gold_passages(case: Case, collection: Collection) -> list[frozenset[str]]:
    """For each gold position, the passages that meet it; SuiteError where a snippet stands nowhere."""
    positions = []
    for gold in case.gold:
        holders = [
            {passage.id for passage in collection.passages if locate_pieces(snippet, passage.text)}
            for snippet in gold.any
        ]
        if not all(holders):
            raise SuiteError(f"{case.id}: “{gold.any[holders.index(set())]}” stands in no passage; mend it.")
        positions.append(frozenset().union(*holders))
    return positions


def recall(ranked: Sequence[str], gold: Sequence[frozenset[str]], k: int) -> float:
    """The share of gold positions that the first `k` passages meet."""
    return fmean(not position.isdisjoint(ranked[:k]) for position in gold)


def reciprocal_rank(ranked: Sequence[str], gold: Sequence[frozenset[str]], k: int) -> float:
    """1 / the rank of the first passage that meets any position; 0 where none is among the first `k`."""
    relevant = frozenset().union(*gold)
    return next((1 / rank for rank, id_ in enumerate(ranked[:k], start=1) if id_ in relevant), 0.0)


def ndcg(ranked: Sequence[str], gold: Sequence[frozenset[str]], k: int) -> float:
    """Discounted gain of relevant passages among the first `k`, over the best that there could be.

    A passage is relevant or not: it meets a position, whichever.
    """
    relevant = frozenset().union(*gold)
    gain = sum(1 / math.log2(rank + 1) for rank, id_ in enumerate(ranked[:k], start=1) if id_ in relevant)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(relevant)) + 1))
    return gain / best


def measure(ranked: Sequence[str], gold: Sequence[frozenset[str]]) -> Metrics:
    """Every metric for one question. `gold` holds at least one position."""
    return {
        "recall@5": recall(ranked, gold, 5),
        "recall@10": recall(ranked, gold, 10),
        "MRR@10": reciprocal_rank(ranked, gold, 10),
        "nDCG@10": ndcg(ranked, gold, 10),
    }


def mean(measured: Sequence[Metrics]) -> Metrics:
    """The mean of each metric over questions."""
    return {name: fmean(each[name] for each in measured) for name in measured[0]}


def groups(cases: Sequence[Case]) -> dict[str, list[int]]:
    """Indices of the cases to report together: all, each half, each tag, each tag's held-out half."""
    every = range(len(cases))
    found = {
        "all": [*every],
        "odd (tuned on)": [i for i in every if i % 2 == 0],
        "even (held out)": [i for i in every if i % 2 == 1],
    }
    for tag in sorted({tag for case in cases for tag in case.tags}):
        found[tag] = [i for i in every if tag in cases[i].tags]
        found[f"{tag}, even"] = [i for i in found[tag] if i % 2 == 1]
    return {name: members for name, members in found.items() if members}


def systems(hits: Sequence[Hit]) -> dict[str, list[str]]:
    """From one exhaustive fused search, the ranking of each part and of the whole."""
    by_words = sorted((hit.bm25_rank, hit.passage) for hit in hits if hit.bm25_rank is not None)
    by_meaning = sorted((hit.dense_rank, hit.passage) for hit in hits if hit.dense_rank is not None)
    return {
        "bm25": [passage for _, passage in by_words],
        "dense": [passage for _, passage in by_meaning],
        "fused": [hit.passage for hit in hits],
    }


def evaluate(
    cases: Sequence[Case], collection: Collection, search: Callable[[str], Sequence[Hit]]
) -> dict[str, list[Metrics]]:
    """For each system, the metrics of each case in order."""
    measured: dict[str, list[Metrics]] = {}
    for case in cases:
        gold = gold_passages(case, collection)
        if not gold:
            raise SuiteError(f"{case.id} has no gold: give it one, or take it out of this suite.")
        for system, ranked in systems(search(case.question)).items():
            measured.setdefault(system, []).append(measure(ranked, gold))
    return measured


def report(measured: Mapping[str, Sequence[Metrics]], members: Mapping[str, Sequence[int]]) -> Table:
    """One row for each group and system."""
    table = Table("questions", "n", "system", *next(iter(measured.values()))[0])
    for group, indices in members.items():
        for system, metrics in measured.items():
            means = mean([metrics[index] for index in indices]).values()
            table.add_row(group, str(len(indices)), system, *(f"{value:.3f}" for value in means))
        table.add_section()
    return table


def main(paths: Sequence[str]) -> int:
    """Print a table for each suite; 0, or 1 after a sentence on standard error that says what to do."""
    if not paths:
        print("Name a suite: python -m evals.retrieval evals/suites/retrieval.jsonl", file=sys.stderr)
        return 1
    try:
        _print_reports(paths)
    except (SuiteError, SettingsError, CollectionError, IndexProblem, EmbeddingError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _print_reports(paths: Iterable[str]) -> None:
    settings = load_settings()
    collection = load_collection(settings.collection_dir)
    every = len(collection.passages)
    extra = load_facts(settings.collection_dir).questions
    with open_index(collection, settings, extra_texts=extra, progress=Console(stderr=True).print) as index:
        for path in map(Path, paths):
            cases = load_suite(path)
            measured = evaluate(cases, collection, lambda question: index.search(question, every))
            Console().print(path.name, index.manifest.recipe.embedding, report(measured, groups(cases)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
