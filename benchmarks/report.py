"""Measurements as JSON and as Markdown tables, with the machine that they were taken on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

Row = Mapping[str, str | int | float | None]


@dataclass
class Table:
    """One measurement: a title, a sentence on how it was taken, and rows with the same columns."""

    title: str
    how: str
    rows: list[Row] = field(default_factory=list)

    def markdown(self) -> str:
        if not self.rows:
            return f"### {self.title}\n\n{self.how}\n\nNothing was measured.\n"
        columns = list(self.rows[0])
        lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
        lines += [" | ".join(_cell(row.get(column)) for column in columns) for row in self.rows]
        body = "\n".join(f"| {line} |" for line in lines)
        return f"### {self.title}\n\n{self.how}\n\n{body}\n"


def machine() -> str:
    """This machine, and how busy it is with other things as well."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}, "
        f"load {load:.1f} when it began"
    )


def write(tables: Sequence[Table], out: Path, where: str) -> None:
    """Write results.json and results.md; a table that is there already is replaced by its new one."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "results.json"
    stored = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for table in tables:
        stored[table.title] = {"machine": where, "how": table.how, "rows": [dict(row) for row in table.rows]}
    path.write_text(json.dumps(stored, indent=2, ensure_ascii=False), "utf-8")
    parts = [
        f"{Table(title, one['how'], one['rows']).markdown()}\n({one['machine']})\n"
        for title, one in stored.items()
    ]
    (out / "results.md").write_text("\n".join(parts), "utf-8")


def spread(values: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    if len(values) == 1:
        return values[0], values[0]
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94]


def _cell(value: str | int | float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else value
