"""The map of the debate: read, asked, and checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus import Collection, CollectionError
from bot.positions import (
    DebateMap,
    MapQuote,
    NoPosition,
    Position,
    Related,
    Sides,
    Topic,
    load_map,
    problems,
    sides_of,
    statement_of,
    uncovered,
)
from bot.records import Stance

HURT = Position(
    voice="pilar",
    stance=Stance.FOR,
    claim="fines hurt poor families",
    evidence=(MapQuote(passage="C1", quote="I agree that fines hurt poor families"),),
)
TEACH = Position(
    voice="C2",
    stance=Stance.AGAINST,
    claim="a small fine teaches children to keep a promise",
    evidence=(MapQuote(passage="C2", quote="A small fine teaches children to keep a promise."),),
)


def topic(*positions: Position, sides: Sides | None = None, **more: object) -> Topic:
    content = {"id": "t", "proposition": "Fines should go.", **more}
    return Topic.model_validate({**content, "sides": sides or sides_of(positions), "positions": positions})


def put(position: Position, **update: object) -> Position:
    return position.model_copy(update=update)


def test_the_fixture_map_is_sound(fines_map: DebateMap, fines: Collection) -> None:
    assert problems(fines_map, fines) == []


def test_a_folder_without_a_map_has_an_empty_one(tmp_path: Path) -> None:
    assert load_map(tmp_path) == DebateMap(())


@pytest.mark.parametrize("content", ["topics: [{id: x}]", "topic: []", "topics: 3"])
def test_a_malformed_map_is_an_error_that_names_the_file(content: str, tmp_path: Path) -> None:
    (tmp_path / "positions.yaml").write_text(content, "utf-8")
    with pytest.raises(CollectionError, match=r"positions\.yaml"):
        load_map(tmp_path)


@pytest.mark.parametrize(
    ("stances", "sides"),
    [
        ((Stance.FOR, Stance.AGAINST, Stance.CONTEXT), Sides.BOTH),
        ((Stance.FOR, Stance.CONTEXT), Sides.FOR_ONLY),
        ((Stance.AGAINST,), Sides.AGAINST_ONLY),
        ((Stance.CONTEXT,), Sides.CONTEXT_ONLY),
    ],
)
def test_sides_of(stances: tuple[Stance, ...], sides: Sides) -> None:
    assert sides_of(put(HURT, stance=stance) for stance in stances) is sides


def test_a_position_becomes_a_statement_with_its_quotes_located(fines: Collection) -> None:
    statement = statement_of(TEACH, fines)
    first = statement.evidence[0]
    assert (statement.voice, statement.speaker, statement.text) == ("C2", "Commenter C2", TEACH.claim)
    assert fines.by_id["C2"].text[first.start : first.end] == first.quote


QUOTED = MapQuote(passage="C2", quote="Fines keep poor families away.")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (put(HURT, voice="nobody"), "no such voice"),
        (put(HURT, evidence=(MapQuote(passage="C9", quote="fines hurt poor families"),)), "no passage C9"),
        (
            put(HURT, evidence=(MapQuote(passage="C1", quote="fines help poor families"),)),
            "does not stand in C1",
        ),
        (put(HURT, voice="C2"), "written by Pilar"),
        (put(HURT, claim="fines do not hurt poor families"), "negation"),
        (put(HURT, claim="fines hurt rich families"), "“rich”"),
        (put(TEACH, claim="fines keep families away", evidence=(QUOTED,)), "quoted from Mara Quill"),
    ],
)
def test_a_wrong_position_is_a_problem(wrong: Position, problem: str, fines: Collection) -> None:
    (found,) = problems(DebateMap((topic(wrong),)), fines)
    assert problem in found and found.startswith("t, ")


@pytest.mark.parametrize(
    ("debate", "problem"),
    [
        (DebateMap((topic(HURT), topic(TEACH))), "Two topics are called t."),
        (DebateMap((topic(HURT, HURT),)), "saying the same thing twice"),
        (DebateMap((topic(HURT, sides=Sides.BOTH),)), "t says its sides are both; they are for_only."),
        (DebateMap((topic(HURT),), (NoPosition(passage="C9", reason="x"),)), "no_position names C9"),
        (DebateMap((topic(HURT, opposed_questions=("Why?",)),)), "t has opposed questions but no opposite."),
        (DebateMap((topic(HURT, related=(Related(topic="u", aligned="same"),)),)), "related to u"),
    ],
)
def test_a_wrong_map_is_a_problem(debate: DebateMap, problem: str, fines: Collection) -> None:
    (found,) = problems(debate, fines)
    assert problem in found


def test_relations_hold_both_ways_or_are_a_problem(fines: Collection) -> None:
    one = topic(HURT, related=(Related(topic="u", aligned="same"),))
    two = topic(TEACH, id="u", related=(Related(topic="t", aligned="same"),))
    assert problems(DebateMap((one, two)), fines) == []
    (found,) = problems(DebateMap((one, topic(TEACH, id="u"))), fines)
    assert "not the other way round" in found


def test_uncovered_passages_are_those_with_neither_position_nor_reason(fines: Collection) -> None:
    debate = DebateMap((topic(HURT, TEACH),), (NoPosition(passage="A1", reason="sums"),))
    assert uncovered(debate, fines) == [id_ for id_ in fines.by_id if id_ not in ("A1", "C1", "C2")]


def test_stances_join_the_named_topics_and_know_of_both_sides() -> None:
    debate = DebateMap((topic(HURT), topic(put(HURT, stance=Stance.AGAINST), TEACH, put(HURT), id="u")))
    both = debate.stances(["t", "u"])
    assert both is not None and both.both_sides
    assert both.by_voice == {"pilar": {Stance.FOR, Stance.AGAINST}, "C2": {Stance.AGAINST}}
    one = debate.stances(["t", "unknown"])
    assert one is not None and not one.both_sides
    assert debate.stances(["unknown"]) is None


def test_a_topic_can_be_asked_the_other_way_round() -> None:
    straight = topic(
        HURT, TEACH, opposite="Fines should stay.", questions=("Go?",), opposed_questions=("Stay?",)
    )
    turned = DebateMap((straight,)).by_id["t~opposite"]
    assert (turned.proposition, turned.opposite) == ("Fines should stay.", "Fines should go.")
    assert (turned.questions, turned.opposed_questions) == (("Stay?",), ("Go?",))
    assert [position.stance for position in turned.positions] == [Stance.AGAINST, Stance.FOR]
    assert turned.turned().positions == straight.positions


def test_a_topic_without_an_opposite_is_not_turned() -> None:
    assert list(DebateMap((topic(HURT),)).by_id) == ["t"]


def test_the_hash_changes_with_any_word() -> None:
    assert DebateMap((topic(HURT),)).hash != DebateMap((topic(put(HURT, claim="fines hurt")),)).hash
