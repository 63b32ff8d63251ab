"""Quotes are found word for word and only word for word."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.wording import level, locate, locate_pieces, occurrences, words

WORDS = st.lists(st.text("abcdeéß", min_size=1, max_size=6), min_size=1, max_size=25)
TEXT = "People are unable to rest. They don’t “manage” it—they say… nothing at all, and 1.5 of 10,000 agree."


def cut(drawn: list[str], first: int, last: int) -> str:
    return " ".join(drawn[first : last + 1])


@given(WORDS, st.data())
def test_every_run_of_whole_words_is_found_and_is_itself(drawn: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(drawn) - 1))
    quote = cut(drawn, first, data.draw(st.integers(first, len(drawn) - 1)))
    text = " ".join(drawn)
    found = locate(quote, text)
    assert found is not None
    assert text[found[0] : found[1]] == quote


@given(WORDS, st.data())
def test_a_run_that_cuts_a_word_is_never_found_there(drawn: list[str], data: st.DataObject) -> None:
    text = " ".join(drawn)
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))].strip()
    for begin, end in occurrences(quote, text):
        assert not (begin and text[begin - 1].isalnum() and text[begin].isalnum())
        assert not (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())


@given(st.text("ab .…“”\"'’—–-\t\n\u00a0", max_size=40))
def test_levelling_keeps_every_offset_on_its_sign(text: str) -> None:
    levelled = level(text)
    assert len(levelled.text) == len(levelled.offsets)
    assert list(levelled.offsets) == sorted(levelled.offsets)
    for sign, offset in zip(levelled.text, levelled.offsets, strict=True):
        assert level(text[offset]).text.startswith(sign)


@given(st.text("ab .…“”\"'’—–-\t\n", max_size=40))
def test_levelling_twice_changes_nothing(text: str) -> None:
    assert level(level(text).text).text == level(text).text


@given(st.text("abc …“”’—- \n", min_size=1, max_size=60), st.data())
def test_a_found_span_levels_to_its_quote(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start:]
    for begin, end in occurrences(quote, text):
        # A sign “…” stands for three dots, so a span may hold a dot or two more at its edges.
        assert level(text[begin:end]).text.strip(" .") == level(quote).text.strip(" .")


@given(WORDS, WORDS, WORDS)
def test_an_ellipsis_joins_pieces_in_their_order_only(a: list[str], b: list[str], c: list[str]) -> None:
    first, second = " ".join(a), " ".join(c)
    assume(len(a) >= 3 and len(c) >= 3)
    text = f"{first} x {' '.join(b)} y {second}"
    joined = locate_pieces(f"{first} … {second}", text)
    assert [text[s:e] for s, e in joined] == [first, second]
    assume(not occurrences(first, text[text.index(" y ") :]) and len(occurrences(second, text)) == 1)
    assert locate_pieces(f"{second} … {first}", text) == []


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("unable to rest", "unable to rest"),
        ('don\'t "manage" it--they say... nothing', "don’t “manage” it—they say… nothing"),
        ("People   are\nunable", "People are unable"),
        ("they say", "they say"),
        ("1.5 of 10,000 agree", "1.5 of 10,000 agree"),
        (
            "People are unable … nothing at all",
            "People are unable to rest. They don’t “manage” it—they say… nothing at all",
        ),
        ("People are unable [...] nothing at all", None),
        ("able to rest", None),
        ("people are unable", None),
        ("do", None),
        ("t “manage” it", None),
        ("5 of 10,000", None),
        ("1.5 of 10", None),
        ("nothing at all … People are unable", None),
        ("People are … at all", None),
        ("People are unable … They don’t “manage” … nothing at all", None),
        ("", None),
        ("…", "…"),
    ],
)
def test_a_quote_is_found_only_as_it_was_written(quote: str, found: str | None) -> None:
    span = locate(quote, TEXT)
    assert (TEXT[span[0] : span[1]] if span else None) == found


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("judgmental support", "mutual, non-judgmental support"),
        ("racism work", "doing anti-racism work"),
        ("this is risk", "they say this is risk-free"),
        ("humanistic control freaks", "anti‑humanistic control freaks"),
    ],
)
def test_half_a_compound_that_reverses_it_is_not_found(quote: str, text: str) -> None:
    assert locate(quote, text) is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("freak psychiatrists", "control-freak psychiatrists"),
        ("ergo, what is most", "spiritual health-ergo, what is most"),
        ("non-judgmental support", "mutual, non-judgmental support"),
    ],
)
def test_other_hyphens_are_word_edges(quote: str, text: str) -> None:
    assert locate(quote, text) is not None


def test_a_search_may_start_later() -> None:
    assert locate("so it is", "so it is, so it is", 3) == (10, 18)


def test_every_occurrence_is_given() -> None:
    assert occurrences("a b", "a b, a b, a bc") == [(0, 3), (5, 8)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t, I said; DON'T!", ["don't", "i", "said", "don't"]),
        ("control-freak 10,000 naïve_x", ["control", "freak", "10", "000", "naïve", "x"]),
        ("“…” — !", []),
    ],
)
def test_words_are_casefolded_without_signs(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=60))
def test_words_hold_no_white_space(text: str) -> None:
    assert not any(re.search(r"\s", word) for word in words(text))
