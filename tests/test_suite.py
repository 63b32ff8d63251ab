import json
from pathlib import Path

import pytest

from bot.batch import BatchError
from bot.corpus import Collection
from bot.events import Turn
from bot.records import Outcome
from bot.suite import add_case, suite_case
from evals.cases import demand_gold, load_suite
from tests.web.scripted_server import answer, statements


def test_a_case_is_accepted_by_the_evaluations_and_its_gold_stands_in_the_text(
    mill: Collection, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "mine.jsonl"
    assert add_case(path, suite_case(answer(mill, "Keep it?")))
    assert add_case(
        path, suite_case(answer(mill, "Why?"), [Turn(question="Keep it?", answer=answer(mill, "?"))])
    )
    suite = load_suite(path)
    demand_gold(suite, mill)
    assert [case.kind for case in suite.cases] == ["contested", "followup"]
    assert suite.cases[1].history[0][0] == "Keep it?" and "Miller's Child" in suite.cases[1].history[0][1]


def test_gold_is_each_statement_on_its_side(mill: Collection) -> None:
    gold = suite_case(answer(mill, "?"))["gold"]
    assert [each["side"] for each in gold] == ["for", "against", "for", "against", "context"]
    assert gold[1]["any"] == ["The roof took our whole budget, so the mill should go."]


def test_a_quote_with_an_ellipsis_becomes_its_pieces(mill: Collection) -> None:
    said = statements(mill)[1]
    cut = said.evidence[0].model_copy(update={"quote": "The roof took our … so the mill should go."})
    shown = (said.model_copy(update={"evidence": (cut,)}),)
    assert suite_case(answer(mill, "?", statements=shown))["gold"][0]["any"] == [
        "The roof took our",
        "so the mill should go.",
    ]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.NOT_IN_COLLECTION, "absent"),
        (Outcome.OFF_TOPIC, "offtopic"),
        (Outcome.CRISIS, "crisis"),
        (Outcome.DECLINED, "advice"),
    ],
)
def test_what_was_not_answered_has_no_gold(mill: Collection, outcome: Outcome, kind: str) -> None:
    case = suite_case(answer(mill, "?", outcome=outcome))
    assert (case["kind"], case["gold"]) == (kind, [])


def test_a_question_of_facts_is_factual(mill: Collection) -> None:
    assert suite_case(answer(mill, "?", statements=statements(mill)[4:]))["kind"] == "factual"


def test_the_same_question_is_added_once(mill: Collection, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    case = suite_case(answer(mill, "Keep it?"))
    assert [add_case(path, case), add_case(path, case)] == [True, False]
    assert len(path.read_text("utf-8").splitlines()) == 1


def test_a_last_line_without_its_end_is_ended_first(mill: Collection, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"id": "a"}', "utf-8")
    add_case(path, suite_case(answer(mill, "Keep it?")))
    assert [json.loads(line)["id"][:3] for line in path.read_text("utf-8").splitlines()] == ["a", "win"]


def test_a_file_that_is_no_suite_is_left_alone(mill: Collection, tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("my notes", "utf-8")
    with pytest.raises(BatchError, match="line 1 is not JSON"):
        add_case(path, suite_case(answer(mill, "Keep it?")))
    assert path.read_text("utf-8") == "my notes"
