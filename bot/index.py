"""Finding passages: meaning and words, fused by rank, over an index that is built when it has to be.

The index is derived. `data_dir/index/<collection>/` holds one build in a folder of its own and the
file `current`, which names it; a build that is stale or damaged is replaced by a new one beside it,
and `current` is switched in one step. One process holds the folder, for Chroma cannot share it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as Many
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from bot.chunks import CHUNKER, Chunk, cut
from bot.corpus import Collection
from bot.dense import Dense, DenseProblem, check_file
from bot.embedding import Embedding, EmbeddingError, Vectors, load_embedding
from bot.fusion import fuse
from bot.lexical import Bm25, Lexical
from bot.manifest import Manifest, ManifestProblem, Recipe, file_hashes, read_manifest, write_manifest
from bot.records import Record
from bot.settings import Settings
from bot.tokens import lay_out_encoding

Progress = Callable[[str], None]
ExtraTexts = Mapping[str, Sequence[str]]

CURRENT = "current"
POOL = 100
BM25 = Bm25()

_open: dict[Path, Index] = {}
_opening = threading.RLock()


class IndexProblem(RuntimeError):
    """The index can neither be opened nor built; one plain sentence that says what to do."""


class IndexBusy(IndexProblem):
    """The index's folder is held: by another process, or in this one with other settings."""


class Hit(Record):
    """A passage that was found, shown by its best chunk.

    `score` is the fused score, higher is better, comparable within one search only. The ranks are
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


class Index:
    """An open index. Searching is safe from several threads; close it when done.

    `hash` names what it was built from. `rebuilt_because` says why opening it built it anew, None
    where it was found whole. `dense_problem` says why the latest search went by words alone, None
    where it did not.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        embedding: Embedding,
        settings: Settings,
        lock: FileLock,
        rebuilt_because: str | None,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.hash = manifest.recipe.hash
        self.rebuilt_because = rebuilt_because
        self.dense_problem: str | None = None
        self.users = 1
        self._settings = settings
        self._embedding = embedding
        self._lock = lock
        self._chunks = read_chunks(folder / "chunks.jsonl")
        self._rows = _read_rows(folder / "rows.json")
        self._vectors: Vectors = np.load(folder / "vectors.npy", allow_pickle=False)
        self._lexical = Lexical.load(folder / "bm25")
        self._places = {name: place for place, name in enumerate(dict.fromkeys(c.passage for c in self._chunks))}
        self._dense = Dense(folder / "chroma")
        try:
            self._dense.probe(self._vectors)
        except Exception:
            self._dense.close()
            raise

    def search(self, query: str, k: int | None = None, *, within: Many[str] | None = None) -> list[Hit]:
        """The `k` best passages (the settings' number where None), one hit each, best first.

        `within` keeps the search to these passage ids. A query that says nothing finds nothing.
        """
        limit = self._settings.search_passages if k is None else k
        wanted = None if within is None else set(within) & self._places.keys()
        if not query.strip() or limit < 1 or wanted == set():
            return []
        dense = self._ranked(self._by_meaning(query, limit, wanted))
        words = self._ranked(self._by_words(query, wanted))
        fused = fuse([list(dense), list(words)], self._settings.rank_constant, self._places)
        return [self._hit(passage, score, dense, words) for passage, score in fused[:limit]]

    def close(self) -> None:
        """Let go of the folder once everyone who opened it in this process has closed it."""
        with _opening:
            self.users -= 1
            if self.users:
                return
            _open.pop(self.folder.parent, None)
            self._dense.close()
            self._lock.release()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _by_meaning(self, query: str, limit: int, within: set[str] | None) -> list[tuple[int, float]]:
        try:
            vector = self._embedding.embed_query(query)
            self.dense_problem = None
        except EmbeddingError as error:
            # Words alone still answer; whoever shows the answer can say so.
            self.dense_problem = str(error)
            return []
        if not vector.any():
            return []
        pool = min(len(self._rows), max(POOL, 4 * limit))
        rows = self._dense.nearest(vector, pool, within)
        # Chroma's distances are rounded and its order among equals is chance.
        return [(row, float(self._vectors[row] @ vector)) for row in rows]

    def _by_words(self, query: str, within: set[str] | None) -> list[tuple[int, float]]:
        scores = self._lexical.scores(query)
        return [
            (int(row), float(scores[row]))
            for row in np.flatnonzero(scores > 0)
            if within is None or self._chunk_of(int(row)).passage in within
        ]

    def _ranked(self, scored: Iterable[tuple[int, float]]) -> dict[str, tuple[int, Chunk]]:
        """Passages in the order of their best row, each with its rank from 1 and that row's chunk."""
        ranked: dict[str, tuple[int, Chunk]] = {}
        for row, _ in sorted(scored, key=lambda each: (-round(each[1], 6), each[0])):
            chunk = self._chunk_of(row)
            if chunk.passage not in ranked:
                ranked[chunk.passage] = (len(ranked) + 1, chunk)
        return ranked

    def _chunk_of(self, row: int) -> Chunk:
        return self._chunks[self._rows[row]]

    def _hit(
        self,
        passage: str,
        score: float,
        dense: Mapping[str, tuple[int, Chunk]],
        words: Mapping[str, tuple[int, Chunk]],
    ) -> Hit:
        found = [ranked[passage] for ranked in (dense, words) if passage in ranked]
        chunk = min(found, key=lambda each: each[0])[1]
        return Hit(
            passage=passage,
            chunk=chunk.id,
            text=chunk.text,
            score=score,
            parent=chunk.parent,
            dense_rank=dense[passage][0] if passage in dense else None,
            bm25_rank=words[passage][0] if passage in words else None,
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

    Opening twice in one process gives the same index; it closes with its last user. `progress` is
    told, in a few words, what is being built. `extra_texts` are further words by which a passage may
    be found (questions that it answers, say); they are never shown.

    Raises IndexBusy where another process holds the folder, IndexProblem where it cannot be written,
    EmbeddingError where texts must be embedded and cannot be.
    """
    root = (settings.data_dir / "index" / collection.name).resolve()
    with _opening:
        chosen = embedding or load_embedding(settings)
        recipe = _recipe(collection, settings, chosen, extra_texts or {})
        shared = _open.get(root)
        if shared:
            if shared.hash != recipe.hash:
                raise IndexBusy(f"{root} is open in this program with other settings or text: close it first.")
            shared.users += 1
            return shared
        lay_out_encoding(settings.data_dir / "tiktoken")
        lock = _hold(root)
        try:
            index = _open_or_build(root, recipe, collection, settings, chosen, extra_texts or {}, lock, progress)
        except BaseException:
            lock.release()
            raise
        _open[root] = index
        return index


def _open_or_build(
    root: Path,
    recipe: Recipe,
    collection: Collection,
    settings: Settings,
    embedding: Embedding,
    extra_texts: ExtraTexts,
    lock: FileLock,
    progress: Progress | None,
) -> Index:
    because = "there was none"
    current = root / CURRENT
    if current.is_file():
        try:
            folder = root / current.read_text("utf-8").strip()
            manifest = read_manifest(folder, recipe)
            check_file(folder / "chroma")
            index = Index(folder, manifest, embedding, settings, lock, None)
            _sweep(root, keep=folder)
            return index
        except (ManifestProblem, DenseProblem) as problem:
            because = str(problem)
        except Exception as error:
            because = f"it could not be opened ({type(error).__name__})"
    folder, manifest = _build(root, recipe, collection, settings, embedding, extra_texts, progress)
    index = Index(folder, manifest, embedding, settings, lock, because)
    _point_to(root, folder)
    _sweep(root, keep=folder)
    return index


def _build(
    root: Path,
    recipe: Recipe,
    collection: Collection,
    settings: Settings,
    embedding: Embedding,
    extra_texts: ExtraTexts,
    progress: Progress | None,
) -> tuple[Path, Manifest]:
    tell = progress or (lambda _: None)
    folder = root / f"{recipe.hash}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    chunks = cut(collection, settings.chunk_tokens)
    (folder / "chunks.jsonl").write_text("".join(f"{c.model_dump_json()}\n" for c in chunks), "utf-8")
    texts = [chunk.text for chunk in chunks]
    rows = list(range(len(chunks)))
    (folder / "rows.json").write_text(json.dumps(rows), "utf-8")
    tell(f"embedding {len(texts)} texts with {embedding.name}")
    vectors = embedding.embed(texts)
    np.save(folder / "vectors.npy", vectors)
    Lexical.build(texts, BM25).save(folder / "bm25")
    dense = Dense(folder / "chroma", create=True)
    try:
        dense.add([chunks[row].passage for row in rows], vectors)
    finally:
        dense.close()
    names = ["chunks.jsonl", "rows.json", "vectors.npy", *(f"bm25/{p.name}" for p in (folder / "bm25").iterdir())]
    manifest = Manifest(
        recipe=recipe,
        passages=len({chunk.passage for chunk in chunks}),
        chunks=len(chunks),
        rows=len(rows),
        dimensions=vectors.shape[1],
        files=file_hashes(folder, names),
    )
    write_manifest(folder, manifest)
    return folder, manifest


def _recipe(
    collection: Collection, settings: Settings, embedding: Embedding, extra_texts: ExtraTexts
) -> Recipe:
    extra = json.dumps({name: list(extra_texts[name]) for name in sorted(extra_texts)})
    return Recipe(
        collection=collection.name,
        collection_hash=collection.hash,
        chunker=CHUNKER,
        chunk_tokens=settings.chunk_tokens,
        embedding=embedding.name,
        embedding_fingerprint=embedding.fingerprint,
        bm25=BM25.model_dump_json(),
        extra_texts=hashlib.sha256(extra.encode()).hexdigest()[:16] if extra_texts else "",
    )


def read_chunks(path: Path) -> tuple[Chunk, ...]:
    """The chunks as they were written, in order."""
    return tuple(Chunk.model_validate_json(line) for line in path.read_text("utf-8").splitlines())


def _read_rows(path: Path) -> list[int]:
    return json.loads(path.read_text("utf-8"))


def _hold(root: Path) -> FileLock:
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / "lock", thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexBusy(
            f"Another process is using the index in {root}: stop it, or set COUNTERPOINT_DATA_DIR to another folder."
        ) from None
    except OSError as error:
        raise IndexProblem(
            f"{root} cannot be written ({error.strerror}): set COUNTERPOINT_DATA_DIR to a folder that can."
        ) from error
    return lock


def _point_to(root: Path, folder: Path) -> None:
    half = root / f"{CURRENT}.half"
    half.write_text(folder.name, "utf-8")
    half.replace(root / CURRENT)


def _sweep(root: Path, keep: Path) -> None:
    """Remove every build but one: older ones, and those that never finished."""
    for each in root.iterdir():
        if each.is_dir() and each != keep:
            shutil.rmtree(each, ignore_errors=True)
