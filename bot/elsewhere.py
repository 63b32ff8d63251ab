"""Questions that no collection is about: the weather, a recipe, a poem, a printer that will not print.

`elsewhere.yaml` lies beside the collections and serves them all. A question that is nearer to one of
these than to anything of the collection is off its subject, whatever single words they share.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bot.corpus import read_record
from bot.records import Record

ELSEWHERE_FILE = "elsewhere.yaml"


class Elsewhere(Record):
    """One subject, and questions on it such as visitors ask."""

    about: str
    questions: tuple[str, ...] = Field(min_length=1)


class _ElsewhereFile(Record):
    elsewhere: tuple[Elsewhere, ...] = ()


def load_elsewhere(path: Path) -> tuple[Elsewhere, ...]:
    """What is asked elsewhere; nothing where there is no such file. CollectionError where it is malformed."""
    return read_record(_ElsewhereFile, path).elsewhere if path.is_file() else ()
