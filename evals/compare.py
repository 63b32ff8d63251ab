"""Two runs side by side: paired differences with intervals, and every trial that flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.records import Record
from evals.bootstrap import Estimate, difference
from evals.metrics import CATALOGUE, Metric
from evals.runner import RunError
from evals.scoring import Score
from evals.summary import sums


class Change(Record):
    """A metric's difference, second run less first, over the `clusters` questions where both count.

    `one_sided`: how many questions count in one run alone, as abstention does where only one abstained.
    `clear`: the interval leaves out zero. `better` is None where it is not clear.
    """

    metric: str
    first: float
    second: float
    value: float
    low: float | None
    high: float | None
    clusters: int
    one_sided: int = 0

    @property
    def clear(self) -> bool:
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


class Flip(Record):
    """A hard metric on which one trial did badly in one run and not in the other, where it may not count."""

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
    reworded: tuple[str, ...] = ()


def compare(
    first: Sequence[Score],
    second: Sequence[Score],
    seed: int = 0,
    asked: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> Comparison:
    """Compare two runs trial by trial; RunError where they have no trial in common.

    `asked` holds each run's questions by trial, so that one that was reworded between them is named.
    """
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
        reworded=tuple(id_ for id_ in shared if asked[0].get(id_) != asked[1].get(id_)),
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
        one_sided=int(((one[1] > 0) != (two[1] > 0)).sum()),
    )


def _flips(before: Score, after: Score) -> list[Flip]:
    found = []
    for metric in CATALOGUE:
        one, two = before.measures.get(metric.name), after.measures.get(metric.name)
        was_bad, is_bad = (measure is not None and metric.failed(measure) for measure in (one, two))
        if metric.hard and was_bad != is_bad:
            found.append(Flip(trial=before.id, metric=metric.name, mended=was_bad))
    return found


def comparison_text(made: Comparison) -> str:
    """A comparison as plain text: a line for each metric, then the flips."""
    lines = [
        f"{made.trials} trials in both runs.",
        f"{'metric':<24} {'first':>8} {'second':>8} {'change':>8}  {'questions':>9}  95 % interval",
    ]
    if made.reworded:
        lines.insert(1, f"Asked in other words in the second run: {', '.join(made.reworded)}.")
    for change in made.changes:
        interval = "too few for one" if change.low is None else f"{change.low:+.3f} to {change.high:+.3f}"
        mark = " *" if change.clear else ""
        apart = f" ({change.one_sided} more count in one run alone)" if change.one_sided else ""
        lines.append(
            f"{change.metric:<24} {change.first:>8.3f} {change.second:>8.3f} "
            f"{change.value:>+8.3f}  {change.clusters:>9}  {interval}{mark}{apart}"
        )
    lines.append("Each line is over the questions that count for it in both runs. * leaves out zero.")
    for title, mended in (("Broken", False), ("Mended", True)):
        chosen = [flip for flip in made.flips if flip.mended is mended]
        lines.append(f"{title}: {len({flip.trial for flip in chosen})} trials")
        lines += [f"  {flip.trial}: {flip.metric}" for flip in chosen]
    for name, ids in (("first", made.only_first), ("second", made.only_second)):
        if ids:
            lines.append(f"Only in the {name} run: {len(ids)} trials, such as {ids[0]}.")
    return "\n".join(lines)
