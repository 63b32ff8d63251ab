"""The evaluation runs that lie on this machine, and the latest one's report in a closed frame."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.web.document import ROOM, document, masthead
from bot.web.plain_text import plain

REPORT, SUMMARY = "report.html", "summary.json"
STYLES = ("colours.css", "pages.css", "reports.css")
MOST_SHOWN = 200
COLUMNS = ("Run", "Written (UTC)", "Model", "Suites", "Trials", "Errors")
NONE = "No evaluation has been run here. Run one with: counterpoint eval run"


@dataclass(frozen=True)
class Run:
    """A run's folder: its name, when it was written, and what its summary says, where it can be read."""

    name: str
    report: Path
    written: datetime
    model: str = ""
    suites: int = 0
    trials: int | None = None
    errors: int | None = None


def find_runs(folder: Path) -> list[Run]:
    """Every run in a folder that has a report, the latest first; links that lead elsewhere are no runs."""
    if not folder.is_dir():
        return []
    inside = folder.resolve()
    reports = (path / REPORT for path in folder.iterdir() if path.name.isprintable())
    runs = [_run(p) for p in reports if p.is_file() and p.resolve().is_relative_to(inside)]
    return sorted(runs, key=lambda run: (run.written, run.name), reverse=True)[:MOST_SHOWN]


def _run(report: Path) -> Run:
    written = datetime.fromtimestamp(report.stat().st_mtime, UTC)
    summary = _summary(report.parent / SUMMARY)
    made = summary.get("made") if isinstance(summary.get("made"), dict) else {}
    trials, errors = summary.get("trials"), summary.get("errors")
    suites = (made or {}).get("suites")
    return Run(
        name=report.parent.name,
        report=report,
        written=written,
        model=str((made or {}).get("model", "")),
        suites=len(suites) if isinstance(suites, list) else 0,
        trials=trials if isinstance(trials, int) else None,
        errors=len(errors) if isinstance(errors, list) else None,
    )


def _summary(path: Path) -> dict[str, Any]:
    """The summary's content, empty where there is none to read: the report is shown all the same."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def reports_html(runs: Sequence[Run], chosen: Run | None) -> str:
    """The list of runs, and the chosen one's report under it."""
    if not runs:
        main = f"<p>{plain(NONE)}</p>"
    else:
        head = "".join(f"<th>{name}</th>" for name in COLUMNS)
        rows = "".join(_row(run, run is chosen) for run in runs)
        main = (
            '<div class="wide" tabindex="0" role="group" aria-label="Runs">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    if chosen:
        address = f"/reports/{chosen.name}/report"
        main += (
            f'<h2>{plain(chosen.name)}</h2><p><a href="{address}" target="_blank" rel="noopener">'
            f'Open this report alone</a></p><iframe src="{address}" title="Report of {plain(chosen.name)}" '
            'sandbox="allow-scripts"></iframe>'
        )
    body = masthead(ROOM) + f'<main class="reports"><h1>Evaluations</h1>{main}</main>'
    return document("Evaluations", body, styles=STYLES, kind="page")


def _row(run: Run, chosen: bool) -> str:
    current = ' aria-current="true"' if chosen else ""
    written = f"{run.written:%Y-%m-%d %H:%M}"
    figures = (run.suites or None, run.trials, run.errors)
    values = [written, run.model, *("" if figure is None else str(figure) for figure in figures)]
    # On a narrow page, where a row is a block, each value has its heading beside it.
    cells = "".join(
        f'<td class="number" data-name="{name}">{plain(value)}</td>'
        for name, value in zip(COLUMNS[1:], values, strict=True)
    )
    return f'<tr{current}><td><a href="/reports/{run.name}"{current}>{plain(run.name)}</a></td>{cells}</tr>'
