"""The text of a pasted file, whatever it turns out to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.pasted import LIMIT_BYTES, read_text
from bot.thread import ImportProblem


def test_a_paste_over_five_megabytes_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the file was read"))
    with pytest.raises(ImportProblem, match="over the limit of 5 MB"):
        read_text(path)


def test_a_paste_of_five_megabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"a" * LIMIT_BYTES)
    assert len(read_text(path)) == LIMIT_BYTES
