"""A crash at any step leaves the old folder or the new one whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.replacement import aside, recover, replace_folder


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    fresh, folder = tmp_path / "fresh", tmp_path / "folder"
    for path, words in ((fresh, "new"), (folder, "old")):
        path.mkdir()
        (path / "text").write_text(words)
    return fresh, folder


def crash_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends at the given rename, and nothing after it happens."""
    rename, done = Path.rename, []

    def crashing(self: Path, target: Path) -> Path:
        done.append(target)
        if len(done) >= step:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", crashing)


def test_the_new_folder_takes_the_place_of_the_old(folders: tuple[Path, Path]) -> None:
    fresh, folder = folders
    replace_folder(fresh, folder)
    assert (folder / "text").read_text() == "new"
    assert not fresh.exists() and not aside(folder).exists()


@pytest.mark.parametrize("step", [1, 2])
def test_a_crash_while_renaming_leaves_the_old_folder(
    step: int, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh, folder = folders
    crash_at(step, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(fresh, folder)
    monkeypatch.undo()
    recover(folder)
    assert (folder / "text").read_text() == "old"


def test_a_failed_rename_puts_the_old_folder_back_at_once(folders: tuple[Path, Path]) -> None:
    fresh, folder = folders
    (fresh / "text").unlink()
    fresh.rmdir()
    with pytest.raises(FileNotFoundError):
        replace_folder(fresh, folder)
    assert (folder / "text").read_text() == "old"


def test_a_crash_before_the_old_folder_is_removed_leaves_the_new_one(folders: tuple[Path, Path]) -> None:
    fresh, folder = folders
    folder.rename(aside(folder))
    fresh.rename(folder)
    recover(folder)
    assert (folder / "text").read_text() == "new"
    assert not aside(folder).exists()
