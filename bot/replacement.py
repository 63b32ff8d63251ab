"""Putting a finished folder in the place of an old one, so that a crash leaves one of them whole.

The old folder is moved aside, the new one takes its name, and only then is the old one removed. A crash
between the two renames leaves the old folder aside; `recover` puts it back.
"""

from __future__ import annotations

import shutil
from pathlib import Path


def replace_folder(fresh: Path, folder: Path) -> None:
    """Give `fresh` the name `folder`, which need not exist; OSError leaves the old one in its place."""
    old = aside(folder)
    if not folder.exists():
        fresh.rename(folder)
        return
    folder.rename(old)
    try:
        fresh.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    # The new folder stands; what cannot be removed now, the next `recover` removes.
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Put back, or clear away, what a replacement that was cut off has left beside `folder`."""
    old = aside(folder)
    if not old.exists():
        return
    if folder.exists():
        shutil.rmtree(old)
    else:
        old.rename(folder)


def aside(folder: Path) -> Path:
    """Where the old folder waits while it is being replaced."""
    return folder.with_name(f".{folder.name}.replaced-by-import")
