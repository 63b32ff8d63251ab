from __future__ import annotations

from pathlib import Path

import pytest

from bot.chunks import Chunk
from bot.contents import CHUNKS_FILE, VIEWS_FILE, read_chunks, read_views, write_lines
from bot.views import views


@pytest.mark.parametrize("sign", ["\n", "\r", "\x0b", "\x1c", "\x85", "\u2028", "\u2029"])
def test_what_was_written_is_read_whatever_signs_end_a_line_elsewhere(sign: str, tmp_path: Path) -> None:
    text = f"Fear{sign}heals nobody."
    chunks = (Chunk(id="C1#1", passage="C1", text=text, start=0, end=len(text)),)
    write_lines(tmp_path / CHUNKS_FILE, chunks)
    write_lines(tmp_path / VIEWS_FILE, views(chunks, {}))
    assert (read_chunks(tmp_path), read_views(tmp_path)) == (chunks, views(chunks, {}))
