"""What lies in a build's folder: chunks and views, a row of vectors for each view, words, and Chroma."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.chunks import Chunk
from bot.dense import OnServer
from bot.embedding import Vectors
from bot.manifest import Recipe
from bot.records import Record
from bot.views import View

CHUNKS_FILE = "chunks.jsonl"
VIEWS_FILE = "views.jsonl"
VECTORS_FILE = "vectors.npy"
BM25_FOLDER = "bm25"
CHROMA_FOLDER = "chroma"


def chroma_place(folder: Path, recipe: Recipe, server: str | None) -> Path | OnServer:
    """Where the vectors of a build are searched: in its folder, or on the server at this address."""
    if server is None:
        return folder / CHROMA_FOLDER
    # Letters, digits and hyphens only: what Chroma takes as a name.
    return OnServer(server, f"counterpoint-{recipe.hash}")


def read_chunks(folder: Path) -> tuple[Chunk, ...]:
    """A build's chunks, in reading order."""
    return tuple(map(Chunk.model_validate_json, _lines(folder / CHUNKS_FILE)))


def read_views(folder: Path) -> tuple[View, ...]:
    """A build's views, in the order of their rows."""
    return tuple(map(View.model_validate_json, _lines(folder / VIEWS_FILE)))


def read_vectors(folder: Path) -> Vectors:
    """A build's vectors: one row for each view."""
    return np.load(folder / VECTORS_FILE, allow_pickle=False)


def write_lines(path: Path, records: Sequence[Record]) -> None:
    path.write_text("".join(f"{record.model_dump_json()}\n" for record in records), "utf-8")


def _lines(path: Path) -> list[bytes]:
    # As bytes: text is also split at U+0085, U+2028 and U+2029, which JSON leaves inside a line.
    return path.read_bytes().splitlines()
