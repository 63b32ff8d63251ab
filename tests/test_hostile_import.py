"""Files that are no honest page: refused in a sentence, or read as what they are; never a hang."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from bot.importer import LIMIT_BYTES, ImportProblem, import_page


def zipped(text: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.txt", text)
    return held.getvalue()


PAGE = "One paragraph of an article.\n\n1.\n    A comment in a few words.\n    Report comment\n"
BOMBS = {
    "zip": zipped(b"0" * 10_000_000),
    "gzip": gzip.compress(b"0" * 10_000_000),
    "too long": b"a" * (LIMIT_BYTES + 1),
    "zeroes": b"\0" * 100_000,
    "half a sign": b"\xed\xa0\x80" * 1000,
}
HEAVY = {
    "quotes opened": PAGE + "QUOTE{" * 5_000,
    "quotes nested": PAGE + "QUOTE{}" * 5_000 + "x" + "ENDQUOTE{}" * 5_000,
    "marks": PAGE + "“" * 5_000,
    "replies": PAGE + "".join(f"{' ' * depth}1.\n{' ' * (depth + 1)}Deeper.\n" for depth in range(2, 60)),
    "one line": PAGE + "word " * 30_000,
    "blank lines": PAGE + "\n" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_no_text_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_bytes(BOMBS[name])
    with pytest.raises(ImportProblem):
        import_page(page, tmp_path / "text")
    assert not (tmp_path / "text").exists()


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_made_to_be_slow_is_read_or_refused(name: str, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(HEAVY[name], "utf-8")
    try:
        import_page(page, tmp_path / "text")
    except ImportProblem as problem:
        assert str(problem)
