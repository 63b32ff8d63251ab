"""Mended spelling: only unknown words, only to what they all but spell, and never names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shelf import Shelf
from bot.spelling import Spelling

SPELLING = Spelling(["The emotionally wounded really need a library of their own."])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("is it realy so", "is it really so"),
        ("an emotionaly hard week", "an emotionally hard week"),
        ("a libary card", "a library card"),
        ("lithium or librium", "lithium or librium"),
        ("What does Wounde say", "What does Wounde say"),
        ("nede", "nede"),
    ],
)
def test_what_is_mended(written: str, read: str):
    assert SPELLING.mended(written) == read


@given(st.text(max_size=200))
def test_mending_twice_changes_nothing_more(text: str):
    once = SPELLING.mended(text)
    assert SPELLING.mended(once) == once


def test_a_real_word_of_other_things_is_no_known_one_spelt_wrong():
    spelling = Spelling(["Take another route."], elsewhere=["How do I reset my router?"])
    assert spelling.mended("my router and my routte") == "my router and my route"


def test_a_collection_without_words_mends_nothing():
    assert Spelling([]).mended("realy") == "realy"


def test_what_is_kept_on_a_shelf_mends_the_same(tmp_path: Path):
    shelf = Shelf(tmp_path, "code")
    told = ["The emotionally wounded."], ["A router."], shelf
    assert Spelling(*told).mended("emotionaly, ruoter") == Spelling(*told).mended("emotionaly, ruoter")
    assert [path.name[:5] for path in tmp_path.iterdir()] == ["words"]
