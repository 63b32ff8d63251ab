"""A run's headline as plain text."""

from __future__ import annotations

from evals.metrics import CATALOGUE, Metric
from evals.summary import ALL, Summary


def headline(summary: Summary, slice_: str = ALL) -> str:
    """Every metric of one slice, a line each: value, interval, how much was counted."""
    metrics = summary.slices.get(slice_, {})
    lines = [f"{'metric':<24} {'value':>8}  {'95 % interval':<17} {'n':>6} {'questions':>9}"]
    for metric in CATALOGUE:
        found = metrics.get(metric.name)
        if found is None:
            lines.append(f"{metric.name:<24} {'n/a':>8}")
            continue
        low, high = found["low"], found["high"]
        interval = f"{shown(low, metric)} to {shown(high, metric)}" if low is not None else "too few for one"
        value = shown(found["value"], metric)
        lines.append(f"{metric.name:<24} {value:>8}  {interval:<17} {found['n']:>6} {found['clusters']:>9}")
    return "\n".join(lines)


def shown(value: float | int | None, metric: Metric) -> str:
    """A value in its metric's unit; “n/a” for None."""
    if value is None:
        return "n/a"
    digits = {"share": 3, "seconds": 3, "money": 6}.get(metric.unit, 1)
    return f"{value:.{digits}f}"
