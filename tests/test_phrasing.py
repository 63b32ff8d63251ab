"""Patterns read for the words they need, and tried only where a text holds one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phrases import PHRASES, load_phrases, rulebook
from bot.phrasing import Phrasing, ShapeError, Shapes

NAMED = {"rel": "brother|sister|best friend", "took": "took|{rel} took"}


def needed(pattern: str) -> set[str] | None:
    found = Shapes(NAMED).needed(pattern)
    return None if found is None else set(found)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("red house", {"red"}),
        ("the house", {"house"}),
        ("red (house|barn)", {"red"}),
        ("i (saw|burnt) it", {"saw", "burnt"}),
        ("(really )?red", {"red"}),
        ("red( house)?", {"red"}),
        ("red( house)? barns?", {"red"}),
        ("red(house)?", None),
        ("reds?", None),
        ("red ?house", None),
        ("un(red|blue)", None),
        ("red|blue", {"red", "blue"}),
        ("red|(blue)?", None),
        ("red (?=house)", {"red"}),
        ("(?<!not )red(?! house)", {"red"}),
        ("my {rel}", {"brother", "sister", "best"}),
        ("{took} it", {"took"}),
        ("i _red", {"red"}),
        ("i ~2 red", {"red"}),
        (r"\d+ (mg|grams)", {"mg", "grams"}),
        ("([a-z]+ ){0,3}red", {"red"}),
        ("(red )+barn", {"barn"}),
        ("(red)+", None),
        ("", None),
    ],
)
def test_the_words_that_a_pattern_needs(pattern: str, words: set[str] | None) -> None:
    assert needed(pattern) == words


@pytest.mark.parametrize("pattern", ["(red", "red)", "(?=red", "{nowhere}", "(?i)red", "(?P<a>red)"])
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(ShapeError):
        needed(pattern)


@st.composite
def matched(draw: st.DrawFn, deep: int = 3) -> tuple[str, str]:
    """A pattern, and a text that it matches."""
    kinds = ["word", "words", "class"] + (["choice", "option", "look"] if deep else [])
    kind = draw(st.sampled_from(kinds))
    word = draw(st.sampled_from(["red", "barn", "the", "a", "i", "burnt"]))
    if kind == "word":
        return word, word
    if kind == "class":
        return draw(st.sampled_from([("[a-z]+", word), (r"\d+", "12"), ("reds?", "red"), ("x.z", "x z")]))
    first, second = draw(matched(deep=deep - 1)), draw(matched(deep=max(deep - 1, 0)))
    if kind == "choice":
        return f"({first[0]}|{second[0]})", draw(st.sampled_from([first[1], second[1]]))
    if kind == "option":
        blank = draw(st.sampled_from(["", " "]))
        text = draw(st.sampled_from(["", first[1] + blank]))
        return f"({first[0]}{blank})?{second[0]}", text + second[1]
    if kind == "look":
        return f"{first[0]}(?! not)", first[1]
    join = draw(st.sampled_from(["", " "]))
    return first[0] + join + second[0], first[1] + join + second[1]


@given(matched())
def test_every_match_holds_a_word_that_is_needed(made: tuple[str, str]) -> None:
    pattern, text = made
    found = needed(pattern)
    if re.fullmatch(pattern, text):
        assert found is None or found & set(text.split())


PATTERNS = ("red barn", "barn", "a (red|blue) .*", r"[0-9]+ barns")


@given(st.lists(st.sampled_from("a red blue barn barns 12 .".split()), max_size=8).map(" ".join))
def test_they_find_what_one_regular_expression_would(text: str) -> None:
    shapes = Shapes({})
    lazy = Phrasing(PATTERNS, [shapes.needed(each) for each in PATTERNS], lambda p: edged(p))
    whole = edged("|".join(PATTERNS))
    mine, theirs = lazy.search(text), whole.search(text)
    assert (mine and mine.span()) == (theirs and theirs.span())
    assert lazy.subn("-", text) == whole.subn("-", text)
    assert lazy.sub(lambda m: m.group()[::-1], text) == whole.sub(lambda m: m.group()[::-1], text)
    begins, they_begin = lazy.match(text), whole.match(text)
    assert (begins and begins.span()) == (they_begin and they_begin.span())


def edged(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


def test_a_pattern_whose_words_are_not_there_is_not_compiled() -> None:
    made: list[str] = []

    def noted(pattern: str) -> re.Pattern[str]:
        made.append(pattern)
        return edged(pattern)

    lazy = Phrasing(("red barn", "blue"), [frozenset({"red"}), frozenset({"blue"})], noted)
    assert lazy.search("a green barn") is None
    assert made == []
    assert lazy.search("so blue") is not None
    assert made == ["blue"]


def test_what_is_not_compiled_yet_is_compiled_step_by_step() -> None:
    made: list[str] = []

    def noted(pattern: str) -> re.Pattern[str]:
        made.append(pattern)
        return edged(pattern)

    lazy = Phrasing(("red", "blue", "green"), [frozenset({word}) for word in ("red", "blue", "green")], noted)
    lazy.search("so blue")
    steps = lazy.compiling()
    next(steps)
    assert made == ["blue", "red"]
    assert list(steps) == [None]
    assert made == ["blue", "red", "green"]


def test_the_whole_phrase_book_compiles_and_few_of_its_patterns_need_no_word() -> None:
    load_phrases(PHRASES)
    without = [each for rule in rulebook().advice for each in rule.pattern.always]
    assert without == []
