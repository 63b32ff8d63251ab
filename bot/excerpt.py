"""A tool's result in fewer tokens: whole positions, facts and passages of it, the best first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from bot.records import Stance
from bot.tokens import count_tokens, trim_to_tokens

# What only the embedded model reads: how near each thing is, which words are strange.
MEASURES = frozenset({"score", "fit", "best_part", "asked_so", "elsewhere", "speaker_named", "unknown_words"})
LISTS = ("passages", "topics", "facts", "left_open")
# A passage is not worth beginning for less.
LEAST_TEXT = 40

# Where a piece stands: its list, its number there, and of a topic the position.
Piece = tuple[str, int, int]


def plain_result(content: str) -> str:
    """A result without the measures and without what is empty; anything that is no result as it is."""
    found = _parsed(content)
    return content if found is None else _written(_plain(found))


def excerpt(content: str, limit: int) -> str:
    """The best pieces of a result that together are at most `limit` tokens; other text is cut off there."""
    found = _parsed(content)
    if count_tokens(content) <= limit:
        return content
    if found is None or not any(key in found for key in LISTS):
        return trim_to_tokens(content, limit)
    pieces = _ranked(found)
    fewest, most = 0, len(pieces)
    while fewest < most:
        middle = (fewest + most + 1) // 2
        fits = count_tokens(_written(_only(found, pieces[:middle]))) <= limit
        fewest, most = (middle, most) if fits else (fewest, middle - 1)
    kept = pieces[:fewest]
    begun = _begun(found, kept, pieces[fewest], limit) if fewest < len(pieces) else None
    return trim_to_tokens(begun or _written(_only(found, kept)), limit)


def _parsed(content: str) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _written(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    lists = {key: _plain(each) for key, each in value.items() if key not in MEASURES}
    # An empty list of passages says that nothing was found; an empty dispute says nothing.
    return {key: each for key, each in lists.items() if key in LISTS or each not in ([], "", False, None)}


def _ranked(found: dict[str, Any]) -> list[Piece]:
    """The pieces of a result, those first that must not be missed."""
    asked = found.get("asked")
    passages = [("passages", n, 0) for n, _ in enumerate(found.get("passages", ()))]
    passages.sort(key=lambda piece: found["passages"][piece[1]]["id"] != asked)
    facts = [("facts", n, 0) for n, _ in enumerate(found.get("facts", ()))]
    left_open = [("left_open", n, 0) for n, _ in enumerate(found.get("left_open", ()))]
    topics = [_positions(n, topic["positions"]) for n, topic in enumerate(found.get("topics", ()))]
    best, others = (topics[:1], topics[1:])
    first = [*facts[:1], *(piece for topic in best for piece in topic), *left_open[:1]]
    rest = [piece for group in zip_longest(others, facts[1:2]) for piece in _flat(group)]
    return [*passages, *first, *rest, *facts[2:], *left_open[1:]]


def _flat(group: Iterable[Any]) -> Iterable[Piece]:
    for each in group:
        if isinstance(each, list):
            yield from each
        elif each:
            yield each


def _positions(topic: int, positions: Sequence[dict[str, Any]]) -> list[Piece]:
    """A topic's positions, its sides taking turns, so that no cut leaves one side alone."""
    sides = [
        [number for number, position in enumerate(positions) if position["stance"] == stance]
        for stance in Stance
    ]
    turns = (number for turn in zip_longest(*sides) for number in turn if number is not None)
    return [("topics", topic, number) for number in turns]


def _only(found: dict[str, Any], pieces: Sequence[Piece]) -> dict[str, Any]:
    """The result with these pieces and nothing else of its lists, in its own order."""
    kept = set(pieces)
    made = {key: value for key, value in found.items() if key not in LISTS}
    for key in LISTS:
        if key not in found:
            continue
        entries = enumerate(found[key])
        if key != "topics":
            made[key] = [entry for n, entry in entries if (key, n, 0) in kept]
            continue
        cut = [
            {**topic, "positions": [p for m, p in enumerate(topic["positions"]) if (key, n, m) in kept]}
            for n, topic in entries
        ]
        made[key] = [topic for topic in cut if topic["positions"]]
    return made


def _begun(found: dict[str, Any], kept: Sequence[Piece], piece: Piece, limit: int) -> str | None:
    """The result with the beginning of one more passage, marked as cut; None where that is not worth it."""
    if piece[0] != "passages":
        return None
    passage = found["passages"][piece[1]]
    bare = {**passage, "text": "", "cut": True}
    bare.pop("quotes_others", None)
    room = limit - count_tokens(_written(_with_passage(found, kept, piece, bare)))
    # Quote marks and line ends cost more inside JSON.
    for part in (room, room * 4 // 5, room // 2):
        if part < LEAST_TEXT:
            return None
        text = trim_to_tokens(passage["text"], part)
        others = [o for o in passage.get("quotes_others", ()) if o["words"] in text]
        begun = {**bare, "text": text, **({"quotes_others": others} if others else {})}
        written = _written(_with_passage(found, kept, piece, begun))
        if count_tokens(written) <= limit:
            return written
    return None


def _with_passage(
    found: dict[str, Any], kept: Sequence[Piece], piece: Piece, passage: dict[str, Any]
) -> dict[str, Any]:
    passages = [*found["passages"]]
    passages[piece[1]] = passage
    return _only({**found, "passages": passages}, [*kept, piece])
