"""Whose words are these: sources, owners, and what is no quotation."""

from __future__ import annotations

import pytest

from bot.corpus import Quotation, load_collection
from bot.page import Marked
from bot.quotation import find_quotations
from bot.records import Passage, PassageKind
from tests.seed import BUNDLED

ARTICLE = (
    "Emotional suffering is not illness: it is most often an understandable answer to the horrors of life."
)
JUNG = "We cannot change anything unless we accept it."


def article(number: int, text: str) -> Passage:
    return Passage(id=f"A{number}", kind=PassageKind.ARTICLE, text=text, voice="author")


def comment(id_: str, text: str, voice: str = "") -> Passage:
    return Passage(id=id_, kind=PassageKind.COMMENT, text=text, voice=voice or id_)


def found(*passages: Passage, marked: tuple[Marked, ...] = ()) -> list[tuple[str, str | None, str | None]]:
    return [(q.passage, q.source, q.owner) for q in find_quotations(passages, marked)]


@pytest.mark.parametrize(
    "text",
    [
        f"“{ARTICLE}” No.",
        f'He says "{ARTICLE}" No.',
        f"{ARTICLE}\n\nNo.",
        f"“{ARTICLE.replace('not illness', 'not an illness').replace('horrors', 'horror')}”",
        "He says it is “most often an understandable answer” there.",
    ],
    ids=["curly", "straight", "whole paragraph", "misquoted", "five words"],
)
def test_words_of_the_article_have_it_as_their_source(text: str) -> None:
    assert found(article(1, ARTICLE), comment("C1", text)) == [("C1", "A1", None)]


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “healers” and their “power imbalance” again.",
        "Read “Against Therapy: The Myth of Emotional Healing” first.",
        "He says that it is most often an understandable answer to the horrors of life.",
        "I agree with that.",
    ],
    ids=["scare quotes", "a title", "inside a sentence", "nothing"],
)
def test_no_quotation_is_found_where_nobody_else_speaks(text: str) -> None:
    assert found(article(1, ARTICLE), comment("C1", text)) == []


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("People say “But what have we got without those things?” and I laugh.", "unknown"),
        (f"As Carl Jung once said, “{JUNG}”", "Carl Jung"),
        (f"Carl Jung said this:\n\n“{JUNG}”", "Carl Jung"),
        (
            f"A video: “The Psychology of the Wounded Healer”.\n\n“{JUNG}” @28:03",
            "The Psychology of the Wounded Healer",
        ),
        (f"Thank you all.\n\n“{JUNG}”", "unknown"),
    ],
)
def test_words_that_stand_nowhere_else_have_an_owner(text: str, owner: str) -> None:
    assert found(article(1, ARTICLE), comment("C1", text)) == [("C1", None, owner)]


def test_a_paragraph_of_the_article_is_introduced_by_the_one_above() -> None:
    assert found(article(1, "Carl Jung in 1932 pointed out:"), article(2, f"“{JUNG}”")) == [
        ("A2", None, "Carl Jung")
    ]


def test_words_that_the_article_quotes_keep_their_owner_when_a_comment_quotes_them() -> None:
    passages = article(1, "Carl Jung said:"), article(2, f"“{JUNG}”"), comment("C1", f"“{JUNG}” Quite.")
    assert found(*passages) == [("A2", None, "Carl Jung"), ("C1", None, "Carl Jung")]


def test_the_origin_is_the_source_and_not_another_who_quotes_it() -> None:
    passages = article(1, ARTICLE), comment("C1", f"“{ARTICLE}”"), comment("C2", f"“{ARTICLE}”")
    assert found(*passages) == [("C1", "A1", None), ("C2", "A1", None)]


def test_a_comment_further_down_can_be_the_source() -> None:
    assert found(comment("C1.1", f"“{ARTICLE}” Well."), comment("C2", ARTICLE)) == [("C1.1", "C2", None)]


def test_who_repeats_their_own_words_quotes_nobody() -> None:
    assert found(comment("C1", ARTICLE, "birdsong"), comment("C2", f"“{ARTICLE}”", "birdsong")) == []


@pytest.mark.parametrize(
    ("quote", "expected"), [(ARTICLE, ("C1", "A1", None)), ("Who knows.", ("C1", None, "unknown"))]
)
def test_marked_words_are_a_quotation_however_short(quote: str, expected: tuple) -> None:
    marked = (Marked(passage="C1", quote=quote),)
    assert found(article(1, ARTICLE), comment("C1", f"{quote} Mania is other."), marked=marked) == [expected]


# Read one by one in the text; (passage, first words, source or owner).
BUNDLED_QUOTATIONS = [
    ("A1", "little to improve the lives", "Benedict Carey"),
    ("A12", "the gold standard for treatment", "unknown"),
    ("A14", "We cannot change anything", "Carl Jung"),
    ("C3", "If one has a dark", "A2"),
    ("C4", "Psychiatry’s medical model is a", "A4"),
    ("C5.1.1", "I had to harm them,", "unknown"),
    ("C5.1.1", "I was only following orders.", "unknown"),
    ("C5.1.2.2", "absolute power corrupts absolutely,", "unknown"),
    ("C6", "Emotional suffering, including what we", "A7"),
    ("C7", "why send the patient to", "unknown"),
    ("C13", "great work of fiction", "Jeffrey Schaler"),
    ("C13.1", "The very concept of state-credentialed", "C13"),
    ("C13.1", "Emotional suffering is not an", "C13"),
    ("C15", "Certainty of death. Small chance", "unknown"),
    ("C16", "Genuine healing is a phenomena", "A32"),
    ("C17", "But what have we got", "unknown"),
    ("C19", "Healing can take place only", "The Psychology of the Wounded Healer"),
]


def test_the_bundled_text_quotes_these_words_and_no_others() -> None:
    passages = load_collection(BUNDLED).passages
    marked = [Marked(passage=id_, quote=" ".join(_first_paragraph(passages, id_))) for id_ in ("C4", "C6")]
    quotations = find_quotations(passages, marked)
    listed = [(q.passage, q.source or q.owner) for q in quotations]
    assert listed == [(passage, whose) for passage, _, whose in BUNDLED_QUOTATIONS]
    for quotation, (_, opening, _) in zip(quotations, BUNDLED_QUOTATIONS, strict=True):
        assert quotation.quote.startswith(opening)


def test_the_bundled_quotations_file_marks_every_one() -> None:
    spans = [(p.id, s.source or s.owner) for p in load_collection(BUNDLED).passages for s in p.quoted]
    assert spans == [(passage, whose) for passage, _, whose in BUNDLED_QUOTATIONS]


def test_the_same_passages_give_the_same_quotations() -> None:
    passages = load_collection(BUNDLED).passages
    first: list[Quotation] = find_quotations(passages)
    assert first == find_quotations(passages)


def _first_paragraph(passages: tuple[Passage, ...], id_: str) -> list[str]:
    return next(p.text for p in passages if p.id == id_).split("\n\n")[0].split()
