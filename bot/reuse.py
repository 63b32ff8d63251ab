"""What a new build takes over from the one before it, where nothing but the text has changed.

A vector is taken over by the exact text that it stands for. Chroma's folder is copied, and only the
rows that differ are put in, moved or removed there. The new build has a folder of its own, and the
one before is only read, so that it stays whole whatever happens.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.contents import CHROMA_FOLDER, read_vectors, read_views
from bot.dense import Dense, check_file
from bot.embedding import Embedding, Vectors
from bot.manifest import Recipe, read_manifest
from bot.views import View, view_names

TEXT = frozenset({"collection_hash", "extra_texts"})
# A removed row stays in Chroma's graph, where every search passes through it.
MOST_FORGOTTEN = 0.25


class ReuseError(RuntimeError):
    """The build before cannot be taken over; the message says why."""


@dataclass(frozen=True)
class Earlier:
    """The build before, whole: its views with their names and vectors.

    `forgotten`: how many rows its Chroma has removed since it was filled.
    """

    folder: Path
    views: Sequence[View]
    names: Sequence[str]
    vectors: Vectors
    forgotten: int

    def change_to(self, views: Sequence[View]) -> Change:
        """What has to be done for these views to be indexed."""
        held = {name: view.passage for name, view in zip(self.names, self.views, strict=True)}
        names = view_names(views)
        wanted = frozenset(names)
        kept = [row for row, name in enumerate(names) if name in held]
        return Change(
            earlier=self,
            views=views,
            names=names,
            added=[row for row, name in enumerate(names) if name not in held],
            moved=[row for row in kept if held[names[row]] != views[row].passage],
            removed=[name for name in held if name not in wanted],
        )


@dataclass(frozen=True)
class Change:
    """How the views that are wanted, known by `names`, differ from those of an earlier build.

    `added` and `moved` are wanted rows: those that Chroma does not hold, and those that it holds for
    another passage. `removed` are names that it holds and that are no longer wanted.
    """

    earlier: Earlier
    views: Sequence[View]
    names: Sequence[str]
    added: Sequence[int]
    moved: Sequence[int]
    removed: Sequence[str]

    @property
    def forgotten(self) -> int:
        """How many rows Chroma will have removed since it was filled."""
        return self.earlier.forgotten + len(self.removed)

    @property
    def slight(self) -> bool:
        """Whether Chroma is better changed than filled anew."""
        return self.forgotten <= MOST_FORGOTTEN * len(self.views)

    def vectors(self, embedding: Embedding) -> Vectors:
        """One row for each view; only texts that are new are embedded, each once.

        Raises EmbeddingError, and ReuseError where the embedding gives vectors of another size now.
        """
        old = self.earlier.vectors
        places = {view.text: row for row, view in enumerate(self.earlier.views)}
        new = list(dict.fromkeys(view.text for view in self.views if view.text not in places))
        embedded = embedding.embed(new) if new else old[:0]
        if embedded.shape[1] != old.shape[1]:
            raise ReuseError("the embedding gives vectors of another size")
        places |= {text: row for row, text in enumerate(new, start=len(old))}
        return np.concatenate([old, embedded])[[places[view.text] for view in self.views]]

    def carry_chroma(self, folder: Path, vectors: Vectors) -> None:
        """Copy the earlier Chroma, which nobody has open, into `folder`, and change what differs there.

        Raises ReuseError where it cannot be copied, DenseError where it does not hold what it should.
        """
        place = folder / CHROMA_FOLDER
        try:
            shutil.copytree(self.earlier.folder / CHROMA_FOLDER, place)
        except OSError as error:
            raise ReuseError("Chroma's folder cannot be copied") from error
        check_file(place)
        with Dense(place) as dense:
            dense.probe(self.earlier.names, self.earlier.vectors)
            dense.remove(self.removed)
            dense.move(*self._named(self.moved))
            dense.add(*self._named(self.added), vectors[list(self.added)])

    def _named(self, rows: Sequence[int]) -> tuple[list[str], list[str]]:
        """The names and the passages of these rows."""
        return [self.names[row] for row in rows], [self.views[row].passage for row in rows]


def earlier_build(folder: Path, recipe: Recipe) -> Earlier:
    """The build in `folder`; ManifestError where it is damaged or differs in more than its text."""
    manifest = read_manifest(folder, recipe, apart_from=TEXT)
    views = read_views(folder)
    return Earlier(folder, views, view_names(views), read_vectors(folder), manifest.forgotten)
