"""Charts: estimates with their intervals, and how long answers took.

Estimates are rows of text with a strip between, so that nothing in them is cut or shrunk on a narrow
page; the histogram is inline SVG.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

Found = Mapping[str, float | int | None]

BINS, STEP, MARGIN = 30, 11, 30
FLOOR, HEIGHT, TOP = 140, 165, 10
TICKS = (0, 20, 40, 60, 80, 100)


def forest(rows: Sequence[tuple[str, Found]], title: str) -> str:
    """Shares from 0 to 1, one a row: a dot for the value, a line for its interval, n at the right."""
    ticks = "".join(f'<span class="tick" style="left:{tick}%">{tick / 100:.1f}</span>' for tick in TICKS)
    scale = f'<div class="scale" aria-hidden="true"><span class="strip">{ticks}</span></div>'
    drawn = "".join(_estimate(label, found) for label, found in rows)
    return f'<div class="forest" role="group" aria-label="{escape(title)}">{scale}{drawn}</div>'


def _estimate(label: str, found: Found) -> str:
    value, low, high = found["value"], found["low"], found["high"]
    marks, number = "", "n/a"
    if value is not None:
        number = f"{value:.3f}, n {found['n']}"
        if low is not None and high is not None:
            start, end = _percent(low), _percent(high)
            marks = f'<span class="interval" style="left:{start}%;width:{round(end - start, 1)}%"></span>'
        marks += f'<span class="value" style="left:{_percent(value)}%"></span>'
    return (
        f'<div class="estimate"><span class="label">{escape(label)}</span>'
        f'<span class="strip" aria-hidden="true">{marks}</span><span class="number">{number}</span></div>'
    )


def histogram(values: Sequence[float], title: str, unit: str) -> str:
    """How often each value came, in thirty bins from 0 to the largest; "" for no values."""
    if not values:
        return ""
    top = max(values) or 1.0
    counts, _ = np.histogram(values, bins=BINS, range=(0, top))
    parts = []
    for number, count in enumerate(counts):
        tall = (FLOOR - TOP) * count / counts.max()
        parts.append(
            f'<rect class="bar" x="{MARGIN + number * STEP}" y="{FLOOR - tall:.1f}" width="{STEP - 1}" '
            f'height="{tall:.1f}"><title>{count}</title></rect>'
        )
    for share in (0, 0.5, 1):
        x = MARGIN + BINS * STEP * share
        parts.append(
            f'<text x="{x}" y="{FLOOR + 18}" text-anchor="middle">{top * share:.2f} {escape(unit)}</text>'
        )
    width = BINS * STEP + 2 * MARGIN
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width} {HEIGHT}" '
        f'style="max-width:{width}px">{"".join(parts)}</svg>'
    )


def _percent(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 1)
