from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import bot.store
from bot.embedding import EmbeddingError, WordLlamaEmbedding
from bot.index import Index, IndexBusy, IndexProblem, inspect_index, open_index
from bot.settings import Settings
from tests.tiny import Renamed, answers, collection

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def wordllama() -> WordLlamaEmbedding:
    return WordLlamaEmbedding()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def opened(settings: Settings, wordllama: WordLlamaEmbedding) -> Iterator[Index]:
    with open_index(collection(), settings, embedding=wordllama) as index:
        yield index


def test_what_is_whole_is_opened_as_it_is(settings: Settings, wordllama: WordLlamaEmbedding) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        before, folder = answers(first), first.folder
        assert first.rebuilt_because == "there was no index"
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert (second.rebuilt_because, second.folder, answers(second)) == (None, folder, before)


def test_two_builds_of_one_recipe_find_the_same(tmp_path: Path, wordllama: WordLlamaEmbedding) -> None:
    results = []
    for name in ("one", "two"):
        with open_index(collection(), Settings(data_dir=tmp_path / name), embedding=wordllama) as index:
            results.append((index.hash, answers(index)))
    assert results[0] == results[1]


def test_progress_is_told_of_a_build_alone(settings: Settings, wordllama: WordLlamaEmbedding) -> None:
    told: list[str] = []
    for _ in range(2):
        open_index(collection(), settings, embedding=wordllama, progress=told.append).close()
    assert len(told) == 1


def test_opening_twice_in_one_process_shares_one_build(
    opened: Index, settings: Settings, wordllama: WordLlamaEmbedding
) -> None:
    second = open_index(collection(), settings, embedding=wordllama)
    assert second.folder == opened.folder
    second.close()
    second.close()
    assert opened.search("love", 1)[0].passage == "A2"


def test_another_text_cannot_be_opened_over_an_open_one(
    opened: Index, settings: Settings, wordllama: WordLlamaEmbedding
) -> None:
    with pytest.raises(IndexBusy, match="open in this program"):
        open_index(collection(C2="Other words."), settings, embedding=wordllama)
    assert opened.search("love", 1)[0].passage == "A2"


def test_closing_lets_everything_go(tmp_path: Path, wordllama: WordLlamaEmbedding) -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    def open_and_close(number: int) -> int:
        place = Settings(data_dir=tmp_path / str(number))
        with open_index(collection(), place, embedding=wordllama) as index:
            index.search("fear")
        return len(list(Path("/proc/self/fd").iterdir()))

    open_files = [open_and_close(number) for number in range(8)]
    # Other threads come and go; a leak of one file an opening would still be five by now.
    assert open_files[-1] - open_files[2] < 5
    assert not [each for each in SharedSystemClient._identifier_to_system if each.startswith(str(tmp_path))]


CAUSES: dict[str, Callable[[Settings, WordLlamaEmbedding], Index]] = {
    "text": lambda place, model: open_index(collection(C2="Other words."), place, embedding=model),
    "model": lambda place, model: open_index(collection(), place, embedding=Renamed(model)),
    "chunk size": lambda place, model: open_index(
        collection(), place.model_copy(update={"chunk_tokens": 40}), embedding=model
    ),
    "extra texts": lambda place, model: open_index(
        collection(), place, embedding=model, extra_texts={"C2": ["Pretentious?"]}
    ),
}


@pytest.mark.parametrize(
    ("cause", "named"),
    [
        ("text", "collection hash"),
        ("model", "embedding fingerprint"),
        ("chunk size", "chunk tokens"),
        ("extra texts", "extra texts"),
    ],
)
def test_what_is_stale_is_built_anew(
    settings: Settings, wordllama: WordLlamaEmbedding, cause: str, named: str
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        old, old_hash = first.folder, first.hash
    with CAUSES[cause](settings, wordllama) as second:
        assert second.rebuilt_because == f"{named} changed"
        assert second.hash != old_hash
        assert not old.exists()


@pytest.mark.parametrize("library", ["chromadb", "bm25s"])
def test_another_version_of_a_library_builds_anew(
    settings: Settings, wordllama: WordLlamaEmbedding, library: str
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        manifest = first.folder / "manifest.json"
    content = json.loads(manifest.read_text())
    content["recipe"][library] = "0.0.1"
    manifest.write_text(json.dumps(content))
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert second.rebuilt_because == f"{library} changed"


def delete(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x04
    path.write_bytes(content)


OURS = (
    "manifest.json",
    "chunks.jsonl",
    "views.jsonl",
    "vectors.npy",
    "bm25/data.csc.index.npy",
    "bm25/vocab.index.json",
)


@pytest.mark.parametrize("harm", [delete, empty, truncate, flip_a_bit])
@pytest.mark.parametrize("file", [*OURS, "chroma/chroma.sqlite3", "../current"])
def test_what_is_damaged_is_built_anew(
    settings: Settings, wordllama: WordLlamaEmbedding, file: str, harm: Callable[[Path], None]
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        before, folder = answers(first), first.folder
    harm(folder / file)
    with open_index(collection(), settings, embedding=wordllama) as second:
        # A flipped bit may fall on a page of Chroma's file that holds nothing.
        spared = file.endswith("sqlite3") and harm is flip_a_bit
        assert spared or (second.rebuilt_because and second.folder != folder)
        assert answers(second) == before


@pytest.mark.parametrize("seed", range(12))
def test_chroma_damaged_anywhere_never_changes_what_is_found(
    settings: Settings, wordllama: WordLlamaEmbedding, seed: int
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        before, folder = answers(first), first.folder
    chance = random.Random(seed)
    files = sorted(path for path in (folder / "chroma").rglob("*") if path.is_file() and path.stat().st_size)
    content = bytearray((damaged := chance.choice(files)).read_bytes())
    start = chance.randrange(len(content))
    content[start : start + 200] = chance.randbytes(len(content[start : start + 200]))
    damaged.write_bytes(content)
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert answers(second) == before


def test_chroma_s_vector_files_lost(settings: Settings, wordllama: WordLlamaEmbedding) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        before, folder = answers(first), first.folder
    for each in (folder / "chroma").iterdir():
        if each.is_dir():
            shutil.rmtree(each)
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert answers(second) == before


def test_another_s_chroma_is_noticed(
    settings: Settings, tmp_path: Path, wordllama: WordLlamaEmbedding
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        folder = first.folder
    with open_index(
        collection(C2="Other words here."), Settings(data_dir=tmp_path / "other"), embedding=wordllama
    ) as other:
        theirs = other.folder
    shutil.rmtree(folder / "chroma")
    shutil.copytree(theirs / "chroma", folder / "chroma")
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert second.rebuilt_because == "Chroma's vectors are not those that were put in"


@pytest.mark.parametrize("name", ["../../outside", "/", ".."])
def test_the_pointer_cannot_lead_outside(
    settings: Settings, wordllama: WordLlamaEmbedding, name: str
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        pointer = first.folder.parent / "current"
    pointer.write_text(name)
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert second.rebuilt_because == "the file that names it is damaged"


def test_a_half_built_folder_is_swept(settings: Settings, wordllama: WordLlamaEmbedding) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        root = first.folder.parent
    (root / "half").mkdir()
    (root / "half" / "chunks.jsonl").touch()
    with open_index(collection(), settings, embedding=wordllama) as second:
        assert second.rebuilt_because is None
        assert [each.name for each in root.iterdir() if each.is_dir()] == [second.folder.name]


def test_a_build_that_fails_leaves_the_old_one_in_use(
    settings: Settings, wordllama: WordLlamaEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(collection(), settings, embedding=wordllama).close()
    other = Renamed(wordllama)
    monkeypatch.setattr(
        other, "embed", lambda _: (_ for _ in ()).throw(EmbeddingError("The endpoint failed."))
    )
    with pytest.raises(EmbeddingError):
        open_index(collection(), settings, embedding=other)
    with open_index(collection(), settings, embedding=wordllama) as index:
        assert index.rebuilt_because is None


def test_the_pointer_moves_only_once_the_new_build_has_been_probed(
    settings: Settings, wordllama: WordLlamaEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_index(collection(), settings, embedding=wordllama) as first:
        folder = first.folder
    monkeypatch.setattr(
        bot.store.Dense, "probe", lambda *_: (_ for _ in ()).throw(bot.store.DenseError("odd"))
    )
    with pytest.raises(IndexProblem, match="COUNTERPOINT_DATA_DIR"):
        open_index(collection(C2="Other words."), settings, embedding=wordllama)
    assert (folder.parent / "current").read_text() == folder.name
    assert folder.exists()


def test_inspecting_tells_what_opening_would(settings: Settings, wordllama: WordLlamaEmbedding) -> None:
    assert inspect_index(collection(), settings) == "there was no index"
    with open_index(collection(), settings, embedding=wordllama) as index:
        assert inspect_index(collection(), settings) is None
        assert inspect_index(collection(C2="Other."), settings) == "collection hash changed"
        flip_a_bit(index.folder / "vectors.npy")
        assert inspect_index(collection(), settings) == "vectors.npy was altered"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, wordllama: WordLlamaEmbedding) -> None:
    (tmp_path / "index").touch()
    with pytest.raises(IndexProblem, match=r"index.tiny cannot be written.*COUNTERPOINT_DATA_DIR"):
        open_index(collection(), Settings(data_dir=tmp_path), embedding=wordllama)
