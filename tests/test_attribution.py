"""Quoted runs, and the speaker whom the words around one name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attribution import is_work_title, last_sentence, named_speaker, quoted_runs


def runs(text: str) -> list[str]:
    return [text[run.start : run.end] for run in quoted_runs(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “not now” and left.", ["not now"]),
        ('He said "not now" and left.', ["not now"]),
        ("«Pas maintenant», dit-il.", ["Pas maintenant"]),
        ("“toward “broken” clients.” Yes!", ["toward “broken” clients."]),
        ("The “Normality Does Not’ book and “Healing” too.", ["Healing"]),
        ("their “patients”/clients” are", ["patients"]),
        ("“One.\n\n“Two.” Three.", ["One.", "Two."]),
        ("“One.\n\nTwo.” Three.", []),
        ('a 6" nail and a 4" one', []),
        ("no marks, don’t you see", []),
        ("“ ”", []),
    ],
)
def test_quoted_runs_are_the_outermost_words_between_marks(text: str, expected: list[str]) -> None:
    assert runs(text) == expected


@given(st.text('ab “”"«»\n', max_size=60))
def test_quoted_runs_never_overlap_and_lie_in_the_text(text: str) -> None:
    found = quoted_runs(text)
    edges = [edge for run in found for edge in (run.start, run.end)]
    assert edges == sorted(edges)
    assert all(text[run.start : run.end].strip() for run in found)


@pytest.mark.parametrize(
    ("introduction", "following", "expected"),
    [
        ("Carl Jung in 1932 pointed out:", "", "Carl Jung"),
        ("In 2021, New York Times reporter Benedict Carey concluded that", "", "Benedict Carey"),
        ("the DSM, which, as Dr. Jeffrey Schaler once aptly said, is a", "", "Jeffrey Schaler"),
        ("As Dr. Levine once said, ", "", "Dr. Levine"),
        ("Thomas Szasz:", "", "Thomas Szasz"),
        ("Simone de Beauvoir wrote", "", "Simone de Beauvoir"),
        ("", ", Jane Doe said.", "Jane Doe"),
        ("", " says Jane Doe.", "Jane Doe"),
        ("", " —Oscar Wilde", "Oscar Wilde"),
        ("Bruce Levine told Jane Doe that", "", "Bruce Levine"),
        ("Jane Doe said that John Roe said", "", ""),
        ("I admire Jane Doe and people who like", "", ""),
        ("Psychiatrists always said", "", ""),
        ("As She Said", "", ""),
        ("", "", ""),
    ],
)
def test_a_speaker_is_named_only_where_one_name_speaks(
    introduction: str, following: str, expected: str
) -> None:
    assert named_speaker(introduction, following) == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("The Psychology of the Wounded Healer", True),
        ("Against Therapy: The Myth of Emotional Healing.", True),
        ("Certainty of death. Small chance of success.", False),
        ("I WAS ONLY FOLLOWING ORDERS", False),
        ("but what if", False),
    ],
)
def test_titles_of_works_are_told_from_speech(quote: str, expected: bool) -> None:
    assert is_work_title(quote) is expected


def test_a_title_before_a_name_ends_no_sentence() -> None:
    assert last_sentence("I know. As Dr. J. Schaler said, it is") == "As Dr. J. Schaler said, it is"
