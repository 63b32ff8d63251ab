"""Gates: the values that a run must reach, and the samples that it must have reached them on.

Never passes on nothing: no gates, no trials, an errored case, a metric without its sample all fail.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from bot.records import Record
from evals.metrics import BY_NAME
from evals.runner import RunError
from evals.summary import ALL, Summary

MARKS = ("MISS", "TOO FEW", "ok")
SMALL_RUNS = (
    "A run with --limit is judged with --config evals/gates-fast.yaml, made for --limit 8 of all suites."
)


class Gate(Record):
    """What one metric must be on one slice. `on`: the value itself, or the cautious end of its interval.

    `n` is the least that must have been counted. `why` says what a miss would mean.
    """

    metric: str
    slice: str = ALL
    min: float | None = None
    max: float | None = None
    n: int = Field(ge=1)
    on: Literal["value", "interval"] = "value"
    why: str = ""

    @model_validator(mode="after")
    def _can_fail(self) -> Gate:
        metric = BY_NAME.get(self.metric)
        if metric is None:
            raise ValueError(f"there is no metric {self.metric}")
        if not metric.hard:
            raise ValueError(f"{self.metric} is soft, and no gate may rest on it alone")
        if (self.min is None) == (self.max is None):
            raise ValueError("give either min or max")
        if (self.max is not None) != (metric.better == "lower"):
            raise ValueError(
                f"{self.metric} is better {metric.better}: give {'max' if self.min is not None else 'min'}"
            )
        if self.min == 0 or (self.max is not None and self.max >= 1 and metric.unit == "share"):
            raise ValueError("no run can miss this")
        return self

    @property
    def name(self) -> str:
        place = "" if self.slice == ALL else f" ({self.slice})"
        bound = f"≥ {self.min:g}" if self.min is not None else f"≤ {self.max:g}"
        return f"{self.metric}{place} {bound}"


class Gates(Record):
    """A file of gates."""

    gates: tuple[Gate, ...] = Field(min_length=1)


class Verdict(Record):
    """Whether a gate holds, and in words why not. `too_few`: it was not missed, but could not be judged."""

    gate: Gate
    passed: bool
    detail: str
    too_few: bool = False

    @property
    def mark(self) -> str:
        return "ok" if self.passed else "TOO FEW" if self.too_few else "MISS"


def load_gates(path: Path) -> Gates:
    """Read a gates file; RunError names the entry that is wrong."""
    try:
        # Read as text, and typed by Gates: YAML 1.1 takes the key `on` for true.
        return Gates.model_validate(yaml.load(path.read_text("utf-8"), yaml.BaseLoader))
    except FileNotFoundError as error:
        raise RunError(f"There is no gates file {path}: give one with --config.") from error
    except yaml.YAMLError as error:
        raise RunError(f"{path} is not valid YAML: mend it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top"
        raise RunError(f"{path}, {place}: {first['msg'].lower()}.") from error


def hold(gates: Gates, summary: Summary) -> list[Verdict]:
    """Every gate's verdict on a run, in order."""
    return [_verdict(gate, summary) for gate in gates.gates]


def _verdict(gate: Gate, summary: Summary) -> Verdict:
    if gate.slice not in summary.slices:
        return Verdict(gate=gate, passed=False, detail="the run has no such slice", too_few=True)
    found = summary.slices[gate.slice].get(gate.metric)
    if found is None:
        return Verdict(gate=gate, passed=False, detail=f"counted 0, needs {gate.n}", too_few=True)
    n = int(found["n"] or 0)
    if n < gate.n:
        so_far = f"counted {n}, needs {gate.n} ({found['value']:.4g} so far)"
        return Verdict(gate=gate, passed=False, detail=so_far, too_few=True)
    end = "value" if gate.on == "value" else "low" if gate.min is not None else "high"
    value = found[end]
    if value is None:
        return Verdict(gate=gate, passed=False, detail="too few questions for an interval", too_few=True)
    passed = value >= gate.min if gate.min is not None else gate.max is not None and value <= gate.max
    return Verdict(gate=gate, passed=passed, detail=f"{value:.4g} over {n}")


def gate_text(verdicts: list[Verdict], summary: Summary) -> str:
    """The verdicts as plain text: misses first, then what had too few cases, then what holds."""
    ordered = sorted(verdicts, key=lambda verdict: MARKS.index(verdict.mark))
    lines = [f"{v.mark:<7} {v.gate.name}: {v.detail}" for v in ordered]
    lines += [f"MISS    a case errored: {error}" for error in summary.errors]
    if not summary.trials:
        lines.append("MISS    the run holds no trials")
    held, few, missed = (sum(v.mark == mark for v in verdicts) for mark in ("ok", "TOO FEW", "MISS"))
    lines.append(
        f"{held} of {len(verdicts)} gates hold, {missed} are missed, {few} have too few cases to be judged; "
        f"{len(summary.errors)} errors."
    )
    if few:
        lines.append(SMALL_RUNS)
    return "\n".join(lines)


def passes(verdicts: list[Verdict], summary: Summary) -> bool:
    """Whether all gates hold on a run that has trials and no errors."""
    return bool(verdicts) and bool(summary.trials) and not summary.errors and all(v.passed for v in verdicts)
