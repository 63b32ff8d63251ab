"""The text of a pasted file, whatever it turns out to be."""

from __future__ import annotations

import codecs
from pathlib import Path

from bot.thread import ImportProblem

LIMIT_BYTES = 5_000_000


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 with a byte order mark.

    Raises ImportProblem where there is no such file, it is over 5 MB, or it is not text.
    """
    try:
        if not path.is_file():
            raise ImportProblem(f"{path} is not a file: give the path of the text that you pasted.")
        if path.stat().st_size > LIMIT_BYTES:
            raise ImportProblem(f"{path} is over the limit of 5 MB: import a shorter text.")
        raw = path.read_bytes()
    except OSError as error:
        raise ImportProblem(f"{path} cannot be read ({error.strerror}): check its permissions.") from error
    return _decoded(raw, path)


def _decoded(raw: bytes, path: Path) -> str:
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in raw and not wide:
        raise ImportProblem(
            f"{path} is not text (byte {raw.index(0)} is zero): save it as plain text in UTF-8."
        )
    try:
        return raw.decode("utf-16" if wide else "utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ImportProblem(
            f"{path} is not valid {'UTF-16' if wide else 'UTF-8'} at byte {error.start}, line {line}: "
            "save it as UTF-8."
        ) from error
