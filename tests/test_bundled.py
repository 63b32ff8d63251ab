"""The bundled collection against the text that it was made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.corpus import load_collection
from bot.importer import import_page
from tests.seed import (
    BUNDLED,
    WORDS_SHA256,
    seed_path,
    sequence_hash,
    words_of_collection,
    words_of_page,
)

SEED = seed_path()
THREAD_IDS = (
    "C1 C2 C3 C4 C5 C5.1 C5.1.1 C5.1.1.1 C5.1.1.2 C5.1.2 C5.1.2.1 C5.1.2.2 C5.1.2.3 C5.1.2.3.1 C5.1.3 C5.1.4 "
    "C5.1.4.1 C5.1.4.2 C6 C7 C8 C9 C10 C11 C11.1 C12 C12.1 C13 C13.1 C13.1.1 C13.1.1.1 C14 C15 C16 C17 C18 "
    "C19 C19.1 C19.2"
).split()


@pytest.mark.skipif(SEED is None, reason="the source text is not on this machine")
def test_the_bundled_files_are_what_the_importer_makes_of_the_source(tmp_path: Path) -> None:
    folder = tmp_path / "levine"
    folder.mkdir()
    for name in ("about.yaml", "voices.yaml"):
        (folder / name).write_bytes((BUNDLED / name).read_bytes())
    assert SEED is not None
    import_page(SEED, folder)
    for made in sorted(folder.iterdir()):
        assert made.read_bytes() == (BUNDLED / made.name).read_bytes(), (
            f"{made.name} differs: import the source again"
        )


@pytest.mark.skipif(SEED is None, reason="the source text is not on this machine")
def test_the_bundled_collection_holds_every_word_of_the_source_in_order() -> None:
    assert SEED is not None
    assert words_of_collection(BUNDLED) == words_of_page(SEED.read_text("utf-8"))


def test_the_bundled_collection_holds_the_word_sequence_that_was_recorded() -> None:
    assert sequence_hash(words_of_collection(BUNDLED)) == WORDS_SHA256


def test_the_bundled_collection_has_the_threads_shape() -> None:
    collection = load_collection(BUNDLED)
    assert [p.id for p in collection.passages] == [*(f"A{n}" for n in range(1, 40)), *THREAD_IDS]
    assert len(collection.sections) == 5
    assert all((p.parent or "") == p.id.rpartition(".")[0] for p in collection.passages)


@pytest.mark.parametrize("leftover", ["Report comment", "QUOTE{}", "  1. ", "• "])
def test_no_page_furniture_is_left_in_the_bundled_collection(leftover: str) -> None:
    assert not [p.id for p in load_collection(BUNDLED).passages if leftover in p.text]
