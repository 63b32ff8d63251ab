"""Questions to begin and to go on with: where they come from, and that the embedded model answers each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.corpus import Collection
from bot.facts import Facts, load_facts
from bot.follow_ups import follow_ups, most_answered, question_about, replies_to, starters
from bot.positions import DebateMap
from bot.records import Answer, Near, Outcome
from bot.settings import Settings
from tests.conftest import copy_of
from tests.web.scripted_server import PROVENANCE

NO_MAP = DebateMap(())


@pytest.fixture(scope="module")
def bundled(opened_before: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The guide over the collection that ships."""
    from bot.guide import open_guide

    guide = open_guide(Settings(data_dir=copy_of(opened_before, tmp_path_factory.mktemp("bundled"))))
    yield guide
    guide.close()


def about(question: str, **changes: Any) -> Answer:
    outcome = changes.pop("outcome", Outcome.ANSWERED)
    return Answer(
        question=question, standalone_question=question, outcome=outcome, provenance=PROVENANCE, **changes
    )


def cited(answer: Answer) -> list[str]:
    return [evidence.passage for statement in answer.statements for evidence in statement.evidence]


def test_starters_hold_quarrels_first_and_plain_facts_too(bundled: Any) -> None:
    facts = {fact.questions[0] for fact in load_facts(bundled.settings.collection_dir).facts}
    kinds = [question in facts for question in bundled.starters()]
    assert kinds == [False] * 4 + [True] * 2


def test_every_starter_is_answered(bundled: Any) -> None:
    assert [q for q in bundled.starters() if not bundled.answer(q).statements] == []


def test_without_a_map_starters_ask_after_the_comments_with_most_replies(fines: Collection) -> None:
    questions = starters(fines, NO_MAP, Facts())
    assert questions[0] == question_about("C1", fines)
    assert all("and what do the replies say?" in question for question in questions)


def test_a_thread_without_replies_has_no_starters_of_its_own(fines: Collection) -> None:
    alone = Collection("alone", fines.about, fines.passages[:3], fines.voices)
    assert starters(alone, NO_MAP, Facts()) == []


@pytest.mark.parametrize(
    ("passage", "question"),
    [
        ("A13", "What does the article say in A13?"),
        ("C5.1.2.3.1", "What does C5.1.2.3.1 say?"),
        ("C11", "What does Birdsong say in C11, and what do the replies say?"),
    ],
)
def test_a_question_about_a_passage_names_it(bundled: Any, passage: str, question: str) -> None:
    assert question_about(passage, bundled.collection) == question


def test_a_question_about_any_passage_is_answered_from_it_and_its_replies(bundled: Any) -> None:
    collection = bundled.collection
    astray = {}
    for passage in collection.by_id:
        answer = bundled.answer(question_about(passage, collection))
        found = cited(answer)
        allowed = {passage, *(reply.id for reply in collection.replies(passage))}
        if not found or found[0] != passage or not set(found) <= allowed:
            astray[passage] = (answer.outcome, found)
    assert astray == {}


def test_every_question_that_can_be_suggested_is_answered(bundled: Any) -> None:
    """All that `follow_ups` can choose from: the first question of each topic, and each thread's replies."""
    collection = bundled.collection
    nowhere = tuple(Near(passage=passage, text="") for passage in collection.by_id)
    quarrels = set(follow_ups(about("?", unused=nowhere), collection, bundled.debate, most=1000))
    assert quarrels == {topic.questions[0] for topic in bundled.debate.topics}
    replies = {replies_to(passage) for passage in most_answered(collection)}
    suggested = sorted(quarrels | replies)
    assert [question for question in suggested if not bundled.answer(question).statements] == []


def test_a_question_after_replies_is_answered_by_replies(bundled: Any) -> None:
    found = cited(bundled.answer(replies_to("C5.1.2")))
    assert found
    assert {bundled.collection.by_id[passage].parent for passage in found} == {"C5.1.2"}


def test_a_named_passage_is_meant_also_after_another_answer(bundled: Any) -> None:
    from bot.events import Turn

    earlier = bundled.answer(bundled.starters()[0])
    answer = bundled.answer(replies_to("C5.1.2"), [Turn(question=earlier.question, answer=earlier)])
    assert {bundled.collection.by_id[passage].parent for passage in cited(answer)} == {"C5.1.2"}


def test_a_plain_answer_leads_to_a_quarrel_nearby(bundled: Any) -> None:
    first = {topic.questions[0] for topic in bundled.debate.topics}
    onward = bundled.answer("Which journalist is cited at the start?").follow_ups
    assert set(onward) & first


def test_where_nothing_is_found_the_quarrels_near_it_are_offered(
    fines: Collection, fines_map: DebateMap
) -> None:
    answer = about("?", outcome=Outcome.NOT_IN_COLLECTION, unused=(Near(passage="C2", text=""),))
    assert follow_ups(answer, fines, fines_map) == ("Should the library stop charging for late books?",)


@pytest.mark.parametrize(
    "answer",
    [
        about("?", outcome=Outcome.CRISIS, unused=(Near(passage="C2", text=""),)),
        about("?", outcome=Outcome.DECLINED, unused=(Near(passage="C2", text=""),)),
        about("?", notice="A gentle word.", unused=(Near(passage="C2", text=""),)),
    ],
)
def test_nothing_is_suggested_after_a_notice(fines: Collection, fines_map: DebateMap, answer: Answer) -> None:
    assert follow_ups(answer, fines, fines_map) == ()


def test_what_was_asked_before_is_not_suggested(fines: Collection, fines_map: DebateMap) -> None:
    answer = about("?", unused=(Near(passage="C2", text=""),))
    assert follow_ups(answer, fines, fines_map, ["should the library stop charging for late books?"]) == ()


def test_the_guide_does_not_suggest_the_question_itself(bundled: Any) -> None:
    for question in bundled.starters():
        assert question not in bundled.answer(question).follow_ups


def test_the_collections_folder_marks_its_starters(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(
        'facts:\n- {passage: A1, quote: x, starter: true, questions: ["Who?", Why so]}', "utf-8"
    )
    assert load_facts(tmp_path).facts[0].starter
