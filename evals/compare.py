"""Two runs side by side: paired differences with intervals, and every trial that flipped."""

from __future__ import annotations

from collections.abc import Sequence

from bot.records import Record
from evals.bootstrap import Estimate, difference
from evals.metrics import CATALOGUE, Metric
from evals.runner import RunError
from evals.scoring import Score
from evals.summary import sums


class Change(Record):
    """A metric's difference, second run less first, over the trials that both hold.

    `clear`: the interval leaves out zero. `better` is None where it is not clear.
    """

    metric: str
    first: float
    second: float
    value: float
    low: float | None
    high: float | None
    clusters: int

    @property
    def clear(self) -> bool:
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


class Flip(Record):
    """A hard metric that one trial was the best on in one run and not in the other."""

    trial: str
    metric: str
    mended: bool


class Comparison(Record):
    """What both runs hold, what changed, and what only one of them holds."""

    trials: int
    changes: tuple[Change, ...]
    flips: tuple[Flip, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(first: Sequence[Score], second: Sequence[Score], seed: int = 0) -> Comparison:
    """Compare two runs trial by trial; RunError where they have no trial in common."""
    before, after = ({score.id: score for score in scores} for scores in (first, second))
    shared = [id_ for id_ in before if id_ in after]
    if not shared:
        raise RunError(_nothing_shared(first, second))
    clusters: dict[str, list[str]] = {}
    for id_ in shared:
        clusters.setdefault(before[id_].cluster, []).append(id_)
    changes = [change for metric in CATALOGUE if (change := _change(metric, clusters, before, after, seed))]
    flips = [flip for id_ in shared for flip in _flips(before[id_], after[id_])]
    return Comparison(
        trials=len(shared),
        changes=tuple(changes),
        flips=tuple(flips),
        only_first=tuple(id_ for id_ in before if id_ not in after),
        only_second=tuple(id_ for id_ in after if id_ not in before),
    )


def _nothing_shared(first: Sequence[Score], second: Sequence[Score]) -> str:
    """Why two runs have no trial in common, and what to do."""
    both = sorted({score.suite for score in first} & {score.suite for score in second})
    if not both:
        return "The two runs have no trial in common: compare runs of the same suites."
    return (
        f"The two runs have no trial in common, though both are of {', '.join(both)}: --limit draws other "
        "cases for another --seed, so compare runs with the same --seed, --limit and --repeat."
    )


def _change(
    metric: Metric,
    clusters: dict[str, list[str]],
    before: dict[str, Score],
    after: dict[str, Score],
    seed: int,
) -> Change | None:
    one = sums([[before[id_] for id_ in ids] for ids in clusters.values()], metric.name)
    two = sums([[after[id_] for id_ in ids] for ids in clusters.values()], metric.name)
    made: Estimate = difference(one, two, seed)
    if made.value is None:
        return None
    both = (one[1] > 0) & (two[1] > 0)
    return Change(
        metric=metric.name,
        first=float(one[0][both].sum() / one[1][both].sum()),
        second=float(two[0][both].sum() / two[1][both].sum()),
        value=made.value,
        low=made.low,
        high=made.high,
        clusters=made.clusters,
    )


def _flips(before: Score, after: Score) -> list[Flip]:
    found = []
    for metric in CATALOGUE:
        one, two = before.measures.get(metric.name), after.measures.get(metric.name)
        if metric.hard and one and two and metric.failed(one) != metric.failed(two):
            found.append(Flip(trial=before.id, metric=metric.name, mended=metric.failed(one)))
    return found


def comparison_text(made: Comparison) -> str:
    """A comparison as plain text: a line for each metric, then the flips."""
    lines = [
        f"{made.trials} trials in both runs.",
        f"{'metric':<24} {'first':>8} {'second':>8} {'change':>8}  95 % interval",
    ]
    for change in made.changes:
        interval = "one question" if change.low is None else f"{change.low:+.3f} to {change.high:+.3f}"
        mark = " *" if change.clear else ""
        lines.append(
            f"{change.metric:<24} {change.first:>8.3f} {change.second:>8.3f} "
            f"{change.value:>+8.3f}  {interval}{mark}"
        )
    lines.append("* the interval leaves out zero.")
    for title, mended in (("Broken", False), ("Mended", True)):
        chosen = [flip for flip in made.flips if flip.mended is mended]
        lines.append(f"{title}: {len(chosen)}")
        lines += [f"  {flip.trial}: {flip.metric}" for flip in chosen]
    for name, ids in (("first", made.only_first), ("second", made.only_second)):
        if ids:
            lines.append(f"Only in the {name} run: {len(ids)} trials, such as {ids[0]}.")
    return "\n".join(lines)
