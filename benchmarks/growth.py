"""Threads from a hundred comments to a hundred thousand: building, searching and opening their index.

Run as a program with a number it measures one size and prints JSON; each size is a process of its own.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.report import Table, spread
from bot.corpus import About, Collection, assemble
from bot.embedding import Embedding, WordLlamaEmbedding
from bot.records import Passage, PassageKind
from bot.settings import ROOT, Settings, quiet_libraries
from bot.store import Store

QUERIES = 60
NEAREST = 200
WORDS = (ROOT / "knowledge" / "levine" / "article.md").read_text("utf-8").split()


def measure(sizes: tuple[int, ...] = (100, 1_000, 10_000, 100_000), limit: float = 3600) -> Table:
    """One process for each size; a size that takes longer than `limit` seconds is left out and said so."""
    table = Table(
        "Growth",
        "Generated threads, nested up to six deep, one to four sentences a comment. A vector is a comment's "
        "or a sentence's; `of Chroma` is the rate of the whole build over the rate at which Chroma alone "
        "takes as many vectors. Search over all, milliseconds. `changed in s`: indexed again after one "
        "comment in the middle was written anew; `from nothing in s`: the same text in an empty folder, by "
        "the same process. `recall`: the share of the 200 nearest vectors that Chroma then proposes; no "
        "two of its graphs are alike, so that two builds of one text differ a little, too.",
    )
    for size in sizes:
        command = [sys.executable, "-m", "benchmarks.growth", str(size)]
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=True
            )
            table.rows.append(json.loads(done.stdout.splitlines()[-1]))
        except subprocess.TimeoutExpired:
            print(f"{size} comments took longer than {limit:.0f} s and are left out.", file=sys.stderr)
    return table


def generated(size: int, seed: int = 0) -> Collection:
    """A thread of so many comments in the article's own words, the same for the same seed."""
    chance = random.Random(seed)
    drafts: list[Passage] = [
        Passage(id="A1", kind=PassageKind.ARTICLE, text="An article of one paragraph.", voice="author")
    ]
    tops, replies, depth = 0, dict[str, int](), dict[str, int]()
    for _ in range(size):
        above = chance.choice(drafts).id if len(drafts) > 1 and chance.random() < 0.6 else None
        parent = above if above and above != "A1" and depth[above] < 6 else None
        if parent:
            replies[parent] = replies.get(parent, 0) + 1
            id_ = f"{parent}.{replies[parent]}"
        else:
            tops += 1
            id_ = f"C{tops}"
        depth[id_] = depth.get(parent or "", 0) + 1
        said = (chance.choices(WORDS, k=chance.randint(6, 22)) for _ in range(chance.randint(1, 4)))
        text = " ".join(f"{' '.join(words).strip('.').capitalize()}." for words in said)
        drafts.append(Passage(id=id_, kind=PassageKind.COMMENT, text=text, voice=id_, parent=parent))
    return assemble("growth", About(title="Growth"), drafts, [], [])


def with_one_changed(thread: Collection) -> Collection:
    """The thread, its middle comment with two other sentences."""
    drafts = list(thread.passages)
    middle = len(drafts) // 2
    drafts[middle] = drafts[middle].model_copy(
        update={"text": "This was written anew. Nobody had said so before."}
    )
    return assemble("growth", About(title="Growth"), drafts, [], [])


def queries(seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=8)) for _ in range(QUERIES)]


def one(size: int) -> dict[str, float | int]:
    """Build, search, close, open again and change one index of `size` comments."""
    from bot.index import open_index

    thread, embedding = generated(size), WordLlamaEmbedding()
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(data_dir=Path(place) / "data")
        started = time.perf_counter()
        with open_index(thread, settings, embedding=embedding) as index:
            built = time.perf_counter() - started
            took = []
            for query in queries():
                began = time.perf_counter()
                index.search(query)
                took.append(1000 * (time.perf_counter() - began))
            views = index.manifest.views
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        disk = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file()) / 2**20
        started = time.perf_counter()
        with open_index(thread, settings, embedding=embedding) as index:
            assert index.rebuilt_because is None
            opened = time.perf_counter() - started
        alone = chroma_alone(Path(place) / "raw", views, embedding.dimensions)
        again = changed(with_one_changed(thread), embedding, settings.data_dir, Path(place) / "empty")
    p50, p95 = spread(took)
    return {
        "comments": size,
        "vectors": views,
        "vectors/s": round(views / built),
        "of Chroma": alone / built,
        "search p50": p50,
        "search p95": p95,
        "peak MB": peak,
        "disk MB": round(disk),
        "opens in s": opened,
        **again,
    }


def chroma_alone(folder: Path, rows: int, dimensions: int) -> float:
    """Seconds that Chroma alone takes for so many vectors."""
    from bot.dense import Dense

    vectors = np.random.default_rng(0).normal(size=(rows, dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    started = time.perf_counter()
    with Dense(folder, create=True) as raw:
        raw.add([str(row) for row in range(rows)], ["x"] * rows, vectors)
        return time.perf_counter() - started


def changed(thread: Collection, embedding: Embedding, indexed: Path, empty: Path) -> dict[str, float]:
    """The thread indexed where another version of it is, and in an empty folder: seconds, and recall."""
    from bot.index import open_index

    seconds, recalls = [], []
    for data_dir in (indexed, empty):
        started = time.perf_counter()
        with open_index(thread, Settings(data_dir=data_dir), embedding=embedding) as index:
            seconds.append(time.perf_counter() - started)
            assert index.rebuilt_because
            recalls.append(recall(index._store, embedding))
    return {
        "changed in s": seconds[0],
        "from nothing in s": seconds[1],
        "recall changed": recalls[0],
        "recall from nothing": recalls[1],
    }


def recall(store: Store, embedding: Embedding) -> float:
    """The share of the truly nearest vectors that Chroma proposes, over all queries."""
    limit = min(NEAREST, len(store.views))
    shares = []
    for vector in map(embedding.embed_query, queries()):
        truly = store.scan(vector, limit, None)
        shares.append(len(set(store.nearest(vector, limit, None)).intersection(truly)) / limit)
    return sum(shares) / len(shares)


def plot(table: Table, path: Path) -> None:
    """Search time and memory over the number of comments, both on logarithmic scales."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    sizes = [row["comments"] for row in table.rows]
    for column, colour in (("search p50", "#1b6e8c"), ("search p95", "#b3541e")):
        axes.loglog(sizes, [row[column] for row in table.rows], "o-", color=colour, label=f"{column}, ms")
    axes.loglog(
        sizes, [row["peak MB"] for row in table.rows], "s--", color="#777777", label="peak memory, MB"
    )
    axes.axhline(50, color="#cccccc", linewidth=1)
    axes.set_xlabel("comments in the thread")
    axes.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    quiet_libraries()
    print(json.dumps(one(int(sys.argv[1]))))
