from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tokens import CACHE_NAME, CACHE_VARIABLE, TokensError, count_tokens, lay_out_encoding, trim_to_tokens

ROOT = Path(__file__).resolve().parent.parent
OFFLINE = """
import socket
def refuse(*_): raise AssertionError("asked the network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from bot.tokens import count_tokens
print(count_tokens("hello world"))
"""


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("hello world", 2), ("tiktoken is great!", 6), ("❄", 2), ("お誕生日おめでとう", 9)],
)
def test_counts_as_cl100k_base_does(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_a_visitor_may_write_a_special_token() -> None:
    assert count_tokens("<|endoftext|>") > 1


@given(st.text(max_size=80), st.integers(0, 30))
def test_a_trimmed_text_is_a_start_that_fits(text: str, limit: int) -> None:
    trimmed = trim_to_tokens(text, limit)
    assert text.startswith(trimmed)
    assert count_tokens(trimmed) <= limit


@given(st.text(max_size=80))
def test_a_text_that_fits_is_left_whole(text: str) -> None:
    assert trim_to_tokens(text, count_tokens(text)) == text


def test_trimming_never_cuts_a_character() -> None:
    assert trim_to_tokens("❄❄", 3) == "❄"


def test_the_encoding_is_laid_out_under_the_name_that_tiktoken_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    assert lay_out_encoding(tmp_path / "new") == tmp_path / "new"
    assert os.environ[CACHE_VARIABLE] == str(tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [CACHE_NAME]


def test_a_folder_that_someone_chose_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "theirs"))
    assert lay_out_encoding(tmp_path / "ours") == tmp_path / "theirs"
    assert not (tmp_path / "ours").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    (tmp_path / "file").touch()
    with pytest.raises(TokensError, match=r"file.*cannot be written.*set COUNTERPOINT_DATA_DIR to"):
        lay_out_encoding(tmp_path / "file" / "folder")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file" / "theirs"))
    with pytest.raises(TokensError, match=r"set TIKTOKEN_CACHE_DIR to"):
        lay_out_encoding(tmp_path / "ours")


def test_a_fresh_machine_without_a_network_counts(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name != CACHE_VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        cwd=ROOT,
        env=kept | {"COUNTERPOINT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), (tmp_path / "tiktoken" / CACHE_NAME).is_file()) == ("2", True), done.stderr
