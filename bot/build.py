"""Building an index into a fresh folder: chunks, vectors, word index, Chroma, and last the manifest."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.chunks import CHUNKER, Chunk, cut
from bot.corpus import Collection
from bot.dense import Dense, OnServer
from bot.embedding import Embedding, Vectors
from bot.lexical import Bm25, Lexical
from bot.manifest import Manifest, Recipe, file_hashes, write_manifest
from bot.records import Record
from bot.settings import Settings
from bot.views import VIEWS, ExtraTexts, View, views

Progress = Callable[[str], None]

BM25 = Bm25()
CHUNKS_FILE = "chunks.jsonl"
VIEWS_FILE = "views.jsonl"
VECTORS_FILE = "vectors.npy"
BM25_FOLDER = "bm25"
CHROMA_FOLDER = "chroma"


def recipe_for(
    collection: Collection, settings: Settings, embedding: Embedding, extra_texts: ExtraTexts
) -> Recipe:
    """What the index of these would be built from, now."""
    extra = json.dumps({passage: list(extra_texts[passage]) for passage in sorted(extra_texts)})
    return Recipe(
        collection=collection.name,
        collection_hash=collection.hash,
        chunker=CHUNKER,
        chunk_tokens=settings.chunk_tokens,
        views=VIEWS,
        extra_texts=hashlib.sha256(extra.encode()).hexdigest()[:16] if extra_texts else "",
        embedding=embedding.name,
        embedding_fingerprint=embedding.fingerprint,
        bm25=BM25,
    )


def chroma_place(folder: Path, recipe: Recipe, server: str | None) -> Path | OnServer:
    """Where the vectors of a build are searched: in its folder, or on the server at this address."""
    if server is None:
        return folder / CHROMA_FOLDER
    # Letters, digits and hyphens only: what Chroma takes as a name.
    return OnServer(server, f"counterpoint-{recipe.hash}")


def build(
    root: Path,
    recipe: Recipe,
    collection: Collection,
    embedding: Embedding,
    extra_texts: ExtraTexts,
    progress: Progress,
    server: str | None = None,
) -> Path:
    """Build into a new folder under `root` and return it; what fails half-way is removed."""
    folder = root / f"{recipe.hash}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        _fill(folder, recipe, collection, embedding, extra_texts, progress, server)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def read_views(folder: Path) -> tuple[tuple[Chunk, ...], tuple[View, ...]]:
    """A build's chunks and views, in the order of their rows."""
    chunks = (folder / CHUNKS_FILE).read_text("utf-8").splitlines()
    rows = (folder / VIEWS_FILE).read_text("utf-8").splitlines()
    return tuple(map(Chunk.model_validate_json, chunks)), tuple(map(View.model_validate_json, rows))


def read_vectors(folder: Path) -> Vectors:
    """A build's vectors: one row for each view."""
    return np.load(folder / VECTORS_FILE, allow_pickle=False)


def _fill(
    folder: Path,
    recipe: Recipe,
    collection: Collection,
    embedding: Embedding,
    extra_texts: ExtraTexts,
    progress: Progress,
    server: str | None,
) -> None:
    chunks = cut(collection, recipe.chunk_tokens)
    rows = views(chunks, extra_texts)
    _write_lines(folder / CHUNKS_FILE, chunks)
    _write_lines(folder / VIEWS_FILE, rows)
    progress(f"Indexing {len(collection.passages)} passages with {embedding.name} …")
    vectors = embedding.embed([row.text for row in rows])
    np.save(folder / VECTORS_FILE, vectors)
    Lexical.build([row.text for row in rows if row.words], recipe.bm25).save(folder / BM25_FOLDER)
    with Dense(chroma_place(folder, recipe, server), create=True) as dense:
        dense.add([row.passage for row in rows], vectors)
    words = [f"{BM25_FOLDER}/{path.name}" for path in (folder / BM25_FOLDER).iterdir()]
    write_manifest(
        folder,
        Manifest(
            recipe=recipe,
            passages=len({chunk.passage for chunk in chunks}),
            chunks=len(chunks),
            views=len(rows),
            dimensions=vectors.shape[1],
            files=file_hashes(folder, [CHUNKS_FILE, VIEWS_FILE, VECTORS_FILE, *words]),
        ),
    )


def _write_lines(path: Path, records: Sequence[Record]) -> None:
    path.write_text("".join(f"{record.model_dump_json()}\n" for record in records), "utf-8")
