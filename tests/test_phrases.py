"""The phrase book: read strictly, and its pattern language means what it says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.phrases import PHRASES, PhraseError, load_phrases, rulebook


def changed(tmp_path: Path, **change: object) -> Path:
    book = yaml.safe_load(PHRASES.read_text(encoding="utf-8")) | change
    path = tmp_path / "phrases.yaml"
    path.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "change", [{"crysis": []}, {"subject": "{nowhere}"}, {"subject": "(open"}, {"hints": None}]
)
def test_a_phrase_book_with_a_slip_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(PhraseError):
        load_phrases(changed(tmp_path, **change))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("red ~2 house", "red brick old house", True),
        ("red ~2 house", "red and very old house", False),
        ("red ~ house", "red . house", False),
        ("i _want", "i really just want", True),
        ("end (it|all)", "end all", True),
        ("end it(?! a)", "end it and go", True),
        ("end it(?! a)", "end it a bit", False),
        ("end", "bend", False),
    ],
)
def test_the_pattern_language(tmp_path: Path, pattern: str, text: str, found: bool) -> None:
    book = load_phrases(changed(tmp_path, subject=pattern))
    assert (book.subject.search(text) is not None) is found


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in rulebook().crisis]
    assert len(names) == len(set(names))
