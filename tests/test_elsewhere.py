"""What is asked elsewhere is off the subject, whatever words it shares with the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus import CollectionError, load_collection
from bot.elsewhere import ELSEWHERE_FILE, Elsewhere, load_elsewhere
from bot.embedding import WordLlamaEmbedding
from bot.facts import Facts, load_facts
from bot.follow_ups import starters
from bot.positions import DebateMap, load_map
from bot.settings import ROOT
from bot.topics import Finder

BUNDLED = ROOT / "knowledge" / ELSEWHERE_FILE


def test_where_there_is_no_file_nothing_is_asked_elsewhere(tmp_path: Path):
    assert load_elsewhere(tmp_path / ELSEWHERE_FILE) == ()


def test_a_malformed_file_is_named(tmp_path: Path):
    path = tmp_path / ELSEWHERE_FILE
    path.write_text("elsewhere:\n  - about: weather\n    questions: []\n", "utf-8")
    with pytest.raises(CollectionError, match=ELSEWHERE_FILE):
        load_elsewhere(path)


def test_no_bundled_question_stands_there_twice():
    asked = [question for entry in load_elsewhere(BUNDLED) for question in entry.questions]
    assert len(asked) == len(set(asked)) > 1000


def test_a_question_near_to_one_of_elsewhere_is_told_from_one_on_the_text(fines_map: DebateMap):
    others = (Elsewhere(about="cakes", questions=("How do I bake a sponge cake?", "my cake is dry")),)
    finder = Finder(fines_map, Facts(), WordLlamaEmbedding(), elsewhere=others)
    assert finder.elsewhere("how do you bake a cake") > finder.topics("how do you bake a cake")[0].score
    fines = "Should fines for late books be dropped?"
    assert finder.elsewhere(fines) < finder.topics(fines)[0].score


def test_without_such_questions_nothing_is_near_elsewhere(fines_map: DebateMap):
    assert Finder(fines_map, Facts(), WordLlamaEmbedding()).elsewhere("how do I bake a cake") == 0


def test_no_question_that_the_bundled_text_offers_is_taken_for_one_of_elsewhere():
    folder = ROOT / "knowledge" / "levine"
    debate, facts = load_map(folder), load_facts(folder)
    finder = Finder(debate, facts, WordLlamaEmbedding(), elsewhere=load_elsewhere(BUNDLED))
    for question in starters(load_collection(folder), debate, facts, 20):
        near = max(match.score for match in (*finder.topics(question), *finder.facts(question)))
        assert finder.elsewhere(question) < near, question
