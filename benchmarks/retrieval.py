"""How well and how fast the index finds, beside what it could have been instead."""

from __future__ import annotations

import csv
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.report import Table, spread
from bot.blueprint import BM25
from bot.corpus import About, Collection, assemble, load_collection
from bot.dense import Dense
from bot.embedding import Embedding, EmbeddingError, MiniLMEmbedding, WordLlamaEmbedding
from bot.facts import load_facts
from bot.fusion import fuse
from bot.index import open_index
from bot.lexical import Lexical
from bot.records import Passage, PassageKind
from bot.settings import ROOT, Settings
from evals.retrieval import gold_passages, load_suite, mean
from evals.retrieval import measure as score

SHARED = ROOT.parent / "shared" / "data"
# No measure here looks further down.
DEEP = 10
STOCK_K = 60
Search = Callable[[str], Sequence[str]]


@dataclass
class Task:
    """Texts by id, and questions with the ids that answer each, in groups that may stand for each other."""

    name: str
    collection: Collection
    questions: list[tuple[str, list[frozenset[str]]]]
    extra: dict[str, tuple[str, ...]]


def run(most: int = 300, *, minilm: bool = True) -> Table:
    """Every task that is present, at most `most` questions of each."""
    table = Table(
        "Retrieval",
        f"At most {most} questions a task, the same for all systems, one at a time. “ours” is the index as "
        f"visitors get it; “stock fusion” is reciprocal rank with k = {STOCK_K} over BM25 and Chroma with "
        "the same vectors.",
    )
    for task in tasks():
        asked = task.questions[:most]
        for name, search, close in systems(task, minilm=minilm):
            scores, took = [], []
            for question, gold in asked:
                began = time.perf_counter()
                found = search(question)
                took.append(1000 * (time.perf_counter() - began))
                scores.append(score(list(found), gold))
            close()
            p50, p95 = spread(took)
            table.rows.append(
                {
                    "task": task.name,
                    "n": len(asked),
                    "system": name,
                    **mean(scores),
                    "p50 ms": p50,
                    "p95 ms": p95,
                }
            )
    return table


def tasks() -> list[Task]:
    """The bundled suite's held-out half, and the public sets where they lie beside the checkout."""
    found = [bundled()]
    for name, qrels in (("perspectrum", "dev"), ("scifact", "train")):
        if (SHARED / name).is_dir():
            found.append(public(name, SHARED / name, qrels))
    return found


def bundled() -> Task:
    folder = ROOT / "knowledge" / "levine"
    collection = load_collection(folder)
    held_out = load_suite(ROOT / "evals" / "suites" / "retrieval.jsonl")[1::2]
    questions = [(case.question, gold_passages(case, collection)) for case in held_out]
    return Task("bundled, held out", collection, questions, dict(load_facts(folder).questions))


def public(name: str, folder: Path, qrels: str) -> Task:
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
    texts = {f"C{number}": row for number, row in enumerate(rows, start=1)}
    ids = {row["_id"]: id_ for id_, row in texts.items()}
    drafts = [
        Passage(
            id=id_,
            kind=PassageKind.COMMENT,
            text=f"{row.get('title') or ''} {row['text']}".strip() or "-",
            voice=id_,
        )
        for id_, row in texts.items()
    ]
    asked = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    wanted: dict[str, set[str]] = {}
    with (folder / "qrels" / f"{qrels}.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["score"]) > 0:
                wanted.setdefault(row["query-id"], set()).add(ids[row["corpus-id"]])
    questions = [
        (row["text"], [frozenset({each}) for each in sorted(wanted[row["_id"]])])
        for row in asked
        if row["_id"] in wanted
    ]
    return Task(f"{name}, {qrels}", assemble(name, About(title=name), drafts, [], []), questions, {})


def systems(task: Task, *, minilm: bool) -> list[tuple[str, Search, Callable[[], None]]]:
    """Each system by name, how to ask it, and how to close it."""
    ids = [passage.id for passage in task.collection.passages]
    texts = [passage.text for passage in task.collection.passages]
    places = {id_: place for place, id_ in enumerate(ids)}
    words, table = Lexical.build(texts, BM25), WordLlamaEmbedding()
    holder = tempfile.TemporaryDirectory()
    dense = Dense(Path(holder.name) / "chroma", create=True)
    dense.add(ids, ids, table.embed(texts))
    settings = Settings(data_dir=Path(holder.name) / "data")
    index = open_index(task.collection, settings, embedding=table, extra_texts=task.extra)

    def bm25(question: str) -> list[str]:
        scores = words.scores(question)
        best = np.argsort(-scores, kind="stable")[:DEEP]
        return [ids[place] for place in best if scores[place] > 0]

    def chroma(question: str) -> list[str]:
        return dense.nearest(table.embed_query(question), min(DEEP, len(ids)))

    def stock(question: str) -> list[str]:
        return [id_ for id_, _ in fuse([bm25(question), chroma(question)], STOCK_K, places)]

    def ours(question: str) -> list[str]:
        return [hit.passage for hit in index.search(question, DEEP)]

    def nothing() -> None:
        """There is nothing to close."""

    def close() -> None:
        index.close()
        dense.close()
        holder.cleanup()

    found: list[tuple[str, Search, Callable[[], None]]] = [
        ("BM25", bm25, nothing),
        ("Chroma dense (WordLlama)", chroma, nothing),
        ("stock fusion", stock, nothing),
    ]
    if minilm:
        try:
            found.append(("MiniLM", exact(MiniLMEmbedding(), ids, texts), nothing))
        except EmbeddingError as error:
            print(error)
    return [*found, ("ours", ours, close)]


def exact(embedding: Embedding, ids: Sequence[str], texts: Sequence[str]) -> Search:
    vectors = embedding.embed(texts)

    def search(question: str) -> list[str]:
        best = np.argsort(-(vectors @ embedding.embed_query(question)), kind="stable")[:DEEP]
        return [ids[place] for place in best]

    return search
