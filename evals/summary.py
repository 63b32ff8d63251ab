"""A run's metrics over all its trials and over every slice of them, each with its sample and interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from bot.records import Record
from evals.bootstrap import Estimate, estimate
from evals.metrics import BY_NAME, CATALOGUE, Measure, worst
from evals.scoring import Score

ALL = "all"
WORST = {
    "worst_position_recall": "position_recall",
    "worst_min_side_recall": "min_side_recall",
    "worst_answer_rate": "answer_rate",
    "worst_retrieval_recall@10": "retrieval_recall@10",
}
PERCENTILES = (50, 95)
ABSTENTION_RECALL, ABSTENTION_F1 = "abstention_recall", "abstention_f1"


class Summary(Record):
    """Every metric of every slice, errors, percentiles of the times, and what made the run.

    `slices[slice][metric]` is an estimate as a mapping: value, low, high, n, clusters.
    """

    made: dict[str, Any]
    trials: int
    errors: tuple[str, ...]
    slices: dict[str, dict[str, dict[str, float | int | None]]]
    times: dict[str, dict[str, float]]


def summarise(scores: Sequence[Score], made: Mapping[str, Any], seed: int = 0) -> Summary:
    """Sum up a run; the intervals are the same for the same seed."""
    enriched = [*scores, *_derived(scores)]
    slices = {
        name: metrics
        for name, belongs in _slices(scores).items()
        if (metrics := _metrics([s for s in enriched if belongs(s)], seed))
    }
    return Summary(
        made=dict(made),
        trials=len(scores),
        errors=tuple(f"{s.id}: {s.error}" for s in scores if s.error),
        slices=slices,
        times=_times(scores),
    )


def _slices(scores: Sequence[Score]) -> dict[str, Callable[[Score], bool]]:
    """Who belongs to each slice: all, each collection, suite, kind, tag, and original or other wordings."""
    found: dict[str, Callable[[Score], bool]] = {ALL: lambda score: True}
    for field in ("collection", "suite", "kind"):
        for value in dict.fromkeys(getattr(score, field) for score in scores):
            found[f"{field}:{value}"] = lambda score, f=field, v=value: getattr(score, f) == v
    for tag in sorted({tag for score in scores for tag in score.tags}):
        found[f"tag:{tag}"] = lambda score, t=tag: t in score.tags
    if any(score.wording for score in scores):
        found["wording:own"] = lambda score: not score.wording
        found["wording:paraphrase"] = lambda score: score.wording > 0
    return found


def _metrics(scores: Sequence[Score], seed: int) -> dict[str, dict[str, float | int | None]]:
    by_cluster: dict[str, list[Score]] = {}
    for score in scores:
        by_cluster.setdefault(score.cluster, []).append(score)
    found = {}
    for metric in CATALOGUE:
        hits, of = sums(by_cluster.values(), metric.name)
        made = estimate(hits, of, seed, share=metric.unit == "share")
        if made.value is not None:
            found[metric.name] = as_mapping(made)
    # Where no question is unanswerable there is nothing to be right about.
    if ABSTENTION_RECALL not in found:
        found.pop(ABSTENTION_F1, None)
    return found


def sums(clusters: Iterable[Sequence[Score]], metric: str) -> tuple[np.ndarray, np.ndarray]:
    """A metric's hits and counts for each cluster: two arrays of shape (clusters,)."""
    rows = [[s.measures[metric] for s in cluster if metric in s.measures] for cluster in clusters]
    return (
        np.array([sum(m.hits for m in row) for row in rows], dtype=float),
        np.array([sum(m.of for m in row) for row in rows], dtype=float),
    )


def as_mapping(made: Estimate) -> dict[str, float | int | None]:
    rounded = {name: None if v is None else round(v, 6) for name, v in vars(made).items()}
    return {**rounded, "n": round(made.n), "clusters": made.clusters}


def _derived(scores: Sequence[Score]) -> list[Score]:
    """What only several trials of one case can tell: the worst wording, and the same answer again."""
    ordered = sorted(scores, key=lambda score: score.cluster)
    made = []
    for _, group in groupby(ordered, key=lambda score: score.cluster):
        trials = list(group)
        measures = _worst_wordings(trials) | _agreement(trials)
        if measures:
            made.append(trials[0].model_copy(update={"measures": measures, "complaints": (), "wording": 0}))
    return made


def _worst_wordings(trials: Sequence[Score]) -> dict[str, Measure]:
    if not any(trial.wording for trial in trials):
        return {}
    found = {}
    for name, metric in WORST.items():
        lowest = worst(trial.measures[metric] for trial in trials if metric in trial.measures)
        if lowest.of:
            found[name] = Measure(hits=lowest.hits / lowest.of, of=1)
    return found


def _agreement(trials: Sequence[Score]) -> dict[str, Measure]:
    """Whether each wording that was put more than once was answered the same each time."""
    wordings: dict[int, set[str]] = {}
    for trial in trials:
        wordings.setdefault(trial.wording, set()).add(trial.shown)
    if not any(trial.repeat for trial in trials):
        return {}
    same = sum(len(shown) == 1 for shown in wordings.values())
    return {"repeat_agreement": Measure(hits=same, of=len(wordings))}


def _times(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    found = {}
    for metric in ("latency", "first_statement"):
        values = [score.measures[metric].hits for score in scores if metric in score.measures]
        if values:
            found[metric] = {f"p{p}": round(float(np.percentile(values, p)), 4) for p in PERCENTILES}
    return found


def failures(score: Score) -> list[str]:
    """The hard metrics on which a trial is not the best there is, worst news first by catalogue order."""
    return [
        name
        for name, measure in score.measures.items()
        if BY_NAME[name].hard and BY_NAME[name].failed(measure)
    ]
