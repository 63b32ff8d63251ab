"""A run as JUnit XML: a suite for each suite, a test case for each trial, for whatever reads such files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from evals.scoring import Score
from evals.summary import failures

# Characters that XML 1.0 cannot hold.
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def junit_xml(scores: Sequence[Score]) -> str:
    """The scores as JUnit XML. A trial fails where a hard metric is not the best there is."""
    root = ET.Element("testsuites", name="counterpoint")
    for name, group in groupby(scores, key=lambda score: score.suite):
        members = list(group)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=name,
            tests=str(len(members)),
            failures=str(sum(bool(failures(s)) and not s.error for s in members)),
            errors=str(sum(s.error is not None for s in members)),
            time=f"{sum(map(_seconds, members)):.3f}",
        )
        for score in members:
            _add_case(suite, score)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _seconds(score: Score) -> float:
    return score.measures["latency"].hits if "latency" in score.measures else 0.0


def _add_case(suite: ET.Element, score: Score) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_safe(f"{score.suite}.{score.kind}"),
        name=_safe(score.id),
        time=f"{_seconds(score):.3f}",
    )
    if score.error:
        ET.SubElement(case, "error", message=_safe(score.error))
        return
    failed = failures(score)
    if failed:
        element = ET.SubElement(case, "failure", message=_safe(", ".join(failed)))
        element.text = _safe("\n".join(f"{c.metric}: {c.detail}" for c in score.complaints))


def _safe(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
