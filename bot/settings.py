"""The one model of everything that can be set.

Settings come from the environment (`COUNTERPOINT_…`, and the usual `HOST`, `PORT`,
`OPENAI_API_KEY`, `OPENAI_BASE_URL`). A `COUNTERPOINT_…` variable that is no setting is an error.
"""

from __future__ import annotations

import hashlib
import json
import os
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "COUNTERPOINT_"
EMBEDDED = "embedded"
_LIMITS = {"ge": "from", "gt": "above", "le": "up to", "min_length": "of a length from"}
# What decides where and how it runs, and never what it answers.
_OPERATION = {
    "openai_api_key",
    "host",
    "port",
    "knowledge_dir",
    "prompts_dir",
    "data_dir",
    "reports_dir",
    "chroma_url",
    "operator_password",
    "trusted_proxies",
    "session_questions",
    "address_questions",
    "session_streams",
    "address_streams",
    "log",
    "log_words",
    "metrics",
    "feedback",
    "suite_file",
}


class SettingsError(ValueError):
    """A setting is unknown or out of range; the message names it and what it may be."""


class EmbeddingKind(StrEnum):
    """What turns text into vectors: a static table in a wheel, a small ONNX model, or an endpoint."""

    WORDLLAMA = "wordllama"
    MINILM = "minilm"
    ENDPOINT = "endpoint"


class LogKind(StrEnum):
    """What is written to standard error: sentences where something fails, or a JSON object for each event."""

    PLAIN = "plain"
    JSON = "json"


class Settings(BaseSettings):
    """Every setting, its default and its range. Frozen: a change means a new `Settings`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, populate_by_name=True)

    collection: str = Field("levine", description="Folder under `knowledge_dir` that is served.")
    knowledge_dir: Path = Field(ROOT / "knowledge", description="Where the collections lie.")
    prompts_dir: Path = Field(ROOT / "prompts", description="Where the prompts lie.")
    data_dir: Path = Field(ROOT / "var", description="Where derived things (the index) are written.")

    reports_dir: Path = Field(
        ROOT / "var" / "evals", description="Where evaluation runs lie, for `/reports`."
    )

    host: str = Field(
        "127.0.0.1",
        validation_alias=AliasChoices(PREFIX + "HOST", "HOST"),
        description="Address to listen on.",
    )
    port: int = Field(
        7860,
        ge=1,
        le=65535,
        validation_alias=AliasChoices(PREFIX + "PORT", "PORT"),
        description="Port to listen on.",
    )

    model: str = Field(EMBEDDED, description="`embedded`, or the name of a model at `openai_base_url`.")
    openai_api_key: SecretStr | None = Field(
        None, validation_alias="OPENAI_API_KEY", description="Key for the endpoint; never shown."
    )
    openai_base_url: str | None = Field(
        None,
        validation_alias="OPENAI_BASE_URL",
        description="An OpenAI-compatible endpoint; unset: OpenAI's own.",
    )
    model_timeout: float = Field(60.0, gt=0, le=600, description="Seconds one call to the model may take.")
    model_retries: int = Field(2, ge=0, le=10, description="Times a failed call is tried again.")
    model_calls: int = Field(8, ge=3, le=50, description="Calls to the model that one question may cost.")
    answer_timeout: float = Field(
        90.0, gt=0, le=3600, description="Seconds the model may take over one question, in all its calls."
    )
    judge: str | None = Field(
        None, description="A model at `openai_base_url` that may drop statements and never admits one."
    )
    context_tokens: int = Field(
        6000,
        ge=3000,
        le=1_000_000,
        description="Tokens that a model at an endpoint may be sent at once, all told.",
    )

    embedding: EmbeddingKind = Field(EmbeddingKind.WORDLLAMA, description="What turns text into vectors.")
    embedding_model: str = Field(
        "text-embedding-3-small", description="The endpoint's model, where `embedding` is `endpoint`."
    )
    chunk_tokens: int = Field(
        160, ge=32, le=2000, description="Tokens a chunk may hold; a longer passage is cut."
    )
    search_passages: int = Field(10, ge=1, le=100, description="Passages that one search returns.")
    rank_constant: int = Field(10, ge=1, le=1000, description="The k of reciprocal rank fusion.")

    question_chars: int = Field(
        2000, ge=100, le=20_000, description="Characters that a question may be long."
    )
    history_turns: int = Field(60, ge=0, le=100, description="Earlier turns that a question may refer to.")

    chroma_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+/?$",
        description="A Chroma server, http://HOST:PORT (`chroma run`); unset: Chroma inside this process.",
    )
    operator_password: SecretStr | None = Field(
        None,
        min_length=12,
        description="Opens /present and /reports; unset: they open on this machine only.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks, with commas, of proxies whose X-Forwarded headers are believed.",
    )
    session_questions: int = Field(
        12, ge=0, le=10_000, description="Questions a minute from one conversation; 0: any number."
    )
    address_questions: int = Field(
        600,
        ge=0,
        le=100_000,
        description="Questions a minute from one address, a whole room; 0: any number.",
    )
    session_streams: int = Field(
        3, ge=0, le=1000, description="Answers under way at once in one conversation; 0: any number."
    )
    address_streams: int = Field(
        200, ge=0, le=100_000, description="Answers under way at once at one address; 0: any number."
    )
    log: LogKind = Field(LogKind.PLAIN, description="What is written to standard error: plain or json.")
    log_words: bool = Field(False, description="Whether the log holds visitors' questions.")
    metrics: bool = Field(False, description="Whether /metrics tells Prometheus what happens here.")

    feedback: bool = Field(
        False, description="Whether visitors may give feedback on answers, stored in `data_dir`."
    )
    suite_file: Path | None = Field(
        None,
        description="A JSONL suite to which whoever uses the window may add answers; unset: no one may.",
    )

    @property
    def collection_dir(self) -> Path:
        return self.knowledge_dir / self.collection

    @property
    def hash(self) -> str:
        """Twelve hex digits over all that can change an answer; keys, addresses and folders left out."""
        content = json.dumps(self.model_dump(mode="json", exclude=_OPERATION), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def load_settings() -> Settings:
    """Settings from the environment; SettingsError in one sentence where one is unknown or wrong."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting: unset it, or see `counterpoint settings`.")
    try:
        return Settings()
    except ValidationError as error:
        field = _field_at(str(error.errors()[0]["loc"][0]))
        raise SettingsError(f"{_variable_set(field)} is wrong: it must be {_may_be(field)}.") from None


def variables(field: str) -> tuple[str, ...]:
    """The environment variables that set `field`; the first that is set wins."""
    alias = Settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (str(alias),) if alias else (PREFIX + field.upper(),)


def _field_at(place: str) -> str:
    """The field that a validation error names by its own name or by one of its variables."""
    fields = Settings.model_fields
    return next(f for f in fields if place.upper() in {f.upper(), *variables(f)})


def _variable_set(field: str) -> str:
    names = variables(field)
    given = {name.upper() for name in os.environ}
    return next((name for name in names if name in given), names[0])


def _may_be(field: str) -> str:
    """What a value of `field` must be, in words: its kind, and its range where it has one."""
    info = Settings.model_fields[field]
    if isinstance(info.annotation, type) and issubclass(info.annotation, StrEnum):
        return f"one of {', '.join(info.annotation)}"
    kind = {int: "a whole number", float: "a number", bool: "true or false"}.get(info.annotation, "text")
    limits = {name: getattr(rule, name) for rule in info.metadata for name in _LIMITS if hasattr(rule, name)}
    return " ".join([kind, *(f"{_LIMITS[name]} {value}" for name, value in limits.items())])


def shown_address(address: str) -> str:
    """An address as it may be shown: without the user and password that it may hold."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@lru_cache(maxsize=1)
def quiet_libraries() -> None:
    """Switch off every library's calls home; must run before they are imported."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("LANGSMITH_TRACING", "false")
