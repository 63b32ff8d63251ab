"""What happens here, in numbers for Prometheus: never a word of what was asked."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.records import Answer

__all__ = ["CONTENT_TYPE_LATEST", "Metrics"]

SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120)


class Metrics:
    """One process's counts, from when it started."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "counterpoint_questions",
            "Questions by how they ended; stopped: by the visitor, failed: on this side.",
            ["outcome"],
            registry=self._registry,
        )
        self._drops = Counter(
            "counterpoint_dropped_statements",
            "Statements that were not shown, by what the check found.",
            ["finding"],
            registry=self._registry,
        )
        self._fallbacks = Counter(
            "counterpoint_fallbacks",
            "Answers that the embedded model gave or finished, by why.",
            ["reason"],
            registry=self._registry,
        )
        self._first = Histogram(
            "counterpoint_first_statement_seconds",
            "Seconds to the first statement shown.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._seconds = Histogram(
            "counterpoint_answer_seconds",
            "Seconds to the whole answer.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._running = Gauge("counterpoint_answers_under_way", "Now.", registry=self._registry)

    def began(self) -> None:
        self._running.inc()

    def ended(self, answer: Answer | None, outcome: str) -> None:
        """A question is over: with an answer, or for another reason without one."""
        self._running.dec()
        self._questions.labels(outcome).inc()
        if answer is None:
            return
        for statement in answer.dropped:
            for finding in statement.check.findings:
                self._drops.labels(finding.kind).inc()
        if answer.provenance.fallback:
            self._fallbacks.labels(answer.provenance.fallback).inc()
        timings = answer.provenance.timings
        self._seconds.observe(timings.total)
        if timings.first_statement is not None:
            self._first.observe(timings.first_statement)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)
