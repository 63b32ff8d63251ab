"""Arrays that take long to make, kept on disk under the hash of all that they were made from."""

from __future__ import annotations

import hashlib
import logging
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Arrays = Mapping[str, np.ndarray]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shelf:
    """A folder of arrays; None keeps nothing. `made_with`: what else they depend on, code and embedding.

    What is kept only saves time: a file that is missing, damaged or of other things is made again.
    """

    folder: Path | None = None
    made_with: str = ""

    def arrays(self, name: str, made_from: Iterable[str], make: Callable[[], Arrays]) -> Arrays:
        """The arrays that `make` makes of `made_from`, from disk where they are there."""
        if self.folder is None:
            return make()
        hashed = hashlib.sha256("\0".join([self.made_with, *made_from]).encode("utf-8", "surrogatepass"))
        path = self.folder / f"{name}-{hashed.hexdigest()[:16]}.npz"
        kept = _read(path)
        if kept is None:
            kept = make()
            _keep(path, name, kept)
        return kept


NOWHERE = Shelf()


def packed(lines: Iterable[str]) -> np.ndarray:
    """Lines of text as an array of bytes; none of them may hold a line feed."""
    return np.frombuffer("".join(f"{line}\n" for line in lines).encode(), dtype=np.uint8)


def unpacked(array: np.ndarray) -> list[str]:
    """The lines of an array that `packed` made."""
    return array.tobytes().decode().split("\n")[:-1]


def _read(path: Path) -> Arrays | None:
    """The arrays of a file; None where it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        return None


def _keep(path: Path, name: str, arrays: Arrays) -> None:
    """Write the file whole or not at all, in the place of what was kept under this name before."""
    beside = path.with_name(f"{name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        beside.replace(path)
        for other in path.parent.glob(f"{name}-*.npz"):
            if other != path:
                other.unlink(missing_ok=True)
    except OSError as error:
        # On a full disk half a file would take what is left.
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        log.warning("%s cannot be kept, so every start makes it again: %s", path, error)
