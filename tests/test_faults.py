"""Pulled plugs and worn disks. FAULT_POINTS sets how many moments are tried; CI tries a few."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.embedding import WordLlamaEmbedding
from bot.index import open_index
from bot.settings import Settings
from tests.conftest import ROOT, free_port
from tests.test_cluster import chroma_server
from tests.tiny import answers, collection

POINTS = int(os.environ.get("FAULT_POINTS", "6"))


def killing(kind: str, place: Path, *more: str) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.killing", kind, str(POINTS), "7", str(place), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60 + 60 * POINTS)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", ["import", "index"])
def test_killed_at_any_moment_it_leaves_the_old_or_the_new_state_whole(kind: str, tmp_path: Path) -> None:
    seen = killing(kind, tmp_path)
    assert seen["killed"] + seen.get("finished", 0) == POINTS
    assert seen["killed"]


def test_killed_at_any_moment_it_leaves_a_server_that_serves(tmp_path: Path) -> None:
    port = free_port()
    with chroma_server(tmp_path, port):
        seen = killing("index", tmp_path / "data", f"http://127.0.0.1:{port}")
    assert seen["killed"] and seen["whole"] == POINTS


@pytest.fixture(scope="module")
def wordllama() -> WordLlamaEmbedding:
    return WordLlamaEmbedding()


@pytest.fixture
def built(tmp_path: Path, wordllama: WordLlamaEmbedding) -> tuple[Settings, list]:
    settings = Settings(data_dir=tmp_path / "data")
    with open_index(collection(), settings, embedding=wordllama) as index:
        return settings, answers(index)


@pytest.mark.parametrize("seed", range(POINTS))
def test_a_flipped_or_lost_byte_anywhere_changes_no_answer(
    built: tuple[Settings, list], wordllama: WordLlamaEmbedding, seed: int
) -> None:
    settings, before = built
    chance = random.Random(seed)
    files = sorted(path for path in settings.data_dir.rglob("*") if path.is_file() and path.stat().st_size)
    path = chance.choice([each for each in files if "tiktoken" not in each.parts])
    content = bytearray(path.read_bytes())
    if chance.random() < 0.5:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    else:
        del content[chance.randrange(len(content)) :]
    path.write_bytes(content)
    with open_index(collection(), settings, embedding=wordllama) as index:
        assert answers(index) == before, path


FULL = """
import resource, signal, sys
from pathlib import Path
from bot.index import IndexProblem, open_index
from bot.settings import Settings
from tests.tiny import collection
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    open_index(collection(C2="Other words."), Settings(data_dir=Path(sys.argv[1])))
except IndexProblem as problem:
    print(problem)
"""


@pytest.mark.parametrize("room", [0, 100, 2_000, 20_000])
def test_a_full_disk_is_one_sentence_and_the_old_index_stays(
    built: tuple[Settings, list], wordllama: WordLlamaEmbedding, room: int
) -> None:
    """A file that may grow no further fails as on a full disk, without one having to be filled."""
    settings, before = built
    command = [sys.executable, "-c", FULL, str(settings.data_dir), str(room)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-1500:]
    assert done.stdout.count("\n") == 1 and "COUNTERPOINT_DATA_DIR" in done.stdout
    with open_index(collection(), settings, embedding=wordllama) as index:
        assert (index.rebuilt_because, answers(index)) == (None, before)


@pytest.mark.parametrize("jump", [-400 * 86400.0, 400 * 86400.0])
def test_a_clock_that_jumps_changes_nothing(
    built: tuple[Settings, list], wordllama: WordLlamaEmbedding, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    settings, before = built
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() + jump)
    with open_index(collection(), settings, embedding=wordllama) as index:
        assert (index.rebuilt_because, answers(index)) == (None, before)
