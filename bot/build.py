"""Building an index into a fresh folder: chunks, vectors, word index, Chroma, and last the manifest.

Chunks, views and the word index are made whole each time: how much a word says rests on every text.
Vectors and Chroma, which take by far the most time, are taken over where they are unchanged.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.blueprint import Blueprint
from bot.chunks import cut
from bot.contents import BM25_FOLDER, CHUNKS_FILE, VECTORS_FILE, VIEWS_FILE, chroma_place, write_lines
from bot.dense import Dense
from bot.embedding import Vectors
from bot.lexical import Lexical
from bot.manifest import Manifest, file_hashes, write_manifest
from bot.reuse import Change, Earlier
from bot.views import View, view_names, views


def build(plan: Blueprint, earlier: Earlier | None = None) -> Path:
    """Build into a new folder under the plan's root and return it; what fails half-way is removed.

    What is unchanged since `earlier` is taken over from it; None builds everything from nothing.
    Raises EmbeddingError, DenseError, OSError; ReuseError where `earlier` is of no use after all.
    """
    folder = plan.root / f"{plan.recipe.hash}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        _fill(folder, plan, earlier)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _fill(folder: Path, plan: Blueprint, earlier: Earlier | None) -> None:
    chunks = cut(plan.collection, plan.recipe.chunk_tokens)
    rows = views(chunks, plan.extra_texts)
    write_lines(folder / CHUNKS_FILE, chunks)
    write_lines(folder / VIEWS_FILE, rows)
    change = earlier.change_to(rows) if earlier else None
    plan.progress(_told(plan, rows, change))
    vectors = change.vectors(plan.embedding) if change else plan.embedding.embed([row.text for row in rows])
    np.save(folder / VECTORS_FILE, vectors)
    Lexical.build([row.text for row in rows if row.words], plan.recipe.bm25).save(folder / BM25_FOLDER)
    forgotten = _fill_chroma(folder, plan, rows, vectors, change)
    words = [f"{BM25_FOLDER}/{path.name}" for path in (folder / BM25_FOLDER).iterdir()]
    write_manifest(
        folder,
        Manifest(
            recipe=plan.recipe,
            passages=len({chunk.passage for chunk in chunks}),
            chunks=len(chunks),
            views=len(rows),
            dimensions=vectors.shape[1],
            forgotten=forgotten,
            files=file_hashes(folder, [CHUNKS_FILE, VIEWS_FILE, VECTORS_FILE, *words]),
        ),
    )


def _fill_chroma(
    folder: Path, plan: Blueprint, rows: Sequence[View], vectors: Vectors, change: Change | None
) -> int:
    """Have Chroma hold these rows; how many it has removed since it was filled from nothing."""
    if change and _is_carried(plan, change):
        change.carry_chroma(folder, vectors)
        return change.forgotten
    with Dense(chroma_place(folder, plan.recipe, plan.server), create=True) as dense:
        dense.fill(view_names(rows), [row.passage for row in rows], vectors)
    return 0


def _told(plan: Blueprint, rows: Sequence[View], change: Change | None) -> str:
    """What is done, in a sentence: how many passages, and how many of them have a text that is new."""
    passages = f"{len({row.passage for row in rows}):,} passages with {plan.embedding.name}"
    if change is None:
        return f"Indexing {passages} …"
    changed = len({rows[row].passage for row in change.added})
    filled = "" if _is_carried(plan, change) else ", and putting all into Chroma anew"
    return f"Indexing {changed:,} changed of {passages}{filled} …"


def _is_carried(plan: Blueprint, change: Change) -> bool:
    """Whether Chroma's folder is copied and changed; a server has none, and cannot copy a collection."""
    return plan.server is None and change.slight
