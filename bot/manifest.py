"""What an index was built from, so that one that no longer fits is never searched."""

from __future__ import annotations

import hashlib
from collections.abc import Collection as Many
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError

from bot.lexical import Bm25
from bot.records import Record

MANIFEST = "manifest.json"
LAYOUT = "2"


class ManifestError(RuntimeError):
    """A build's folder does not hold what its manifest says; the message says what differs."""


class Recipe(Record):
    """Everything that decides what an index holds.

    Two equal recipes give the same views and vectors; the graph in which Chroma searches many of them
    is built by chance, so that near the end of a long list their hits may differ.
    """

    layout: str = LAYOUT
    collection: str
    collection_hash: str
    chunker: str
    chunk_tokens: int
    views: str
    extra_texts: str = ""
    embedding: str
    embedding_fingerprint: str
    bm25: Bm25
    chromadb: str = version("chromadb")
    bm25s: str = version("bm25s")

    @property
    def hash(self) -> str:
        """Sixteen hex digits over the whole recipe."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class Manifest(Record):
    """A finished build: its recipe, its size, and the SHA-256 of each file that we wrote.

    `forgotten`: how many rows Chroma was told to remove since it was filled from nothing.
    """

    recipe: Recipe
    passages: int
    chunks: int
    views: int
    dimensions: int
    forgotten: int = 0
    files: dict[str, str]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Written last and whole: a folder without it is a build that never finished."""
    half = folder / f"{MANIFEST}.half"
    half.write_text(manifest.model_dump_json(indent=2), "utf-8")
    half.replace(folder / MANIFEST)


def read_manifest(folder: Path, recipe: Recipe, *, apart_from: Many[str] = ()) -> Manifest:
    """The manifest of a build that fits `recipe` and whose files are untouched; else ManifestError.

    `apart_from` are fields of the recipe that may differ.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise ManifestError("its manifest is missing") from None
    except (OSError, ValidationError):
        raise ManifestError("its manifest cannot be read") from None
    changed = [
        field
        for field in Recipe.model_fields
        if field not in apart_from and getattr(manifest.recipe, field) != getattr(recipe, field)
    ]
    if changed:
        raise ManifestError(f"{', '.join(changed).replace('_', ' ')} changed")
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise ManifestError(f"{name} is missing")
        if file_hash(path) != digest:
            raise ManifestError(f"{name} was altered")
    return manifest


def file_hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each named file of a folder."""
    return {name: file_hash(folder / name) for name in sorted(names)}


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
