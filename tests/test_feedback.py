import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import feedback
from bot.corpus import Collection
from bot.events import Turn
from bot.feedback import Feedback, FeedbackError, FeedbackStore, Verdict, feedback_cases
from evals.cases import Case
from tests.web.scripted_server import answer


def given(mill: Collection, verdict: Verdict = Verdict.HELPFUL, question: str = "Keep it?") -> Feedback:
    return Feedback(verdict=verdict, note="n’ote", answer=answer(mill, question))


def test_what_is_stored_is_read_back(mill: Collection, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "data")
    first = given(mill, Verdict.UNSAFE).model_copy(update={"history": (Turn(question="Before?"),)})
    store.add(first)
    store.add(given(mill))
    assert store.all() == [first, given(mill)]


def test_many_at_once_are_all_stored(mill: Collection, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.add(given(mill, question=f"{number}?")), range(40)))
    assert len(store.all()) == 40


def test_where_nothing_was_ever_stored_it_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match="COUNTERPOINT_FEEDBACK=true"):
        FeedbackStore(tmp_path).all()


def test_where_feedback_lies_in_another_folder_it_says_which_was_looked_in(
    mill: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FeedbackStore(tmp_path / "here").add(given(mill))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FeedbackError, match="set COUNTERPOINT_DATA_DIR") as raised:
        FeedbackStore(Path("there")).all()
    assert str(tmp_path / "there") in str(raised.value)


def test_a_damaged_file_is_one_sentence(mill: Collection, tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path)
    store.path.write_text("no database " * 100)
    with pytest.raises(FeedbackError, match="move it away"):
        store.add(given(mill))


def test_a_full_store_takes_no_more(
    mill: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "MOST_ROWS", 1)
    store = FeedbackStore(tmp_path)
    store.add(given(mill))
    with pytest.raises(FeedbackError, match="full"):
        store.add(given(mill))


def test_a_helpful_answer_becomes_a_case_with_gold(mill: Collection) -> None:
    case = Case.model_validate(feedback_cases([given(mill)])[0])
    assert len(case.gold) == 5 and case.tags == ("from-window", "feedback-helpful")


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.HELPFUL])
def test_a_faulted_answer_becomes_a_case_without_gold(mill: Collection, verdict: Verdict) -> None:
    case = Case.model_validate(feedback_cases([given(mill), given(mill, verdict)])[0])
    assert case.gold == () and f"feedback-{verdict}" in case.tags


def test_one_question_is_one_case(mill: Collection) -> None:
    cases = feedback_cases([given(mill), given(mill), given(mill, question="Why?")])
    assert [case["question"] for case in cases] == ["Keep it?", "Why?"]
    assert json.dumps(cases)
