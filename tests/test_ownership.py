"""Whose words a quote holds, and the sentences around it."""

from __future__ import annotations

import pytest

from bot.ownership import (
    cited_words,
    cut_stranger,
    is_wholly_of,
    mentions,
    own_sentences,
    own_words,
    sentence_window,
    skipped_words,
    spans_of,
    stranger_named,
)
from bot.records import Evidence, Passage, PassageKind, Span, Voice, VoiceRole
from bot.wording import locate

TEXT = "My father says “libraries should be free for all”, and I think he is wrong. I do not … agree at all."
SPAN = Span(start=TEXT.index("libraries"), end=TEXT.index("”"), owner="Father")
PASSAGE = Passage(id="C3", kind=PassageKind.COMMENT, text=TEXT, voice="C3", quoted=(SPAN,))
AUTHOR = Voice(id="author", label="x", role=VoiceRole.AUTHOR, name="Mara Quill", passages=("A1", "A2"))
NAMELESS = Voice(id="C7", label="C7", role=VoiceRole.COMMENTER, passages=("C7",))
STERN = Voice(
    id="stern", label="joel stern", role=VoiceRole.COMMENTER, name="joel stern", passages=("C5", "C5.1")
)


def quoting(quote: str, owner: str | None = None, passage: Passage = PASSAGE) -> Evidence:
    start, end = locate(quote, passage.text) or (0, 0)
    return Evidence(passage=passage.id, quote=quote, start=start, end=end, owner=owner)


@pytest.mark.parametrize(
    ("quote", "owner", "own", "owners"),
    [
        ("I think he is wrong", None, "I think he is wrong", set()),
        ("libraries should be free for all", None, "", {"Father"}),
        ("libraries should be free for all", "Father", "libraries should be free for all", {"Father"}),
        ("My father says “libraries should be free", None, "My father says “", {"Father"}),
    ],
)
def test_own_words(quote: str, owner: str | None, own: str, owners: set[str]) -> None:
    text, found = own_words(quoting(quote, owner), PASSAGE)
    assert (text.strip(), found) == (own, owners)


def test_own_words_are_those_at_the_offsets() -> None:
    text = "“Fines keep families away.” No: fines keep families away."
    span = Span(start=1, end=25, owner="author")
    passage = Passage(id="C1", kind=PassageKind.COMMENT, text=text.lower(), voice="C1", quoted=(span,))
    second = passage.text.rindex("fines")
    evidence = Evidence(passage="C1", quote="fines keep families away", start=second, end=second + 24)
    assert own_words(evidence, passage) == ("fines keep families away", set())


@pytest.mark.parametrize(
    ("quote", "cut"),
    [
        ("should be free for all”, and I think", "Father"),
        ("My father says “libraries should", "Father"),
        ("father says “libraries should be free for all”, and", None),
        ("and I think he is wrong", None),
    ],
)
def test_a_quote_may_hold_anothers_words_only_whole(quote: str, cut: str | None) -> None:
    assert cut_stranger(quoting(quote), PASSAGE) == cut


@pytest.mark.parametrize(
    ("quote", "wholly"),
    [
        ("libraries should be free", True),
        ("“libraries should be free for all”,", True),
        ("says “libraries", False),
    ],
)
def test_is_wholly_of(quote: str, wholly: bool) -> None:
    assert is_wholly_of("Father", quoting(quote), PASSAGE) is wholly


def test_own_sentences_leave_out_strangers_and_keep_the_rest() -> None:
    sentence = own_sentences(quoting("and I think he"), PASSAGE)
    assert "libraries" not in sentence
    assert sentence.startswith("My father") and sentence.rstrip().endswith("wrong.")


def test_words_that_the_statement_cites_are_kept() -> None:
    evidence = quoting("and I think he is wrong")
    assert cited_words("“libraries should be free” is wrong", evidence, PASSAGE) == "libraries should be free"
    assert cited_words("libraries should be free is wrong", evidence, PASSAGE) == ""
    assert cited_words("“libraries are penguins” is wrong", evidence, PASSAGE) == ""


@pytest.mark.parametrize(
    ("text", "quote", "window"),
    [
        ("It is. I do not think it helps. So.", "it helps", "I do not think it helps."),
        (
            "Thanks, Dr. Levine, but I wish you saw it. Yes.",
            "but I wish",
            "Thanks, Dr. Levine, but I wish you saw it.",
        ),
        ("One.\n\nTwo and three\nand four.", "three", "Two and three\nand four."),
        ("He said “no.” I went.", "I went", "I went."),
    ],
)
def test_sentence_window(text: str, quote: str, window: str) -> None:
    start, end = sentence_window(text, text.index(quote), text.index(quote) + len(quote))
    assert text[start:end] == window


def test_skipped_words_are_those_between_the_pieces_within_their_sentences() -> None:
    text = "I do not by any means think it helps. It is kind. Nobody else says it helps anyone."
    passage = Passage(id="C1", kind=PassageKind.COMMENT, text=text, voice="C1")
    assert (
        skipped_words(quoting("I do not … think it helps", passage=passage), passage).strip()
        == "by any means"
    )
    far = quoting("by any means … says it helps anyone", passage=passage)
    assert skipped_words(far, passage).split() == "think it helps. Nobody else".split()
    assert skipped_words(quoting("It is kind.", passage=passage), passage) == ""


def test_spans_of_finds_every_place() -> None:
    assert spans_of("fines hurt the poor", "fines hurt the poor, fines hurt the poor") == {(0, 19), (21, 40)}


@pytest.mark.parametrize(
    ("voice", "text", "named"),
    [
        (AUTHOR, "Quill is right", ["Quill"]),
        (AUTHOR, "as A1 says", ["A1"]),
        (AUTHOR, "as A11 says", []),
        (STERN, "as C5 says", ["C5"]),
        (STERN, "as C5.1 says", ["C5.1"]),
        (STERN, "as C5.1.2 says", []),
        (STERN, "joel is right", ["joel"]),
        (STERN, "nothing of the kind", []),
    ],
)
def test_mentions(voice: Voice, text: str, named: list[str]) -> None:
    assert list(mentions(voice, text)) == named


@pytest.mark.parametrize(
    ("text", "speaker", "allowed", "named"),
    [
        ("Quill is right", STERN, "she is right", "Quill"),
        ("Quill is right", STERN, "Quill is right", None),
        ("the author is right", STERN, "she is right", "author"),
        ("the author’s own view", AUTHOR, "my view", None),
        ("another commenter says so", AUTHOR, "so it is", "commenter"),
        ("joel stern says so", STERN, "so it is", None),
        ("Commenter C7 says so", NAMELESS, "so it is", None),
        ("commenter c7 says so", NAMELESS, "so it is", None),
        ("Commenter C7.1 says so", NAMELESS, "so it is", "Commenter"),
        ("Commenter C8 says so", NAMELESS, "so it is", "Commenter"),
        ("Commenter C7 says another commenter does", NAMELESS, "so it is", "commenter"),
    ],
)
def test_stranger_named(text: str, speaker: Voice, allowed: str, named: str | None) -> None:
    assert stranger_named(text, speaker, (AUTHOR, STERN), allowed) == named
