"""The report as a whole: the headline table, charts, slices, and the failed trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from bot.corpus import Collection
from evals.cases import Trial
from evals.metrics import BY_NAME, CATALOGUE, Metric
from evals.report.charts import forest, histogram
from evals.report.failed import failed_html
from evals.runner import Row
from evals.scoring import Score
from evals.summary import ALL, Summary, failures
from evals.table import shown

HERE = Path(__file__).resolve().parent
SLICED = ("kind", "suite", "collection", "wording")
# The metrics that are drawn over the kinds of questions.
OVER_KINDS = ("position_recall", "side_accuracy", "answer_relevance", "answer_rate", "wrong_answers")
FIGURES = ("Value", "95 % interval", "n", "Questions")
ALCE = ("alce_recall", "alce_precision")


def report_html(
    summary: Summary,
    scores: Sequence[Score],
    rows: Mapping[str, Row],
    trials: Mapping[str, Trial],
    collections: Mapping[str, Collection],
) -> str:
    """The report as one page without any address to load from."""
    page = Template((HERE / "template.html").read_text("utf-8"))
    bad = sum(bool(score.error or failures(score)) for score in scores)
    return page.substitute(
        css=(HERE / "report.css").read_text("utf-8"),
        model=escape(str(summary.made.get("model", ""))),
        made=_made(summary),
        hard=_table(summary, hard=True),
        soft=_table(summary, hard=False),
        hard_chart=_hard_chart(summary),
        kind_charts=_kind_charts(summary),
        times=_times(summary, scores),
        slices=_slices(summary),
        bad=bad,
        trials=summary.trials,
        errors=len(summary.errors),
        options=_options(scores),
        failed=failed_html(scores, rows, trials, collections),
    )


def _made(summary: Summary) -> str:
    items = []
    for name, value in summary.made.items():
        if name == "collections":
            items += [
                f"<li>{escape(collection)}: "
                + escape(", ".join(f"{key} {each}" for key, each in made.items() if key != "supporter"))
                + "</li>"
                for collection, made in value.items()
            ]
        elif value is not None:
            told = ", ".join(value) if isinstance(value, list | tuple) else str(value)
            items.append(f"<li>{escape(name)}: {escape(told)}</li>")
    return "".join(items)


def _table(summary: Summary, hard: bool) -> str:
    rows = "".join(_row(metric, summary) for metric in CATALOGUE if metric.hard is hard)
    head = "".join(f"<th>{name}</th>" for name in ("Metric", *FIGURES, "Meaning"))
    return f'<table class="stacked"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(metric: Metric, summary: Summary) -> str:
    found = summary.slices.get(ALL, {}).get(metric.name)
    meaning = escape(metric.meaning) + (_supporters(summary) if metric.name in ALCE else "")
    title = f"<td>{escape(metric.title)} <small>{_arrow(metric)} {escape(metric.name)}</small></td>"
    if found is None:
        cells = ("n/a", "", "0", "0")
    else:
        low, high = found["low"], found["high"]
        interval = "too few" if low is None else f"{shown(low, metric)} to {shown(high, metric)}"
        cells = (shown(found["value"], metric), interval, str(found["n"]), str(found["clusters"]))
    # On a narrow page, where a row is a block, each figure has its heading beside it.
    numbers = "".join(
        f'<td class="number" data-name="{name}">{cell}</td>'
        for name, cell in zip(FIGURES, cells, strict=True)
    )
    return f'<tr>{title}{numbers}<td class="meaning">{meaning}</td></tr>'


def _arrow(metric: Metric) -> str:
    return "↓" if metric.better == "lower" else "↑"


def _supporters(summary: Summary) -> str:
    found = []
    for name, made in summary.made.get("collections", {}).items():
        supporter = made["supporter"]
        accuracy = supporter["balanced_accuracy"]
        value = "not measured" if accuracy is None else f"{accuracy:.3f} on {supporter['pairs']} pairs"
        found.append(f"{name}: {supporter['name']}, balanced accuracy {value}")
    return f" <i>{escape('; '.join(found))}</i>"


def _hard_chart(summary: Summary) -> str:
    found = summary.slices.get(ALL, {})
    rows = [
        (f"{m.title} {_arrow(m)}", found[m.name])
        for m in CATALOGUE
        if m.hard and m.unit == "share" and m.name in found
    ]
    return forest(rows, "Hard metrics with 95 % intervals") if rows else ""


def _kind_charts(summary: Summary) -> str:
    charts = []
    for name in OVER_KINDS:
        rows = [
            (slice_.removeprefix("suite:"), metrics[name])
            for slice_, metrics in summary.slices.items()
            if slice_.startswith("suite:") and name in metrics
        ]
        if rows:
            title = BY_NAME[name].title
            charts.append(f"<figure><figcaption>{escape(title)}</figcaption>{forest(rows, title)}</figure>")
    sides = [
        (side, summary.slices[ALL][f"recall_{side}"])
        for side in ("for", "against", "context")
        if f"recall_{side}" in summary.slices.get(ALL, {})
    ]
    if sides:
        chart = forest(sides, "Gold found, by side")
        charts.append(f"<figure><figcaption>Gold found, by side</figcaption>{chart}</figure>")
    return "".join(charts)


def _times(summary: Summary, scores: Sequence[Score]) -> str:
    values = [score.measures["latency"].hits for score in scores if "latency" in score.measures]
    lines = [
        f"<li>{escape(BY_NAME[metric].title)}: "
        + ", ".join(f"{name} {value:.3f} s" for name, value in found.items())
        + "</li>"
        for metric, found in summary.times.items()
    ]
    return f"<ul>{''.join(lines)}</ul>{histogram(values, 'Seconds an answer', 's')}"


def _slices(summary: Summary) -> str:
    tables = []
    for group in SLICED:
        names = [name for name in summary.slices if name.startswith(f"{group}:")]
        if names:
            tables.append(f"<details><summary>By {group}</summary>{_slice_table(summary, names)}</details>")
    tags = [name for name in summary.slices if name.startswith("tag:")]
    if tags:
        tables.append(f"<details><summary>By tag</summary>{_slice_table(summary, tags)}</details>")
    return "".join(tables)


def _slice_table(summary: Summary, names: Sequence[str]) -> str:
    used = [m for m in CATALOGUE if any(m.name in summary.slices[name] for name in names)]
    head = "".join(f"<th>{escape(name.partition(':')[2])}</th>" for name in names)
    rows = []
    for metric in used:
        cells = []
        for name in names:
            found = summary.slices[name].get(metric.name)
            text = f"{shown(found['value'], metric)} <small>n {found['n']}</small>" if found else "n/a"
            cells.append(f'<td class="number">{text}</td>')
        rows.append(f"<tr><td>{escape(metric.title)}</td>{''.join(cells)}</tr>")
    table = f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<div class="wide" tabindex="0"><table>{table}</table></div>'


def _options(scores: Sequence[Score]) -> str:
    """The choices of the filter: suites, and metrics that some trial failed on."""
    suites = dict.fromkeys(score.suite for score in scores)
    metrics = dict.fromkeys(name for score in scores for name in failures(score))
    made = [f'<option value="suite:{escape(name)}">suite {escape(name)}</option>' for name in suites]
    made += [f'<option value="metric:{escape(name)}">{escape(name)}</option>' for name in sorted(metrics)]
    return "".join(made)
