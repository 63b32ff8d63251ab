"""The whole way of a question, beside the stock chains of LangChain and LlamaIndex over the same text.

Each system is a process of its own; the questions go to all of them in turn, so that what else the
machine does meets each alike. CPU time is told too, which a busy machine changes little.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.report import Table, spread
from bot.corpus import load_collection
from bot.embedding import WordLlamaEmbedding
from bot.settings import ROOT, Settings, quiet_libraries

SYSTEMS = ("counterpoint", "langchain", "llamaindex")
REPLY = "One voice says so [1], and another does not [2]."
Answer = Callable[[str], object]


def measure(rounds: int = 2) -> Table:
    """Every question of the retrieval suite's first thirty, `rounds` times, to each system in turn."""
    lines = (ROOT / "evals" / "suites" / "retrieval.jsonl").read_text("utf-8").splitlines()[:30]
    questions = [json.loads(line)["question"] for line in lines] * rounds
    workers = {name: _start(name) for name in SYSTEMS}
    ready = {name: json.loads(_line(worker)) for name, worker in workers.items()}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in SYSTEMS}
    for question in questions:
        for name, worker in workers.items():
            taken[name].append(tuple(json.loads(_put(worker, question))))
    memory = {name: json.loads(_put(worker, "")) for name, worker in workers.items()}
    table = Table(
        "Answering",
        f"{len(questions)} questions, one at a time to each system in turn; no model is asked: the guide "
        "uses its embedded one, the others a fake one. Milliseconds.",
    )
    best = min(spread([each[0] for each in taken[name]])[0] for name in SYSTEMS[1:])
    for name in SYSTEMS:
        wall, tail = spread([each[0] for each in taken[name]])
        table.rows.append(
            {
                "system": name,
                "p50": 1000 * wall,
                "p95": 1000 * tail,
                "CPU p50": 1000 * spread([each[1] for each in taken[name]])[0],
                "peak MB": memory[name],
                "opened in s": ready[name],
                "p50 ÷ fastest stock": wall / best,
            }
        )
    return table


def _start(name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.answering", name]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout
    return worker.stdout.readline()


def _put(worker: subprocess.Popen[str], question: str) -> str:
    assert worker.stdin
    worker.stdin.write(question.replace("\n", " ") + "\n")
    worker.stdin.flush()
    return _line(worker)


def counterpoint(place: Path) -> Answer:
    from bot.guide import open_guide

    return open_guide(Settings(data_dir=place)).answer


def langchain(place: Path) -> Answer:
    from langchain_chroma import Chroma
    from langchain_classic.chains import create_retrieval_chain
    from langchain_classic.chains.combine_documents import create_stuff_documents_chain
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_core.language_models import FakeListChatModel
    from langchain_core.prompts import ChatPromptTemplate

    passages = load_collection(ROOT / "knowledge" / "levine").passages
    documents = [Document(p.text, metadata={"id": p.id}) for p in passages]
    store = Chroma.from_documents(documents, embedding=langchain_embeddings(), persist_directory=str(place))
    retriever = EnsembleRetriever(
        retrievers=[
            BM25Retriever.from_documents(documents, k=10),
            store.as_retriever(search_kwargs={"k": 10}),
        ],
        weights=[0.5, 0.5],
    )
    prompt = ChatPromptTemplate.from_messages(
        [("system", "Answer from this:\n{context}"), ("human", "{input}")]
    )
    chain = create_retrieval_chain(
        retriever, create_stuff_documents_chain(FakeListChatModel(responses=[REPLY]), prompt)
    )
    return lambda question: chain.invoke({"input": question})


def llamaindex(_: Path) -> Answer:
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms.mock import MockLLM
    from llama_index.core.query_engine import CitationQueryEngine

    table = WordLlamaEmbedding()

    class Static(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return table.embed([text])[0].tolist()

        def _get_query_embedding(self, query: str) -> list[float]:
            return table.embed_query(query).tolist()

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    passages = load_collection(ROOT / "knowledge" / "levine").passages
    documents = [Document(text=passage.text, doc_id=passage.id) for passage in passages]
    index = VectorStoreIndex.from_documents(documents, embed_model=Static())
    engine = CitationQueryEngine.from_args(index, llm=MockLLM(max_tokens=64), similarity_top_k=10)
    return engine.query


def langchain_embeddings() -> object:
    """The same static table, as LangChain takes embeddings."""
    from langchain_core.embeddings import Embeddings

    table = WordLlamaEmbedding()

    class Static(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return table.embed(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return table.embed_query(text).tolist()

    return Static()


def serve(name: str) -> None:
    """Answer each line of standard input, and print how long it took; an empty line: the peak of memory."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as place:
        answer = {"counterpoint": counterpoint, "langchain": langchain, "llamaindex": llamaindex}[name](
            Path(place)
        )
        for question in ("Is a therapist a healer?", "What about drugs?"):
            answer(question)
        print(round(time.perf_counter() - started, 2), file=out, flush=True)
        for line in sys.stdin:
            if not line.strip():
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(peak, file=out, flush=True)
                os._exit(0)
            wall, cpu = time.perf_counter(), time.process_time()
            answer(line.strip())
            took = [time.perf_counter() - wall, time.process_time() - cpu]
            print(json.dumps(took), file=out, flush=True)


if __name__ == "__main__":
    quiet_libraries()
    from bot.tokens import lay_out_encoding

    lay_out_encoding(Path(tempfile.gettempdir()) / "counterpoint-tiktoken")
    serve(sys.argv[1])
