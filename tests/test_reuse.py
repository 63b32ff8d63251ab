"""What a changed text takes over from the build before: it must find what one built from nothing finds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.build
from bot.index import open_index
from bot.reuse import MOST_FORGOTTEN
from bot.settings import Settings
from tests.conftest import free_port
from tests.retold import MODEL, SAID, Counting, assert_as_from_nothing, found, held, thread, told, twenty
from tests.test_cluster import chroma_server

COMMENT = st.lists(st.sampled_from(SAID), min_size=1, max_size=3).map(" ".join)
EDIT = st.tuples(st.sampled_from(["put in", "change", "take out", "ask"]), st.integers(0, 99), COMMENT)


@settings(max_examples=12)
@given(edits=st.lists(EDIT, min_size=1, max_size=5))
def test_after_any_edits_it_is_as_if_built_from_nothing(edits: list[tuple[str, int, str]]) -> None:
    texts, extra = twenty(), dict[str, list[str]]()
    with tempfile.TemporaryDirectory() as folder:
        told(Path(folder), texts)
        for kind, number, text in edits:
            place = number % len(texts)
            if kind == "ask":
                extra = {**extra, f"C{place + 1}": [text]}
            else:
                texts[place : place + (kind != "put in")] = [] if kind == "take out" else [text]
            told(Path(folder), texts, extra)
        assert_as_from_nothing(Path(folder), texts, extra)


CHANGES: dict[str, tuple[Callable[[list[str]], list[str]], list[str], str]] = {
    "added below": (lambda old: [*old, "Quite new."], ["Quite new."], "1 changed of 22"),
    "added on top": (lambda old: ["Quite new.", *old], ["Quite new."], "1 changed of 22"),
    "a sentence more": (
        lambda old: [f"{old[0]} And more.", *old[1:]],
        [f"{twenty()[0]} And more.", "And more."],
        "1 changed of 21",
    ),
    "said twice": (lambda old: [*old, old[3]], [], "1 changed of 22"),
    "new, twice": (lambda old: [*old, "New.", "New."], ["New."], "2 changed of 23"),
    "taken out": (lambda old: old[:4] + old[5:], [], "0 changed of 20"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_only_what_is_new_is_embedded(name: str, tmp_path: Path) -> None:
    change, new, counted = CHANGES[name]
    told(tmp_path, twenty())
    counting = Counting()
    assert told(tmp_path, change(twenty()), model=counting) == [
        f"Indexing {counted} passages with wordllama …"
    ]
    assert counting.texts == new
    assert_as_from_nothing(tmp_path, change(twenty()))


def test_only_a_new_extra_text_is_embedded(tmp_path: Path) -> None:
    told(tmp_path, twenty(), {"C2": ["Is it pretentious?"]})
    counting = Counting()
    asked = {"C2": ["Is it pretentious?"], "C9": ["Who is afraid?"]}
    assert told(tmp_path, twenty(), asked, model=counting)[0].startswith("Indexing 1 changed of 21 ")
    assert counting.texts == ["Who is afraid?"]
    assert_as_from_nothing(tmp_path, twenty(), asked)


def test_only_what_is_new_is_put_into_chroma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(tmp_path, twenty())
    added: list[str] = []
    real = bot.build.Dense.add
    monkeypatch.setattr(
        bot.build.Dense,
        "add",
        lambda self, names, passages, vectors: (added.extend(passages), real(self, names, passages, vectors)),
    )
    told(tmp_path, ["Quite new.", *twenty()])
    assert added == ["C1"]


def test_what_changes_too_much_fills_chroma_anew_with_the_vectors_that_are_there(tmp_path: Path) -> None:
    texts, forgotten = twenty(), []
    told(tmp_path, texts)
    for number in range(8):
        texts[number] = f"Change {number}."
        counting = Counting()
        said = told(tmp_path, texts, model=counting)
        with open_index(thread(texts), Settings(data_dir=tmp_path), embedding=MODEL) as index:
            forgotten.append(index.manifest.forgotten)
            assert forgotten[-1] <= MOST_FORGOTTEN * index.manifest.views
        assert counting.texts == [f"Change {number}."]
        assert said[0].endswith("putting all into Chroma anew …") == (forgotten[-1] == 0)
    # Four views of a comment go with each change, of 81, 78, 75 …; the fourth is one too many.
    assert forgotten == [4, 8, 12, 16, 0, 4, 8, 12]
    assert_as_from_nothing(tmp_path, texts)


def test_on_a_server_vectors_are_taken_over_and_a_collection_is_filled(tmp_path: Path) -> None:
    port = free_port()
    place = Settings(data_dir=tmp_path / "data", chroma_url=f"http://127.0.0.1:{port}")
    with chroma_server(tmp_path, port):
        counting, said = Counting(), list[str]()
        open_index(thread(twenty()), place, embedding=MODEL).close()
        texts = ["Quite new.", *twenty()]
        with open_index(thread(texts), place, embedding=counting, progress=said.append) as index:
            found_there, held_there = found(index), held(index)
    assert counting.texts == ["Quite new."]
    assert said == ["Indexing 1 changed of 22 passages with wordllama, and putting all into Chroma anew …"]
    with open_index(thread(texts), Settings(data_dir=tmp_path / "alone"), embedding=MODEL) as index:
        assert (found(index), held(index)) == (found_there, held_there)
