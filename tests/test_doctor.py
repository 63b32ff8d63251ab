from __future__ import annotations

import asyncio
import shutil
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr

from bot.deck import load_deck
from bot.doctor import Result, examine
from bot.rehearsal import Rehearsal
from bot.settings import EmbeddingKind, Settings
from tests.endpoint import KEY, PASSWORD


def result_of(settings: Settings, what: str) -> Result:
    return next(result for result in examine(settings) if result.what == what)


@pytest.fixture
def settings(library: Any) -> Settings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return library.settings.model_copy(update={"port": port})


def test_every_part_is_examined_once(settings: Settings):
    assert [result.what for result in examine(settings)] == [
        "collection",
        "map",
        "prompts",
        "embedding",
        "index",
        "deck",
        "model",
        "network",
        "tiktoken",
        "browser",
        "port",
    ]


@pytest.mark.parametrize(
    "what", ["collection", "map", "prompts", "embedding", "index", "model", "network", "tiktoken", "port"]
)
def test_what_is_well_is_said_to_be(settings: Settings, what: str):
    assert result_of(settings, what).state == "ok"


@pytest.mark.parametrize(
    ("change", "what", "state", "part"),
    [
        ({"collection": "nowhere"}, "collection", "fault", "nowhere"),
        ({"prompts_dir": Path("nowhere")}, "prompts", "fault", "one file a stage"),
        ({"data_dir": Path("nowhere")}, "index", "note", ""),
        ({"chunk_tokens": 33}, "index", "note", "chunk tokens changed"),
        ({}, "deck", "note", "3 of 3 slides have no answer yet"),
        ({"model": "gpt-x"}, "network", "note", "needed for new answers"),
        ({"model": "gpt-x", "openai_base_url": "http://127.0.0.1:1/v1"}, "network", "ok", "on this machine"),
        ({"model": "gpt-x"}, "model", "note", "without a key"),
        ({"model": "gpt-x", "openai_base_url": "http://h/v1"}, "model", "ok", "gpt-x at http://h/v1"),
        ({"embedding": EmbeddingKind.ENDPOINT}, "embedding", "fault", "needs OPENAI_API_KEY"),
        (
            {"embedding": EmbeddingKind.ENDPOINT, "openai_base_url": "http://h/v1"},
            "embedding",
            "ok",
            "text-embedding-3-small at http://h/v1",
        ),
    ],
)
def test_what_is_not_is_named(settings: Settings, change: dict, what: str, state: str, part: str):
    result = result_of(settings.model_copy(update=change), what)
    assert (result.state, part in result.detail) == (state, True)


@pytest.mark.parametrize(
    "change", [{"data_dir": Path("nowhere")}, {"model": "gpt-x"}, {"collection": "nowhere"}]
)
def test_whatever_is_not_well_says_how_to_mend_it(settings: Settings, change: dict):
    unwell = [
        r for r in examine(settings.model_copy(update=change)) if r.state != "ok" and r.what != "browser"
    ]
    assert unwell
    assert all(result.mend or ":" in result.detail for result in unwell)


def test_a_taken_port_is_a_fault_and_names_another(settings: Settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = result_of(settings.model_copy(update={"port": port}), "port")
    assert result.fatal
    assert f"PORT={port + 1}" in result.mend


def test_a_collection_without_a_map_is_a_note(settings: Settings, tmp_path: Path):
    bare = tmp_path / "bare"
    bare.mkdir()
    for file in settings.collection_dir.iterdir():
        if file.name != "positions.yaml":
            (bare / file.name).write_bytes(file.read_bytes())
    changed = settings.model_copy(update={"collection": "bare", "knowledge_dir": tmp_path})
    assert result_of(changed, "map").state == "note"


def test_looking_takes_no_lock_and_builds_nothing(settings: Settings, tmp_path: Path):
    examine(settings.model_copy(update={"data_dir": tmp_path / "data"}))
    assert not (tmp_path / "data" / "index").exists()


def test_no_secret_is_shown(settings: Settings):
    given = {
        "model": "gpt-x",
        "openai_api_key": SecretStr(KEY),
        "openai_base_url": f"https://user:{PASSWORD}@host/v1",
    }
    shown = "".join(result.line() for result in examine(settings.model_copy(update=given)))
    assert "https://host/v1" in shown
    assert KEY not in shown
    assert PASSWORD not in shown


@pytest.mark.parametrize(("state", "fatal"), [("ok", False), ("note", False), ("fault", True)])
def test_a_line_shows_state_part_and_mending(state: Any, fatal: bool):
    result = Result(what="index", state=state, detail="is so", mend="do this")
    assert result.fatal is fatal
    assert state.upper() in result.line().upper()
    assert result.line().endswith("index       is so — do this")


def test_a_missing_collection_is_one_fault(settings: Settings):
    results = examine(settings.model_copy(update={"collection": "nowhere"}))
    assert [result.what for result in results if result.fatal] == ["collection"]
    waiting = [result.what for result in results if result.detail == "waits for the collection"]
    assert waiting == ["map", "index", "deck"]


@pytest.mark.parametrize(
    ("body", "state"),
    [('{"status": "ready", "collection": "x"}', "ok"), ('{"status": "up"}', "fault"), ("[", "fault")],
)
def test_a_port_that_our_own_window_holds_is_well(settings: Settings, body: str, state: str):
    class Window(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Window) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        result = result_of(settings.model_copy(update={"port": server.server_port}), "port")
        server.shutdown()
    assert (result.state, "Counterpoint window" in result.detail) == (state, state == "ok")


def with_deck(settings: Settings, place: Path, content: str) -> Settings:
    shutil.copytree(settings.collection_dir, place / "fines")
    (place / "fines" / "deck.yaml").write_text(content, "utf-8")
    return settings.model_copy(update={"knowledge_dir": place, "data_dir": place / "data"})


def test_a_deck_that_cannot_be_read_is_a_fault(settings: Settings, tmp_path: Path):
    assert result_of(with_deck(settings, tmp_path, "questions: []"), "deck").fatal


def test_a_deck_that_is_answered_is_well(settings: Settings, tmp_path: Path, guide: Any):
    settings = settings.model_copy(update={"data_dir": tmp_path})
    deck = load_deck(settings.collection_dir, guide.debate)
    assert deck
    asyncio.run(Rehearsal(settings, guide.collection, guide.debate, deck).prepare(guide))
    assert result_of(settings, "deck").line().endswith("3 slides, answered, checked and current")
