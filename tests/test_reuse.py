"""What a changed text takes over from the build before: it must find what one built from nothing finds."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.build
from bot.corpus import About, Collection, assemble
from bot.dense import Dense
from bot.embedding import Embedding, Vectors, WordLlamaEmbedding
from bot.index import Hit, Index, open_index
from bot.records import Passage, PassageKind
from bot.reuse import MOST_FORGOTTEN
from bot.settings import Settings
from bot.views import ExtraTexts, View
from tests.conftest import free_port
from tests.test_cluster import chroma_server
from tests.tiny import QUERIES, Renamed

SAID = (
    "The pills destroyed my life.",
    "My psychiatrist was kind, and the pills saved me.",
    "The word healer sounds grandiose.",
    "Love is the opposite of fear.",
    "Electroshock has no evidence behind it!",
    "Who asked the patients?",
    "Fear heals nobody.",
    "A technician is afraid of pain.",
    "I was six years on medication.",
    "Nobody listened to my mother.",
)
MODEL = WordLlamaEmbedding()


class Counting(Renamed):
    """An embedding that notes the texts it was given to index."""

    def __init__(self, fingerprint: str = MODEL.fingerprint) -> None:
        super().__init__(MODEL)
        self.fingerprint = fingerprint
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().embed(texts)


class Shrunk(Counting):
    """Half of each vector: what a server gives that was started with another model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.ascontiguousarray(super().embed(texts)[:, :128])

    def embed_query(self, text: str) -> Vectors:
        return super().embed_query(text)[:128]


def thread(texts: Sequence[str]) -> Collection:
    """Comments that are numbered as they stand, so that one put in renumbers those below it."""
    drafts = [Passage(id="A1", kind=PassageKind.ARTICLE, text="An article of one paragraph.", voice="author")]
    drafts += [
        Passage(id=f"C{number}", kind=PassageKind.COMMENT, text=text, voice=f"C{number}")
        for number, text in enumerate(texts, start=1)
    ]
    return assemble("thread", About(title="Thread"), drafts, [], [])


def twenty() -> list[str]:
    """Twenty comments of three sentences each: 80 views, and one of the article."""
    return [f"{SAID[n % 10]} {SAID[(3 * n + n // 10 + 1) % 10]} Thus spoke {n}." for n in range(20)]


def opened(
    place: Path, texts: Sequence[str], extra: ExtraTexts | None, model: Embedding, said: list[str]
) -> Index:
    return open_index(
        thread(texts), Settings(data_dir=place), embedding=model, extra_texts=extra, progress=said.append
    )


def told(
    place: Path, texts: Sequence[str], extra: ExtraTexts | None = None, model: Embedding = MODEL
) -> list[str]:
    """What is said while these are indexed under `place`."""
    said: list[str] = []
    opened(place, texts, extra, model, said).close()
    return said


def found(index: Index) -> list[list[Hit]]:
    some = {passage for passage in ("A1", "C1", "C2", "C5") if passage in index._places}
    everywhere = [index.search(query, 50) for query in QUERIES]
    return everywhere + [index.search(query, 50, within=some) for query in QUERIES]


def held(index: Index) -> dict[str, tuple[str, bytes]]:
    """All that Chroma holds: the passage and the vector of each name."""
    rows = index._store.dense._collection.get(include=["metadatas", "embeddings"])
    vectors = np.asarray(rows["embeddings"], dtype=np.float32)
    passages = [each["passage"] for each in rows["metadatas"]]
    return {
        name: (passage, vector.tobytes())
        for name, passage, vector in zip(rows["ids"], passages, vectors, strict=True)
    }


def assert_as_from_nothing(
    place: Path, texts: Sequence[str], extra: ExtraTexts | None = None, model: Embedding = MODEL
) -> None:
    """What is indexed under `place` is what an empty folder gets: hits, scores, Chroma, every vector."""
    with tempfile.TemporaryDirectory() as empty:
        both = []
        for where in (Path(empty), place):
            with opened(where, texts, extra, model, said := []) as index:
                vectors = index._store.vectors.tolist()
                both.append((found(index), held(index), vectors, index._store.views))
        assert not said, "it was built anew before it could be looked at"
        assert both[0] == both[1]


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


class Shuffled(Counting):
    """The same texts at other places."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return super().embed(texts)[:, ::-1]


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


def current(place: Path) -> Path:
    root = place / "index" / "thread"
    return root / (root / "current").read_text("utf-8")


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
