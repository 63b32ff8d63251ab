"""Finding passages: by meaning and by words, fused by rank.

Meaning: a passage scores the mean of its nearest chunk's and its nearest sentence's cosine. Words:
BM25. The two rankings are fused by reciprocal rank; words weigh as much as meaning where some chunk
holds half of what the query's words say (by idf), four times as much where it holds all, and hardly
anything where the visitor used words that nobody here uses.
"""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.blueprint import Blueprint, Progress, recipe_for
from bot.corpus import Collection
from bot.dense import DenseError
from bot.embedding import Embedding, EmbeddingError, Vectors, load_embedding
from bot.fusion import fuse
from bot.records import Record
from bot.settings import Settings
from bot.store import IndexBusy, IndexProblem, Store, inspect_store, open_store
from bot.tokens import lay_out_encoding
from bot.views import ExtraTexts

__all__ = ["Hit", "Index", "IndexBusy", "IndexProblem", "inspect_index", "open_index"]

POOL = 200
POOL_FOR_EACH = 20


class Hit(Record):
    """A passage that was found, shown by its best chunk.

    `score` is the fused score: higher is better, comparable within one search only. The ranks are
    the passage's own in each search, from 1; None: that search did not find it. `parent` is the
    comment that a reply answers.
    """

    passage: str
    chunk: str
    text: str
    score: float
    parent: str | None = None
    dense_rank: int | None = None
    bm25_rank: int | None = None


@dataclass(frozen=True)
class Best:
    """Passages by their place, in order, each with its best score and the view's row that has it."""

    places: NDArray[np.int64]
    scores: NDArray[np.float32]
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Ranking:
    """Passages best first, and the chunk by which each was found."""

    passages: tuple[str, ...]
    chunks: Mapping[str, str]

    def rank(self, passage: str) -> int | None:
        return self.passages.index(passage) + 1 if passage in self.chunks else None


class Index:
    """An open index. Searching is safe from several threads; close it when done.

    `hash` names all that it was built from. `rebuilt_because` says why it was built anew when it was
    opened, None where it was found whole. `dense_problem` says why the latest search went by words
    alone, None where it did not. `chroma_problem` says why the latest search went without Chroma.
    """

    def __init__(self, store: Store, embedding: Embedding, settings: Settings) -> None:
        self._store = store
        self._embedding = embedding
        self._settings = settings
        self._places = {passage: place for place, passage in enumerate(store.passages)}
        self._closed = False
        self.folder = store.folder
        self.manifest = store.manifest
        self.hash = store.manifest.recipe.hash
        self.rebuilt_because = store.rebuilt_because
        self.dense_problem: str | None = None
        self.chroma_problem: str | None = None

    def search(self, query: str, k: int | None = None, *, within: Many[str] | None = None) -> list[Hit]:
        """At most `k` passages (None: `search_passages` of the settings), one hit each, best first.

        `within` keeps the search to these passage ids. A query of stop words or of unknown words is
        searched by meaning alone; one without a sign finds nothing.
        """
        limit = self._settings.search_passages if k is None else k
        wanted = None if within is None else set(within) & self._places.keys()
        if not query.strip() or limit < 1 or wanted == set() or not self._places:
            return []
        pool = max(POOL, POOL_FOR_EACH * limit)
        meaning = self._by_meaning(query, pool, wanted)
        words = self._by_words(query, pool, wanted)
        weights = [1.0, (2 * self._store.lexical.coverage(query)) ** 2]
        rankings = [meaning.passages, words.passages]
        fused = fuse(rankings, self._settings.rank_constant, self._places, weights)
        return [self._hit(passage, score, meaning, words) for passage, score in fused[:limit]]

    def close(self) -> None:
        """Let go of the folder, once everyone who opened it in this process has; twice does no harm."""
        if not self._closed:
            self._closed = True
            self._store.release()

    def alive(self) -> bool:
        """Whether Chroma answers; without it a search finds the same, more slowly in a large text."""
        return self._store.dense.alive()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _by_meaning(self, query: str, pool: int, within: set[str] | None) -> Ranking:
        try:
            vector = self._embedding.embed_query(query)
            self.dense_problem = None
        except EmbeddingError as error:
            # Words alone still find much; whoever shows the answer can say what was missing.
            self.dense_problem = str(error)
            return Ranking((), {})
        if not vector.any():
            return Ranking((), {})
        store = self._store
        proposed = store.place[self._nearest(vector, min(len(store.views), pool), within)]
        # Chroma proposes passages; its rounded distances and chance order among equals decide nothing.
        rows = np.flatnonzero(self._at(proposed)[store.place])
        cosines = store.vectors[rows] @ vector
        wholes, parts = store.whole[rows], store.part[rows]
        whole = self._best(rows[wholes], cosines[wholes])
        part = self._best(rows[parts], cosines[parts])
        # Every passage has views of both kinds, so that the two stand side by side.
        return self._ranking(Best(whole.places, (whole.scores + part.scores) / 2, part.rows), pool)

    def _nearest(self, vector: Vectors, pool: int, within: set[str] | None) -> list[int]:
        try:
            rows = self._store.nearest(vector, pool, within)
            self.chroma_problem = None
        except DenseError as error:
            # Chroma only proposes; the vectors lie here, so what it would have found is found without it.
            self.chroma_problem = str(error)
            return self._store.scan(vector, pool, within)
        return rows

    def _by_words(self, query: str, pool: int, within: set[str] | None) -> Ranking:
        scores = self._store.lexical.scores(query)
        found = scores > 0
        if within is not None:
            wanted = self._at(np.array([self._places[passage] for passage in within]))
            found &= wanted[self._store.place[self._store.word_rows]]
        return self._ranking(self._best(self._store.word_rows[found], scores[found]), pool)

    def _at(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each passage's place whether it is among `places`."""
        there = np.zeros(len(self._places), dtype=bool)
        there[places] = True
        return there

    def _best(self, rows: NDArray[np.int64], scores: NDArray[np.float32]) -> Best:
        """The best score of each passage among these rows, and the first row that has it."""
        order = np.lexsort((rows, -scores, self._store.place[rows]))
        places, first = np.unique(self._store.place[rows][order], return_index=True)
        return Best(places, scores[order][first], rows[order][first])

    def _ranking(self, best: Best, most: int) -> Ranking:
        # Rounded, so that the last bits of a sum never decide; equals stand in reading order.
        rounded = np.round(best.scores.astype(np.float64), 5)
        order = np.lexsort((best.places, -rounded))[:most]
        names, views = self._store.passages, self._store.views
        chunks = {
            names[place]: views[row].chunk
            for place, row in zip(best.places[order].tolist(), best.rows[order].tolist(), strict=True)
        }
        return Ranking(tuple(chunks), chunks)

    def _hit(self, passage: str, score: float, meaning: Ranking, words: Ranking) -> Hit:
        ranks: Sequence[int | None] = (meaning.rank(passage), words.rank(passage))
        by_words = ranks[0] is None or (ranks[1] is not None and ranks[1] < ranks[0])
        chunk = self._store.chunks[(words if by_words else meaning).chunks[passage]]
        return Hit(
            passage=passage,
            chunk=chunk.id,
            text=chunk.text,
            score=score,
            parent=chunk.parent,
            dense_rank=ranks[0],
            bm25_rank=ranks[1],
        )


def open_index(
    collection: Collection,
    settings: Settings,
    *,
    embedding: Embedding | None = None,
    extra_texts: ExtraTexts | None = None,
    progress: Progress | None = None,
) -> Index:
    """The collection's index, built first where there is none that is fresh and whole.

    `embedding` stands in for the settings' own. `extra_texts` are more texts by which a passage may be
    found (questions that it answers, say); they are never shown. `progress` is told, in a sentence,
    what is being built. Opening twice in one process shares one build.

    Raises IndexBusy where the folder is held, by another process or in this one for another text or
    other settings; IndexProblem where it cannot be written or there is no text; EmbeddingError where
    texts must be embedded and cannot be.
    """
    if not any(passage.text.strip() for passage in collection.passages):
        raise IndexProblem(f"The collection {collection.name} holds no text: import one first.")
    lay_out_encoding(settings.data_dir / "tiktoken")
    chosen = embedding or load_embedding(settings)
    extra = extra_texts or {}
    recipe = recipe_for(collection, settings, chosen, extra)
    root = settings.data_dir / "index" / collection.name
    tell = progress or (lambda _: None)
    plan = Blueprint(root, recipe, collection, chosen, extra, tell, settings.chroma_url)
    return Index(open_store(plan), chosen, settings)


def inspect_index(
    collection: Collection, settings: Settings, *, extra_texts: ExtraTexts | None = None
) -> str | None:
    """Why the index would be built anew if it were opened now; None where it is fresh and whole.

    It only looks, so it may be asked while another process is searching. Raises EmbeddingError.
    """
    recipe = recipe_for(collection, settings, load_embedding(settings), extra_texts or {})
    return inspect_store(settings.data_dir / "index" / collection.name, recipe, settings.chroma_url)
