"""Words and views that a passage only passes on: planted ones are refused, and the writer's own pass."""

from __future__ import annotations

import pytest

from bot.corpus import Collection, load_collection
from bot.records import FindingKind
from evals.borrowed import ANOTHERS, OWN, hand_found, quoted_words, reframed
from evals.kills import SHIPPED
from evals.planted import false_alarms


def test_quoted_words_are_credited_to_the_quoter_and_refused(fines: Collection):
    made = quoted_words(fines)
    assert {statement.evidence[0].passage for statement in made} == {"A4", "C2", "C3"}
    found = dict(false_alarms(made, fines))
    assert set(found) == set(made)
    assert {why.split(":")[0] for why in found.values()} == {FindingKind.QUOTE_OF_ANOTHER}


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_every_view_that_was_found_by_hand_stands_in_its_passage_and_is_refused(folder):
    collection = load_collection(folder)
    views = hand_found(collection)
    assert views and all(view.evidence[0].end for view in views)
    assert {statement for statement, _ in false_alarms(views, collection)} == set(views)


@pytest.mark.parametrize("frame", ANOTHERS)
def test_a_sentence_in_anothers_mouth_is_refused(fines: Collection, frame: str):
    ((collection, claims),) = reframed(fines, [frame])
    assert claims and len({s for s, _ in false_alarms(claims, collection)}) == len(claims)


@pytest.mark.parametrize("frame", OWN)
def test_a_sentence_that_stays_its_writers_own_passes(fines: Collection, frame: str):
    ((collection, claims),) = reframed(fines, [frame])
    assert claims and false_alarms(claims, collection) == []
