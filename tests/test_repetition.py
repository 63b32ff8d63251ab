"""Words that return, and comments that are nearly the same."""

from __future__ import annotations

import pytest

from bot.records import Passage, PassageKind
from bot.repetition import WordIndex, alike
from bot.wording import words

LONG = (
    "the quick brown fox jumps over the lazy dog while seven wizards quietly mix potions near every old "
    "bridge today"
)


def comment(id_: str, text: str) -> Passage:
    return Passage(id=id_, kind=PassageKind.COMMENT, text=text, voice=id_)


def groups(*comments: Passage) -> list[list[str]]:
    return [[passage.id for passage in group] for group in alike(comments)]


def longer(text: str) -> str:
    return f"{text} and none of them could ever have known why"


def test_a_comment_sent_twice_is_one_voice() -> None:
    assert groups(comment("C1", longer(LONG)), comment("C2", f"{longer(LONG)} or where")) == [["C1", "C2"]]


def test_three_of_a_kind_are_one_group() -> None:
    text = longer(LONG)
    assert groups(*(comment(f"C{n}", f"{text} {n}") for n in (1, 2, 3))) == [["C1", "C2", "C3"]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (comment("C1", longer(LONG)), comment("C1.1", longer(LONG))),
        (comment("C1", longer(LONG)), comment("C2", f"“{longer(LONG)}” Indeed.")),
        (
            comment("C1", "I could not agree more with all of this"),
            comment("C2", "I could not agree more with all of this"),
        ),
        (comment("C1", longer(LONG)), comment("C2", f"{LONG}. {' '.join(f'other{n}' for n in range(40))}")),
    ],
    ids=["a reply repeats it", "another quotes it", "too short to tell", "half of it is other words"],
)
def test_two_voices_are_not_joined(first: Passage, second: Passage) -> None:
    assert groups(first, second) == []


@pytest.mark.parametrize(
    ("query", "closeness"),
    [(LONG, 1.0), (LONG.replace("lazy ", ""), 0.974), (LONG.replace("wizards", "witches"), 0.95)],
)
def test_closeness_counts_the_words_that_agree(query: str, closeness: float) -> None:
    index = WordIndex([comment("C1", f"Before it {LONG} and after"), comment("C2", query)])
    place = next(index.places(words(query), but=1))
    assert (place.passage, round(place.closeness, 3)) == (0, closeness)


def test_unrelated_words_have_no_place() -> None:
    index = WordIndex([comment("C1", LONG), comment("C2", "nothing of that sort is said in here at all")])
    assert list(index.places(words(index.passages[1].text), but=1)) == []
