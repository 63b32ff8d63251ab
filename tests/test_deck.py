"""The deck: read strictly, and made from the map where no file is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus import CollectionError
from bot.deck import QUESTION_CHARS, load_deck
from bot.positions import DebateMap
from bot.settings import ROOT


def written(folder: Path, content: str) -> Path:
    (folder / "deck.yaml").write_text(content, "utf-8")
    return folder


def test_the_questions_come_in_the_order_of_the_file(tmp_path: Path):
    deck = load_deck(written(tmp_path, 'title: Fines\nquestions: ["Why now?", "Who pays?"]'), DebateMap(()))
    assert deck and (deck.title, deck.questions) == ("Fines", ("Why now?", "Who pays?"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("questions: []", "questions"),
        ("title: Only this", "questions"),
        ("", "questions"),
        ("questions: ['Why?']\ncolour: red", "colour"),
        ("questions: ['', 'Why?']", "question 1 is empty"),
        ("questions: ['Why?', 'Why?']", "twice"),
        (f"questions: ['Why?', {'x' * (QUESTION_CHARS + 1)}]", "question 2 is longer"),
        ("questions: ['Why?'", "not valid YAML"),
        ("questions: [1]", "questions.0"),
    ],
)
def test_what_is_wrong_is_named_in_one_sentence(tmp_path: Path, content: str, said: str):
    with pytest.raises(CollectionError, match=r"deck\.yaml") as caught:
        load_deck(written(tmp_path, content), DebateMap(()))
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_without_a_file_the_map_makes_the_deck(tmp_path: Path, fines_map: DebateMap):
    deck = load_deck(tmp_path, fines_map)
    assert deck and deck.questions[0] == fines_map.topics[0].questions[0]


def test_without_file_and_map_there_is_no_deck(tmp_path: Path):
    assert load_deck(tmp_path, DebateMap(())) is None


@pytest.mark.parametrize("folder", ["knowledge/levine", "evals/collections/night-buses"])
def test_the_decks_that_are_shipped_can_be_read(folder: str):
    deck = load_deck(ROOT / folder, DebateMap(()))
    assert deck and deck.title and len(deck.questions) >= 8
