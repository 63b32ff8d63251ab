"""Folding: disguised and hasty words become plain ones, and real words stay themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.folding import fold, quoted_spans
from bot.phrases import rulebook


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Ｋｉｌｌ", "kill"),
        ("SU\u200bICIDE", "suicide"),
        ("su1c1de", "suicide"),
        ("k!ll", "kill"),
        ("s*icide", "suicide"),
        ("s u i c i d e", "suicide"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("killlll", "kill"),
        ("sucide", "suicide"),
        ("suiside", "suicide"),
        ("mysef", "myself"),
        ("\u043aill", "kill"),
        ("I\u2019m", "i am"),
        ("kms", "kill myself"),
        ("killmyself", "kill myself"),
        ("my self", "myself"),
    ],
)
def test_disguise_and_haste_are_undone(typed: str, plain: str) -> None:
    assert fold(typed, rulebook().lexicon) == plain


@pytest.mark.parametrize(
    "word", ["subside", "strange", "changing", "together", "therapist", "bother", "fridge", "40mg", "c5"]
)
def test_real_words_stay_themselves(word: str) -> None:
    assert fold(word, rulebook().lexicon) == word


def test_sentences_are_marked() -> None:
    assert fold("It helps. Does it?", rulebook().lexicon) == "it helps . does it"


def test_quotations_are_found_in_any_marks() -> None:
    assert quoted_spans('He said “one two” and "three four"') == ["one two", "three four"]


@given(st.text(max_size=300))
def test_any_text_folds_to_plain_words(text: str) -> None:
    assert "  " not in fold(text, rulebook().lexicon)
