"""Scores and summaries made by hand."""

from __future__ import annotations

from evals.metrics import Complaint, Measure
from evals.scoring import Score
from evals.summary import Summary, summarise


def a_score(
    number: int, error: str | None = None, wording: int = 0, **measures: tuple[float, float]
) -> Score:
    """The score of case `number`; each measure as (hits, of)."""
    id_ = f"own:c{number}" + (f"~{wording}" if wording else "")
    return Score(
        id=id_,
        cluster=f"own:c{number}",
        suite="own",
        collection="night-buses",
        kind="contested",
        wording=wording,
        measures={name: Measure(hits=hits, of=of) for name, (hits, of) in measures.items()},
        complaints=tuple(
            Complaint(metric=name, detail="not \x00 <right>")
            for name, (hits, of) in measures.items()
            if hits < of
        ),
        error=error,
    )


def a_summary(*scores: Score) -> Summary:
    return summarise(scores, {"model": "embedded"})
