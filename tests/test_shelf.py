import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shelf import NOWHERE, Arrays, Shelf, packed, unpacked


class Maker:
    """Makes an array, and counts how often it is asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Arrays:
        self.times += 1
        return {"numbers": np.arange(5) * self.times}


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "learned", "code 1")


def test_what_was_made_is_not_made_again(shelf: Shelf) -> None:
    make = Maker()
    first, second = (shelf.arrays("sums", ["a", "b"], make) for _ in range(2))
    assert make.times == 1 and (first["numbers"] == second["numbers"]).all()


@pytest.mark.parametrize("texts", [["a", "c"], ["b", "a"], ["ab"], []])
def test_of_other_texts_it_is_made_anew(shelf: Shelf, texts: list[str]) -> None:
    make = Maker()
    shelf.arrays("sums", ["a", "b"], make)
    shelf.arrays("sums", texts, make)
    assert make.times == 2


def test_with_other_code_it_is_made_anew(shelf: Shelf) -> None:
    make = Maker()
    shelf.arrays("sums", ["a"], make)
    Shelf(shelf.folder, "code 2").arrays("sums", ["a"], make)
    assert make.times == 2


def test_only_the_latest_of_a_name_is_kept(shelf: Shelf) -> None:
    for text in "abc":
        shelf.arrays("sums", [text], Maker())
    shelf.arrays("others", ["a"], Maker())
    assert shelf.folder and len(list(shelf.folder.iterdir())) == 2


@pytest.mark.parametrize("harm", [lambda data: b"", lambda data: data[:60], lambda data: data[::-1]])
def test_a_damaged_file_is_made_anew_and_mended(shelf: Shelf, harm) -> None:
    make = Maker()
    shelf.arrays("sums", ["a"], make)
    assert shelf.folder
    (path,) = shelf.folder.iterdir()
    path.write_bytes(harm(path.read_bytes()))
    assert shelf.arrays("sums", ["a"], make)["numbers"][1] == 2
    shelf.arrays("sums", ["a"], make)
    assert make.times == 2


def test_one_flipped_bit_is_found(shelf: Shelf) -> None:
    make = Maker()
    shelf.arrays("sums", ["a"], make)
    assert shelf.folder
    (path,) = shelf.folder.iterdir()
    data = bytearray(path.read_bytes())
    data[data.index(np.arange(5).tobytes()) + 8] ^= 1
    path.write_bytes(data)
    shelf.arrays("sums", ["a"], make)
    assert make.times == 2


def test_where_it_cannot_be_kept_it_is_made_each_time_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    make, shelf = Maker(), Shelf(tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert shelf.arrays("sums", ["a"], make)["numbers"].size == 5
    assert make.times == 2 and "every start makes it again" in caplog.text


def test_nowhere_keeps_nothing() -> None:
    make = Maker()
    for _ in range(2):
        NOWHERE.arrays("sums", ["a"], make)
    assert make.times == 2


@given(st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))))
def test_packed_lines_come_back(lines: list[str]) -> None:
    assert unpacked(packed(lines)) == lines
