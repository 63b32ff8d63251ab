"""Meaning search: vectors in an embedded Chroma, which a single process may hold, or on a Chroma server.

Chroma is derived: the vectors' source of truth lies beside it, and whatever looks wrong here is
answered by building it anew. On a server a collection is named by its recipe, so that programs with
the same text share one, each may put in what is missing, and none takes another's away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection as Many
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from bot.embedding import Vectors, batches
from bot.settings import quiet_libraries

NAME = "chunks"
PROBED = 256
AT_ONCE = 1000
SERVER_SECONDS = 20.0


class DenseError(RuntimeError):
    """The stored vectors are damaged or not those that were put in; the message says how."""


@dataclass(frozen=True)
class OnServer:
    """A collection on a Chroma server (`chroma run`): `url` is http(s)://host[:port]."""

    url: str
    name: str


class Dense:
    """Chroma's folder or a collection on its server, open. Each row has a name of its own."""

    def __init__(self, place: Path | OnServer, *, create: bool = False) -> None:
        quiet_libraries()
        self._shared = isinstance(place, OnServer)
        name = place.name if isinstance(place, OnServer) else NAME
        with _as_dense_error():
            # ClientAPI, the declared type, hides close().
            self._client: Any = _at_server(place.url) if isinstance(place, OnServer) else _in_folder(place)
        try:
            with _as_dense_error():
                self._collection = self._made(name) if create else self._found(name)
        except DenseError:
            self.close()
            raise

    def _found(self, name: str) -> Any:
        return self._client.get_collection(name, embedding_function=None)

    def _made(self, name: str) -> Any:
        make = self._client.get_or_create_collection if self._shared else self._client.create_collection
        return make(name, configuration={"hnsw": {"space": "cosine"}}, embedding_function=None)

    def add(self, names: Sequence[str], passages: Sequence[str], vectors: Vectors) -> None:
        """Add rows: the name and the passage of each, and its vector."""
        put = self._collection.upsert if self._shared else self._collection.add
        for rows in batches(range(len(names)), AT_ONCE):
            with _as_dense_error():
                put(
                    ids=[names[row] for row in rows],
                    embeddings=vectors[rows[0] : rows[-1] + 1],
                    metadatas=[{"passage": passages[row]} for row in rows],
                )

    def fill(self, names: Sequence[str], passages: Sequence[str], vectors: Vectors) -> None:
        """Hold these rows and no others.

        What another program has put in under the same recipe is written over with the same values.
        """
        self.add(names, passages, vectors)
        if self._shared:
            self._remove_strangers(names)

    def move(self, names: Sequence[str], passages: Sequence[str]) -> None:
        """Put rows that are held under other passages; their vectors stay."""
        for rows in batches(range(len(names)), AT_ONCE):
            with _as_dense_error():
                self._collection.update(
                    ids=[names[row] for row in rows],
                    metadatas=[{"passage": passages[row]} for row in rows],
                )

    def remove(self, names: Sequence[str]) -> None:
        """Remove rows by their names."""
        for some in batches(names, AT_ONCE):
            with _as_dense_error():
                self._collection.delete(ids=list(some))

    def _remove_strangers(self, names: Sequence[str]) -> None:
        with _as_dense_error():
            if self._collection.count() == len(names):
                return
            held = self._collection.get(include=[])["ids"]
        self.remove(sorted(set(held).difference(names)))

    def nearest(self, vector: Vectors, limit: int, within: Many[str] | None = None) -> list[str]:
        """The names of about the `limit` nearest rows, in no order to rely on.

        `within` keeps the search to these passages.
        """
        where: Any = {"passage": {"$in": sorted(within)}} if within is not None else None
        with _as_dense_error():
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, where=where, include=[]
            )
        return list(found["ids"][0])

    def probe(self, names: Sequence[str], vectors: Vectors) -> None:
        """Raise DenseError unless it holds as many rows as `names`, with these vectors.

        At most 256 rows are compared, evenly spread, and one is searched for.
        """
        with _as_dense_error():
            count = self._collection.count()
        if count != len(names):
            raise DenseError(f"Chroma holds {count} vectors, not {len(names)}")
        if not count:
            return
        rows = [int(row) for row in np.unique(np.linspace(0, count - 1, min(PROBED, count)).astype(int))]
        with _as_dense_error():
            stored = self._collection.get(ids=[names[row] for row in rows], include=["embeddings"])
        held = dict(zip(stored["ids"], np.asarray(stored["embeddings"]), strict=True))
        if any(
            names[row] not in held or not np.allclose(held[names[row]], vectors[row], atol=1e-5)
            for row in rows
        ):
            raise DenseError("Chroma's vectors are not those that were put in")
        probe = int(np.argmax(np.linalg.norm(vectors, axis=1)))
        found = frozenset(self.nearest(vectors[probe], 3))
        near = vectors[[row for row, name in enumerate(names) if name in found]] @ vectors[probe]
        if near.max(initial=-1.0) < float(vectors[probe] @ vectors[probe]) - 1e-4:
            raise DenseError("Chroma does not find a vector by itself")

    def drop(self) -> None:
        """Remove the collection: it is damaged beyond what adding can mend."""
        with _as_dense_error():
            self._client.delete_collection(self._collection.name)

    def alive(self) -> bool:
        """Whether Chroma answers now; asks a server over the network."""
        try:
            with _as_dense_error():
                self._client.heartbeat()
        except DenseError:
            return False
        return True

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Dense:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _in_folder(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))


def _at_server(url: str) -> Any:
    import chromadb
    import httpx
    from chromadb.config import Settings

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    client: Any = chromadb.HttpClient(
        host=parts.hostname or "",
        port=parts.port or (443 if secure else 8000),
        ssl=secure,
        settings=Settings(anonymized_telemetry=False),
    )
    # Chroma's client waits for ever and has no setting for it; a visitor must not.
    client._server._session.timeout = httpx.Timeout(SERVER_SECONDS, connect=2.0)
    return client


@contextmanager
def _as_dense_error() -> Generator[None]:
    """Whatever Chroma raises as a DenseError, a panic of its Rust core included."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise DenseError(f"Chroma failed ({type(error).__name__})") from error


def check_file(folder: Path) -> None:
    """Raise DenseError where Chroma's database file is missing or malformed.

    Only while no Chroma has it open in this process: closing a second handle would drop its locks.
    """
    path = folder / "chroma.sqlite3"
    if not path.is_file():
        raise DenseError("Chroma's database file is missing")
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise DenseError(f"Chroma's database file is malformed ({error})") from error
    if verdict != "ok":
        raise DenseError("Chroma's database file is malformed")
