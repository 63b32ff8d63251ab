"""A build on disk, held by one process, opened whole or built anew.

`data_dir/index/<collection>/` holds a folder for each build, the file `current` that names the one in
use, and `lock`. The lock is held as long as the store is open, for Chroma cannot be shared between
processes. `current` is switched in one step, and only once the new build has been opened and probed.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Collection as Many
from dataclasses import replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from bot.blueprint import Blueprint
from bot.build import build
from bot.contents import BM25_FOLDER, CHROMA_FOLDER, chroma_place, read_chunks, read_vectors, read_views
from bot.dense import Dense, DenseError, OnServer, check_file
from bot.embedding import Vectors
from bot.lexical import Lexical
from bot.manifest import ManifestError, Recipe, read_manifest
from bot.reuse import Earlier, ReuseError, earlier_build
from bot.views import view_names

CURRENT = "current"
LOCK = "lock"

_open_stores: dict[Path, Store] = {}
_opening = threading.RLock()


class IndexProblem(RuntimeError):  # noqa: N818 (IndexError is Python's own)
    """The index can neither be opened nor built; one plain sentence that says what to do."""


class IndexBusy(IndexProblem):
    """The index's folder is held: by another process, or in this one with other settings or text."""


class Store:
    """One build, open: its chunks and views, their vectors, the word index and Chroma.

    `whole`, `part` and `place` hold one value for each view: whether it counts as a chunk, whether as
    a sentence, and its passage's place in `passages`. `word_rows` are the views that word search reads.
    """

    def __init__(self, folder: Path, recipe: Recipe, server: str | None = None) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder, recipe)
        if server is None:
            check_file(folder / CHROMA_FOLDER)
        chunks, self.views = read_chunks(folder), read_views(folder)
        self.chunks = {chunk.id: chunk for chunk in chunks}
        self.passages = tuple(dict.fromkeys(chunk.passage for chunk in chunks))
        places = {passage: place for place, passage in enumerate(self.passages)}
        self.place = np.array([places[view.passage] for view in self.views], dtype=np.int64)
        self.whole = np.array([view.whole for view in self.views], dtype=bool)
        self.part = np.array([view.part for view in self.views], dtype=bool)
        self.word_rows = np.flatnonzero([view.words for view in self.views])
        self.vectors = read_vectors(folder)
        self.lexical = Lexical.load(folder / BM25_FOLDER)
        names = view_names(self.views)
        self._rows = {name: row for row, name in enumerate(names)}
        self.dense = Dense(chroma_place(folder, recipe, server))
        try:
            self.dense.probe(names, self.vectors)
        except BaseException:
            self.dense.close()
            raise
        self.rebuilt_because: str | None = None
        self.users = 0
        self.lock: FileLock | None = None

    def nearest(self, vector: Vectors, limit: int, within: Many[str] | None) -> list[int]:
        """About the `limit` nearest rows, as Chroma proposes them; DenseError where it fails."""
        names = self.dense.nearest(vector, limit, within)
        try:
            return [self._rows[name] for name in names]
        except KeyError:
            raise DenseError("Chroma holds rows that were never put in") from None

    def scan(self, vector: Vectors, limit: int, within: Many[str] | None) -> list[int]:
        """The `limit` nearest rows, compared one by one with the vectors that lie here."""
        rows = np.arange(len(self.views))
        if within is not None:
            kept = [place for place, passage in enumerate(self.passages) if passage in within]
            rows = np.flatnonzero(np.isin(self.place, kept))
        nearest = np.argsort(-(self.vectors[rows] @ vector), kind="stable")[:limit]
        return rows[nearest].tolist()

    def release(self) -> None:
        """One user less; the last one closes Chroma and lets go of the folder."""
        with _opening:
            self.users -= 1
            if self.users:
                return
            _open_stores.pop(self.folder.parent, None)
            self.dense.close()
            if self.lock:
                self.lock.release()


def open_store(plan: Blueprint) -> Store:
    """The store that the plan names, built first where there is none that is fresh and whole.

    A second opening in one process shares the first's. Each is to be released.
    Raises IndexBusy where the folder is held, IndexProblem where it cannot be written, EmbeddingError.
    """
    root = plan.root.resolve()
    with _opening:
        shared = _open_stores.get(root)
        if shared and shared.manifest.recipe != plan.recipe:
            raise IndexBusy(f"{root} is open in this program with other settings or text: close it first.")
        store = shared or _hold_and_open(replace(plan, root=root))
        store.users += 1
        _open_stores[root] = store
        return store


def inspect_store(root: Path, recipe: Recipe, server: str | None = None) -> str | None:
    """Why the build under `root` cannot be used, or None where its files are fresh and whole.

    Neither takes the lock nor opens Chroma, so it may be asked while another process is searching.
    """
    try:
        folder = _current_folder(root)
        read_manifest(folder, recipe)
        if server is None and root.resolve() not in _open_stores:
            check_file(folder / CHROMA_FOLDER)
    except (ManifestError, DenseError) as problem:
        return str(problem)
    return None


def _hold_and_open(plan: Blueprint) -> Store:
    lock = _hold(plan.root)
    store = None
    try:
        because = _what_is_wrong(plan)
        if isinstance(because, Store):
            store = because
        else:
            store = _built(plan)
            store.rebuilt_because = because
            _point_to(plan.root, store.folder)
        _sweep(plan.root, keep=store.folder)
        store.lock = lock
        return store
    except BaseException as error:
        if store:
            store.dense.close()
        lock.release()
        if isinstance(error, (OSError, DenseError, ManifestError)):
            raise IndexProblem(_why_not(plan, error)) from error
        raise


def _built(plan: Blueprint) -> Store:
    """A new build, open: with what is unchanged since the one before, or from nothing if that fails."""
    earlier = _earlier(plan)
    if earlier:
        try:
            return _built_from(plan, earlier)
        except (ReuseError, DenseError) as problem:
            # From a server nothing was taken over, so that from nothing it would fail again.
            if plan.server and isinstance(problem, DenseError):
                raise
            plan.progress(f"The index before cannot be taken over ({problem}).")
    return _built_from(plan, None)


def _earlier(plan: Blueprint) -> Earlier | None:
    """The current build where it may be taken over; what speaks against one that is there is told."""
    try:
        return earlier_build(_current_folder(plan.root), plan.recipe)
    except ManifestError as problem:
        if (plan.root / CURRENT).exists():
            plan.progress(f"The index before cannot be taken over ({problem}).")
        return None


def _built_from(plan: Blueprint, earlier: Earlier | None) -> Store:
    """A new build, open. On a server what is damaged there is first written over, then removed."""
    try:
        return Store(build(plan, earlier), plan.recipe, plan.server)
    except DenseError:
        place = chroma_place(plan.root, plan.recipe, plan.server)
        if not isinstance(place, OnServer):
            raise
        with Dense(place, create=True) as damaged:
            damaged.drop()
    return Store(build(plan, earlier), plan.recipe, plan.server)


def _why_not(plan: Blueprint, error: Exception) -> str:
    if plan.server and isinstance(error, DenseError):
        return (
            f"The Chroma server at {plan.server} cannot be used ({error}): start it (chroma run), "
            f"or unset COUNTERPOINT_CHROMA_URL."
        )
    return (
        f"The index in {plan.root} cannot be built ({error}): make room there, "
        f"or set COUNTERPOINT_DATA_DIR to another folder."
    )


def _what_is_wrong(plan: Blueprint) -> Store | str:
    """The current build, open; or why it cannot be used."""
    try:
        return Store(_current_folder(plan.root), plan.recipe, plan.server)
    except (ManifestError, DenseError) as problem:
        return str(problem)


def _current_folder(root: Path) -> Path:
    """The folder that `current` names; ManifestError where there is none."""
    try:
        name = (root / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError:
        raise ManifestError("there was no index") from None
    except (OSError, UnicodeDecodeError):
        raise ManifestError("the file that names it cannot be read") from None
    if name in {"", ".", ".."} or Path(name).name != name:
        raise ManifestError("the file that names it is damaged")
    return root / name


def _hold(root: Path) -> FileLock:
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(root / LOCK, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexBusy(
            f"Another process is using the index in {root}: stop it, "
            f"or set COUNTERPOINT_DATA_DIR to another folder."
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
    """Remove every other build: older ones, and those that never finished."""
    for each in root.iterdir():
        if each.is_dir() and each != keep:
            shutil.rmtree(each, ignore_errors=True)
