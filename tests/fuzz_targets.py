"""What must hold for any bytes at all; `scripts/fuzz.py` feeds these with atheris, test_fuzz with hypothesis.

Each target takes bytes and raises AssertionError, or whatever escaped, where something is wrong.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

from bot.assembly import attribute
from bot.corpus import Collection, CollectionError, load_collection
from bot.draft import DraftQuote, DraftStatement
from bot.grounding import check_statement, grounds_for
from bot.importer import ImportProblem, import_page
from bot.page import parse_page
from bot.pasted import read_text
from bot.plain_yaml import load_yaml
from bot.safety import screen
from bot.settings import ROOT
from bot.streaming import DraftStream
from bot.web.plain_text import plain
from bot.wording import words

SPLIT = b"\x00"


def importing(data: bytes) -> None:
    """Any file is a page or a plain refusal, and what is imported reads back as it was written."""
    with tempfile.TemporaryDirectory() as place:
        source, folder = Path(place) / "page.txt", Path(place) / "text"
        source.write_bytes(data)
        try:
            report = import_page(source, folder)
        except ImportProblem as problem:
            assert str(problem).strip()
            assert not folder.exists(), "a refused import left something behind"
            return
        collection = load_collection(folder)
        comments = [passage for passage in collection.passages if passage.id.startswith("C")]
        assert len(comments) == report.comments
        page = parse_page(read_text(source))
        paragraphs = [block.text for block in page.article if block.kind == "paragraph"]
        assert [p.text for p in collection.passages if p.id.startswith("A")] == paragraphs


def checking(data: bytes) -> None:
    """Whatever a model drafts, what passes is quoted word for word from the passage that it names."""
    fields = data.decode("utf-8", "replace").split("\x00")
    passage, quote, text, quoting = (fields + [""] * 4)[:4]
    collection = bundled()
    passage = passage if passage in collection.by_id else list(collection.by_id)[len(passage) % 78]
    # A piece of the passage, so that the fuzzer gets beyond the first rule.
    whole = collection.by_id[passage].text
    quote = quote or whole[len(text) % len(whole) :][:200]
    drafted = DraftStatement(
        stance="for",
        text=text or quote,
        evidence=[DraftQuote(passage=passage, quote=quote, quoting=quoting)],
    )
    statement = attribute(drafted, collection)
    if check_statement(statement, grounds_for(collection, collection.by_id)):
        return
    held = words(whole)
    for piece in statement.evidence[0].quote.replace("...", "…").split("…"):
        said = words(piece)
        runs = (held[at : at + len(said)] for at in range(len(held) - len(said) + 1))
        assert any(run == said for run in runs), f"{piece!r} passed and does not stand in {passage}"
    assert statement.voice == collection.by_id[passage].voice


def streaming(data: bytes) -> None:
    """A draft in any pieces, whole or broken, gives statements or nothing."""
    stream = DraftStream()
    for piece in data.decode("utf-8", "replace").split("\x00"):
        for statement in stream.feed(piece):
            assert isinstance(statement, DraftStatement)


def showing(data: bytes) -> None:
    """No tag, entity or Markdown of a visitor's or a model's reaches the page."""
    shown = plain(data.decode("utf-8", "replace")).replace("<br>", "")
    assert not set(shown) & set("<>\"'`[]()!*_")


def screening(data: bytes) -> None:
    """Any message at all is screened without failing."""
    screen(data.decode("utf-8", "replace")[:20_000])


def reading_yaml(data: bytes) -> None:
    """Any text is plain values or a YAML error."""
    try:
        value = load_yaml(data.decode("utf-8", "replace"))
    except yaml.YAMLError:
        return
    except ValueError:
        # A date that is none, say: PyYAML's own.
        return
    json.dumps(value, default=str, skipkeys=True)


def loading(data: bytes) -> None:
    """Any comments.yaml is a collection or a plain refusal."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "text"
        folder.mkdir()
        for name, text in (
            ("about.yaml", "title: T\n"),
            ("article.md", "One paragraph of an article.\n"),
            ("quotations.yaml", "[]\n"),
            ("voices.yaml", "voices: []\n"),
        ):
            (folder / name).write_text(text, "utf-8")
        (folder / "comments.yaml").write_bytes(data)
        try:
            load_collection(folder)
        except CollectionError as problem:
            assert str(problem).strip()


@cache
def bundled() -> Collection:
    return load_collection(ROOT / "knowledge" / "levine")


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (importing, checking, streaming, showing, screening, reading_yaml, loading)
}
