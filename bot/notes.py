"""What the tools returned for one question, as the embedded model reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.records import Record


class Notes(Record):
    """What the tools returned for one question, read out of their messages; each list best first.

    `unknown_words` are words of the question that stand nowhere in the collection; `elsewhere` is how near
    it is to questions that have nothing to do with any collection. With `speaker_named`, the facts are only
    those of the commenter or passage that the question names.
    """

    topics: tuple[dict[str, Any], ...] = ()
    facts: tuple[dict[str, Any], ...] = ()
    left_open: tuple[dict[str, Any], ...] = ()
    passages: tuple[dict[str, Any], ...] = ()
    thread: tuple[dict[str, Any], ...] = ()
    elsewhere: float = 0.0
    speaker_named: bool = False
    unknown_words: tuple[str, ...] = ()


def nearness(found: Sequence[dict[str, Any]]) -> float:
    """The score of the best of what was found, 0 where nothing was."""
    return found[0]["score"] if found else 0.0
