"""What is measured, and how a share is counted: every metric by name, with its meaning.

Each trial gives each metric a `Measure`: how much of how many. Over many trials a metric is the sum
of the one over the sum of the other, and not available (never zero) where there was nothing to count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml

from bot.records import Record


class Measure(Record):
    """`hits` of `of`. A metric that is a mean over trials has `of` 1 and its value as `hits`."""

    hits: float
    of: float


class Complaint(Record):
    """Why a trial did badly on a metric, in one plain sentence."""

    metric: str
    detail: str


@dataclass
class Tally:
    """The measures and complaints of one trial as they are counted."""

    measures: dict[str, Measure] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)

    def count(self, metric: str, hits: float, of: float = 1.0) -> None:
        """Add to a metric; one that is not in the catalogue is a KeyError."""
        BY_NAME[metric]
        before = self.measures.get(metric, Measure(hits=0, of=0))
        self.measures[metric] = Measure(hits=before.hits + hits, of=before.of + of)

    def judge(self, metric: str, good: bool, otherwise: str) -> None:
        """Count one thing that is right or wrong, with the complaint where it is wrong."""
        lower = BY_NAME[metric].better == "lower"
        self.count(metric, float(good != lower))
        if not good:
            self.complain(metric, otherwise)

    def complain(self, metric: str, detail: str) -> None:
        self.complaints.append(Complaint(metric=metric, detail=detail))


class Metric(Record):
    """A metric. `hard`: derived by rule from screen, record and gold; a soft one is never a gate alone."""

    name: str
    title: str
    meaning: str
    kind: Literal["hard", "soft"]
    better: Literal["higher", "lower"] = "higher"
    unit: Literal["share", "seconds", "tokens", "money", "number"] = "share"

    @property
    def hard(self) -> bool:
        return self.kind == "hard"

    def failed(self, measure: Measure) -> bool:
        """Whether one trial's measure is not the best there is; False for what is no share."""
        if not measure.of or self.unit != "share":
            return False
        return measure.hits > 0 if self.better == "lower" else measure.hits < measure.of


def load_catalogue(path: Path) -> tuple[Metric, ...]:
    """The metrics of a catalogue file, in the order in which they are reported."""
    return tuple(Metric.model_validate(entry) for entry in yaml.safe_load(path.read_text("utf-8")))


CATALOGUE = load_catalogue(Path(__file__).with_name("metrics.yaml"))
BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in CATALOGUE}


def ratio(measure: Measure | None) -> float | None:
    """The value of a measure, or None where there was nothing to count."""
    return measure.hits / measure.of if measure and measure.of else None


def worst(measures: Iterable[Measure]) -> Measure:
    """The measure with the lowest value among those that counted anything; nothing of nothing if none did."""
    counted = [measure for measure in measures if measure.of]
    return min(counted, key=lambda m: m.hits / m.of, default=Measure(hits=0, of=0))
