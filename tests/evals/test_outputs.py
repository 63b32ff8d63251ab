"""What a run writes: JUnit XML and the report."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.records import Answer
from evals.bench import Bench
from evals.cases import Case, Gold, Kind, Suite, Trial
from evals.junit import junit_xml
from evals.report import report_html
from evals.runner import Row
from evals.scoring import score
from evals.summary import summarise
from evals.support import Prices, supporter_accuracy
from tests.evals.runs import a_score


def test_junit_counts_tests_failures_and_errors():
    made = [a_score(1, answer_rate=(1, 1)), a_score(2, answer_rate=(0, 1)), a_score(3, error="boom")]
    suite = ET.fromstring(junit_xml(made)).find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["3", "1", "1"]


def test_junit_is_well_formed_whatever_an_answer_holds():
    assert ET.fromstring(junit_xml([a_score(2, answer_rate=(0, 1))])).find(".//failure") is not None


@pytest.fixture(scope="module")
def page(night: Bench, answered: Answer) -> str:
    gold = (Gold(side="against", any=("A weekend bus is a bus for drinkers",)),)
    case = Case(id="a", question="<b>Should</b> they?", kind=Kind.CONTESTED, gold=gold)
    trial = Trial(Suite("own", Path("own.jsonl"), "", (case,)), case)
    made = score(trial, answered, night, Prices())
    supporter = supporter_accuracy(night)
    about = {
        "name": supporter.supporter,
        "balanced_accuracy": supporter.balanced,
        "pairs": supporter.pairs,
    }
    summary = summarise([made], {"model": "embedded", "collections": {"night-buses": {"supporter": about}}})
    row = Row(id=trial.id, question=trial.question, made_by="x", answer=answered)
    return report_html(summary, [made], {trial.id: row}, {trial.id: trial}, {"night-buses": night.collection})


def test_the_report_loads_nothing(page: str):
    assert not re.findall(r"(?:src|href)\s*=|@import|url\(|https?://", page)


def test_a_failed_trial_stands_there_with_question_answer_gold_and_passages(page: str, answered: Answer):
    failed = page[page.index('<details class="failed"') :]
    assert "&lt;b&gt;Should&lt;/b&gt; they?" in failed
    assert "A weekend bus is a bus for drinkers" in failed
    assert answered.statements[0].speaker in failed
    assert "C12.1, Commenter C12.1 (gold)" in failed


def test_what_was_never_counted_is_not_available(page: str):
    assert re.search(r"crisis_recall</small></td><td[^>]*>n/a</td>", page)


def test_the_supporters_own_accuracy_stands_beside_alce(page: str):
    assert re.search(r"alce_recall.*balanced accuracy 0\.\d{3} on \d+ pairs", page)


def test_no_variable_of_the_template_is_left(page: str):
    assert not re.findall(r"\$[a-z_]+", page)
