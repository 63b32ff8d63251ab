"""What is damaged or of another model is not taken over, and what is taken over is only read."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import bot.build
from bot.dense import Dense
from bot.embedding import Vectors
from bot.index import open_index
from bot.settings import Settings
from bot.views import View
from tests.retold import MODEL, Counting, assert_as_from_nothing, thread, told, twenty


class Shrunk(Counting):
    """Half of each vector: what a server gives that was started with another model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.ascontiguousarray(super().embed(texts)[:, :128])

    def embed_query(self, text: str) -> Vectors:
        return super().embed_query(text)[:128]


class Shuffled(Counting):
    """The same texts at other places."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return super().embed(texts)[:, ::-1]


def current(place: Path) -> Path:
    root = place / "index" / "thread"
    return root / (root / "current").read_text("utf-8")


def delete(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x04
    path.write_bytes(content)


HARM = [
    ("manifest.json", truncate),
    ("chunks.jsonl", alter),
    ("views.jsonl", delete),
    ("vectors.npy", alter),
    ("bm25/vocab.index.json", truncate),
    ("chroma/chroma.sqlite3", truncate),
    ("chroma/chroma.sqlite3", delete),
    ("chroma", delete),
]


@pytest.mark.parametrize(("file", "harm"), HARM)
def test_what_is_damaged_is_not_taken_over(file: str, harm: Callable[[Path], None], tmp_path: Path) -> None:
    told(tmp_path, twenty())
    harm(current(tmp_path) / file)
    assert_nothing_is_taken_over(tmp_path)


def test_a_chroma_with_a_row_less_is_not_taken_over(tmp_path: Path) -> None:
    told(tmp_path, twenty())
    with Dense(current(tmp_path) / "chroma") as dense:
        dense.remove(dense._collection.get(include=[])["ids"][:1])
    assert "Chroma holds" in assert_nothing_is_taken_over(tmp_path)


def test_another_s_chroma_is_not_taken_over(tmp_path: Path) -> None:
    told(tmp_path / "ours", twenty())
    told(tmp_path / "theirs", twenty()[::-1], model=Shuffled())
    delete(current(tmp_path / "ours") / "chroma")
    shutil.copytree(current(tmp_path / "theirs") / "chroma", current(tmp_path / "ours") / "chroma")
    assert "not those that were put in" in assert_nothing_is_taken_over(tmp_path / "ours")


def assert_nothing_is_taken_over(place: Path) -> str:
    """With one comment more, everything is built from nothing; what was said of why not."""
    texts, counting = [*twenty(), "Quite new."], Counting()
    said = told(place, texts, model=counting)
    assert said[-1] == "Indexing 22 passages with wordllama …"
    (why,) = [each for each in said if "cannot be taken over" in each]
    assert len(set(counting.texts)) == len({view.text for view in views_of(place, texts)})
    assert_as_from_nothing(place, texts)
    return why


def views_of(place: Path, texts: Sequence[str]) -> Sequence[View]:
    with open_index(thread(texts), Settings(data_dir=place), embedding=MODEL) as index:
        return index._store.views


def test_vectors_of_another_size_under_the_same_name_are_not_mixed(tmp_path: Path) -> None:
    told(tmp_path, twenty())
    texts = [*twenty(), "Quite new."]
    said = told(tmp_path, texts, model=Shrunk())
    assert said[-2:] == [
        "The index before cannot be taken over (the embedding gives vectors of another size).",
        "Indexing 22 passages with wordllama …",
    ]
    assert_as_from_nothing(tmp_path, texts, model=Shrunk())


def test_with_another_model_nothing_is_taken_over(tmp_path: Path) -> None:
    told(tmp_path, twenty())
    said = told(tmp_path, twenty(), model=Counting("another"))
    assert said == [
        "The index before cannot be taken over (embedding fingerprint changed).",
        "Indexing 21 passages with wordllama …",
    ]


def test_the_build_before_is_only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def content(folder: Path) -> dict[Path, str]:
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    told(tmp_path, twenty())
    before, folder = content(current(tmp_path)), current(tmp_path)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bot.build, "write_manifest", fail)
    with pytest.raises(KeyboardInterrupt):
        told(tmp_path, [*twenty()[3:], "Quite new."])
    assert (content(folder), current(tmp_path)) == (before, folder)
