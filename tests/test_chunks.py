from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chunks import Chunk, cut, sentences
from bot.corpus import About, Collection, assemble
from bot.records import Passage, PassageKind
from bot.tokens import count_tokens

WORDS = st.sampled_from(
    ["Fear", "heals", "nobody", "“why?”", "no.", "So!", "Dr.", "e.g.", "x" * 40, "…", "é"]
)
GAPS = st.sampled_from([" ", " ", " ", "\n", "\n\n", "  "])
TEXTS = st.lists(st.tuples(WORDS, GAPS), min_size=1, max_size=60).map(
    lambda pieces: "".join(word + gap for word, gap in pieces).strip()
)


def collection(*texts: str) -> Collection:
    drafts = [
        Passage(id=f"C{number}", kind=PassageKind.COMMENT, text=text, voice=f"C{number}")
        for number, text in enumerate(texts, start=1)
    ]
    return assemble("tiny", About(title="Tiny"), drafts, [], [])


def chunks_of(text: str, max_tokens: int) -> tuple[Chunk, ...]:
    return cut(collection(text), max_tokens)


def test_a_short_passage_is_one_chunk() -> None:
    (chunk,) = chunks_of("Fear heals nobody.", 32)
    assert (chunk.id, chunk.passage, chunk.text) == ("C1#1", "C1", "Fear heals nobody.")


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(3, 40))
def test_no_word_is_lost_or_said_twice(text: str, max_tokens: int) -> None:
    rebuilt = [word for chunk in chunks_of(text, max_tokens) for word in chunk.text.split()]
    assert rebuilt == text.split()


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(3, 40))
def test_a_chunk_is_its_stretch_of_the_passage(text: str, max_tokens: int) -> None:
    for chunk in chunks_of(text, max_tokens):
        assert text[chunk.start : chunk.end] == chunk.text != ""


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.integers(3, 40))
def test_only_a_single_word_is_longer_than_the_limit(text: str, max_tokens: int) -> None:
    for chunk in chunks_of(text, max_tokens):
        assert count_tokens(chunk.text) <= max_tokens or len(chunk.text.split()) == 1


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.integers(3, 40))
def test_ids_count_from_one(text: str, max_tokens: int) -> None:
    chunks = chunks_of(text, max_tokens)
    assert [chunk.id for chunk in chunks] == [f"C1#{number + 1}" for number in range(len(chunks))]


def test_a_long_passage_is_cut_between_paragraphs_where_that_suffices() -> None:
    first, second = "Fear heals nobody. Nor does force.", "Love may. Nobody knows."
    assert [chunk.text for chunk in chunks_of(f"{first}\n\n{second}", 10)] == [first, second]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    assert [chunk.text for chunk in chunks_of("Fear heals nobody at all. Dr. Levine says so.", 8)] == [
        "Fear heals nobody at all.",
        "Dr. Levine says so.",
    ]


def test_a_long_sentence_is_cut_between_words() -> None:
    assert [chunk.text for chunk in chunks_of("one two three four five", 3)] == ["one two three", "four five"]


def test_a_reply_s_chunks_know_what_they_answer() -> None:
    drafts = [
        Passage(id="C1", kind=PassageKind.COMMENT, text="Why?", voice="C1"),
        Passage(id="C1.1", kind=PassageKind.COMMENT, text="Because.", parent="C1", voice="C1.1"),
    ]
    chunks = cut(assemble("tiny", About(title="Tiny"), drafts, [], []), 32)
    assert [chunk.parent for chunk in chunks] == [None, "C1"]


def test_passages_are_cut_in_reading_order() -> None:
    assert [chunk.id for chunk in cut(collection("Yes.", "No."), 32)] == ["C1#1", "C2#1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Dr. Levine spoke. Mr. Jung, e.g. A. Nobody.",
            ["Dr. Levine spoke.", "Mr. Jung, e.g. A.", "Nobody."],
        ),
        ("“Why?” Nobody knows.", ["“Why?”", "Nobody knows."]),
        ("It costs 3.5 a day. Or 4.", ["It costs 3.5 a day.", "Or 4."]),
        ("A heading\n\nThen text", ["A heading", "Then text"]),
        ("no capital. follows", ["no capital. follows"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
