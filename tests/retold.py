"""A thread of twenty comments, indexed again and again, and what must then be as if built from nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.corpus import About, Collection, assemble
from bot.embedding import Embedding, Vectors, WordLlamaEmbedding
from bot.index import Hit, Index, open_index
from bot.records import Passage, PassageKind
from bot.settings import Settings
from bot.views import ExtraTexts
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
