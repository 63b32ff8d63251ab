"""Charts as inline SVG: estimates with their intervals, one metric over slices, and how long answers took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

Found = Mapping[str, float | int | None]

LEFT, WIDTH, ROW, TOP, RIGHT = 250, 420, 24, 26, 110
BINS = 30


def forest(rows: Sequence[tuple[str, Found]], title: str) -> str:
    """Shares from 0 to 1, one a row: a dot for the value, a line for its interval, n at the right."""
    height = TOP + ROW * len(rows) + 8
    parts = [_grid(height)]
    for number, (label, found) in enumerate(rows):
        y = TOP + ROW * number + ROW / 2
        parts.append(
            f'<text class="label" x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(label)}</text>'
        )
        value, low, high = found["value"], found["low"], found["high"]
        if value is None:
            continue
        if low is not None and high is not None:
            parts.append(f'<line class="interval" x1="{_x(low)}" x2="{_x(high)}" y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="value" cx="{_x(value)}" cy="{y}" r="4"/>')
        parts.append(
            f'<text class="number" x="{LEFT + WIDTH + 10}" y="{y + 4}">{value:.3f}, n {found["n"]}</text>'
        )
    return _svg(height, title, parts)


def histogram(values: Sequence[float], title: str, unit: str) -> str:
    """How often each value came, in thirty bins from 0 to the largest; "" for no values."""
    if not values:
        return ""
    top = max(values) or 1.0
    counts, _ = np.histogram(values, bins=BINS, range=(0, top))
    height, floor = 190, 160
    step = WIDTH / BINS
    parts = []
    for number, count in enumerate(counts):
        tall = (floor - TOP) * count / counts.max()
        x = LEFT + number * step
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{floor - tall:.1f}" width="{step - 1:.1f}" '
            f'height="{tall:.1f}">'
            f"<title>{count}</title></rect>"
        )
    for share in (0, 0.5, 1):
        x = LEFT + WIDTH * share
        parts.append(
            f'<text class="number" x="{x}" y="{floor + 18}" text-anchor="middle">'
            f"{top * share:.2f} {unit}</text>"
        )
    return _svg(height, title, parts)


def _grid(height: float) -> str:
    lines = []
    for tenth in range(0, 11, 2):
        x = _x(tenth / 10)
        lines.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP}" y2="{height - 6}"/>')
        lines.append(
            f'<text class="number" x="{x}" y="{TOP - 8}" text-anchor="middle">{tenth / 10:.1f}</text>'
        )
    return "".join(lines)


def _x(share: float) -> float:
    return round(LEFT + WIDTH * min(max(share, 0.0), 1.0), 1)


def _svg(height: float, title: str, parts: Sequence[str]) -> str:
    width = LEFT + WIDTH + RIGHT
    return (
        f'<div class="wide"><svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width} {height}" '
        f'style="max-width:{width}px">{"".join(parts)}</svg></div>'
    )
