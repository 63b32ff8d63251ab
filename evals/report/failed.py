"""The trials that did badly, each with its question, answer, gold, findings and passages side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from bot.corpus import Collection, spoken_as
from bot.records import Answer, Statement
from evals.cases import Trial
from evals.gold import gold_passages
from evals.runner import Row
from evals.scoring import Score
from evals.summary import failures


def failed_html(
    scores: Sequence[Score],
    rows: Mapping[str, Row],
    trials: Mapping[str, Trial],
    collections: Mapping[str, Collection],
) -> str:
    """Every trial that errored or is not the best there is on a hard metric, folded up, in their order."""
    return "\n".join(
        _trial(score, rows.get(score.id), trials[score.id], collections[score.collection])
        for score in scores
        if score.error or failures(score)
    )


def _trial(score: Score, row: Row | None, trial: Trial, collection: Collection) -> str:
    failed = ["errors"] if score.error else failures(score)
    answer = row.answer if row else None
    parts = [
        _history(trial),
        _complaints(score),
        f'<div class="beside">{_answer(answer)}{_gold(trial)}</div>',
    ]
    parts.append(_passages(trial, answer, collection))
    return (
        f'<details class="failed" data-suite="{escape(score.suite)}" '
        f'data-metrics="{escape(" ".join(failed))}">'
        f"<summary><b>{escape(score.id)}</b> {escape(trial.question)} "
        f'<span class="metrics">{escape(", ".join(failed))}</span></summary>{"".join(parts)}</details>'
    )


def _history(trial: Trial) -> str:
    turns = (
        f"<li>{escape(question)}<br><q>{escape(answer)}</q></li>" for question, answer in trial.case.history
    )
    return f"<h4>Before</h4><ol>{''.join(turns)}</ol>" if trial.case.history else ""


def _complaints(score: Score) -> str:
    items = [f"<li>error: {escape(score.error)}</li>"] if score.error else []
    items += [f"<li><b>{escape(c.metric)}</b> {escape(c.detail)}</li>" for c in score.complaints]
    return f"<h4>What went wrong</h4><ul>{''.join(items)}</ul>"


def _answer(answer: Answer | None) -> str:
    if answer is None:
        return "<div><h4>Answer</h4><p>None.</p></div>"
    claim = f"<p>Claim: {escape(answer.proposition)}</p>" if answer.proposition else ""
    notice = f"<p>{escape(answer.notice[:300])}</p>" if answer.notice else ""
    gaps = "".join(f"<li>{escape(gap)}</li>" for gap in answer.gaps)
    statements = "".join(_statement(statement) for statement in answer.statements)
    dropped = "".join(
        f"<li>{escape(s.speaker)}: {escape(s.text)} "
        f"({escape('; '.join(f'{f.kind}: {f.detail}' for f in s.check.findings))})</li>"
        for s in answer.dropped
    )
    findings = "".join(f"<li>{escape(f.kind)}: {escape(f.detail)}</li>" for f in answer.findings)
    return (
        f"<div><h4>Answer: {escape(answer.outcome)}</h4>{claim}{notice}<ul>{statements}</ul>"
        + (f"<h5>Gaps</h5><ul>{gaps}</ul>" if gaps else "")
        + (f"<h5>Findings of the check</h5><ul>{findings}</ul>" if findings else "")
        + (f"<h5>Dropped</h5><ul>{dropped}</ul>" if dropped else "")
        + "</div>"
    )


def _statement(statement: Statement) -> str:
    quotes = " ".join(f"<q>{escape(e.quote)}</q> [{escape(e.passage)}]" for e in statement.evidence)
    return (
        f'<li><span class="side {statement.stance}">{statement.stance}</span> '
        f"<b>{escape(statement.speaker)}</b>: {escape(statement.text)}<br>{quotes}</li>"
    )


def _gold(trial: Trial) -> str:
    items = "".join(
        f'<li><span class="side {gold.side}">{gold.side}</span> '
        + " <i>or</i> ".join(f"<q>{escape(snippet)}</q>" for snippet in gold.any)
        + "</li>"
        for gold in trial.case.gold
    )
    tags = f" ({escape(', '.join(trial.case.tags))})" if trial.case.tags else ""
    return f"<div><h4>Gold: {trial.case.kind}{tags}</h4><ul>{items or '<li>none</li>'}</ul></div>"


def _passages(trial: Trial, answer: Answer | None, collection: Collection) -> str:
    shown = [e.passage for s in answer.statements for e in s.evidence] if answer else []
    gold = [id_ for each in trial.case.gold for id_ in sorted(gold_passages(each, collection))]
    cells = []
    for id_ in dict.fromkeys((*shown, *gold)):
        passage = collection.by_id.get(id_)
        if passage is None:
            continue
        marks = [name for name, ids in (("shown", shown), ("gold", gold)) if id_ in ids]
        heading = f"{id_}, {spoken_as(collection.speaker(id_))} ({' and '.join(marks)})"
        cells.append(f"<div><h5>{escape(heading)}</h5><p>{escape(passage.text)}</p></div>")
    return f'<h4>Passages</h4><div class="passages">{"".join(cells)}</div>' if cells else ""
