from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.embedding import WordLlamaEmbedding
from bot.index import IndexBusy, inspect_index, open_index
from bot.settings import Settings
from tests.tiny import answers, collection

ROOT = Path(__file__).resolve().parent.parent
OPEN_AND_WAIT = """
import sys
from pathlib import Path
from bot.index import open_index
from bot.settings import Settings
from tests.tiny import collection
with open_index(collection(), Settings(data_dir=Path(sys.argv[1]))) as index:
    print("ready", flush=True)
    sys.stdin.read()
"""
DIE = """
import os, signal, sys
from pathlib import Path
import bot.build, bot.reuse, bot.store
from bot.index import open_index
from bot.settings import Settings
from tests.tiny import collection
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
setattr(*{"embedding": (bot.build.Lexical, "build"), "copy": (bot.reuse, "check_file"),
    "removal": (bot.reuse.Dense, "add"), "chroma": (bot.build, "write_manifest"),
    "manifest": (bot.store, "_point_to"), "switch": (bot.store, "_sweep")}[sys.argv[2]], die)
open_index(collection(C2="Other words."), Settings(data_dir=Path(sys.argv[1])))
"""


@pytest.fixture(scope="session")
def wordllama() -> WordLlamaEmbedding:
    return WordLlamaEmbedding()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def python(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("COUNTERPOINT_")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_second_process_is_refused_and_told_what_to_do(
    settings: Settings, wordllama: WordLlamaEmbedding
) -> None:
    with python(OPEN_AND_WAIT, str(settings.data_dir)) as first:
        assert first.stdout
        assert first.stdout.readline() == "ready\n"
        with pytest.raises(IndexBusy) as caught:
            open_index(collection(), settings, embedding=wordllama)
        assert inspect_index(collection(), settings) is None
        first.kill()
    assert str(settings.data_dir / "index" / "tiny") in str(caught.value)
    assert "COUNTERPOINT_DATA_DIR" in str(caught.value)
    with open_index(collection(), settings, embedding=wordllama) as index:
        assert index.rebuilt_because is None


@pytest.mark.parametrize("after", ["embedding", "copy", "removal", "chroma", "manifest", "switch"])
def test_a_process_killed_while_building_leaves_something_that_opens(
    settings: Settings, wordllama: WordLlamaEmbedding, after: str
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        before = answers(first)
    with python(DIE, str(settings.data_dir), after) as dying:
        assert dying.wait(60) == -9
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert second.rebuilt_because == ("collection hash changed" if after == "switch" else None)
        assert answers(second) == before
        folders = [each for each in second.folder.parent.iterdir() if each.is_dir()]
        assert folders == [second.folder]
