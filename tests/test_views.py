from __future__ import annotations

from bot.chunks import Chunk
from bot.views import view_names, views


def chunk(passage: str, number: int, text: str) -> Chunk:
    return Chunk(id=f"{passage}#{number}", passage=passage, text=text, start=0, end=len(text))


def test_a_chunk_is_followed_by_its_sentences() -> None:
    found = views([chunk("A1", 1, "Fear heals nobody. Love may.")], {})
    assert [(view.text, view.whole, view.part, view.words) for view in found] == [
        ("Fear heals nobody. Love may.", True, False, True),
        ("Fear heals nobody.", False, True, False),
        ("Love may.", False, True, False),
    ]


def test_a_chunk_of_one_sentence_is_both() -> None:
    (view,) = views([chunk("A1", 1, "Fear heals nobody.")], {})
    assert (view.whole, view.part) == (True, True)


def test_an_extra_text_is_shown_by_the_passage_s_first_chunk() -> None:
    chunks = [chunk("A1", 1, "Fear."), chunk("A1", 2, "Love."), chunk("A2", 1, "Force.")]
    extra = views(chunks, {"A1": ["What heals?", " "], "A2": ["Does force help?"], "Z9": ["?"]})[3:]
    assert [(view.chunk, view.text, view.whole, view.part) for view in extra] == [
        ("A1#1", "What heals?", False, True),
        ("A2#1", "Does force help?", False, True),
    ]


def test_a_view_keeps_its_name_whatever_comes_and_goes_around_it() -> None:
    before = [chunk("C1", 1, "Fear."), chunk("C2", 1, "Love."), chunk("C3", 1, "Love.")]
    after = [chunk("C1", 1, "Anger."), chunk("C2", 1, "Fear."), chunk("C3", 1, "Love.")]
    fear, love, love_again = view_names(views(before, {}))
    assert view_names(views(after, {}))[1:] == [fear, love]
    assert len({fear, love, love_again}) == 3
