"""The patterns of one rule, each compiled when a text first holds a word that it cannot do without.

A rule is many patterns, and most texts hold the words of few. To compile all of them takes seconds, which
nobody should wait for at the start; so each pattern is first read for the words of which every match must
hold one (the literal prefilter of RE2's FilteredRE2), and is left alone where a text holds none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.details import FUNCTION_WORDS

Compile = Callable[[str], re.Pattern[str]]

_TOKEN = re.compile(
    r"(?P<named>\{[a-z]+\})|(?P<times>[?*+]|\{\d+(?:,\d*)?\})|(?P<filler>~\d* |_)|(?P<look>\(\?<?[=!])"
    r"|(?P<strange>\(\?(?!:))|(?P<open>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)|(?P<space> )|(?P<edge>[$^])"
    r"|(?P<word>[a-z0-9]+)|(?P<other>\\.|\[\^?\]?[^\]]*\]|.)",
    re.S,
)


class ShapeError(ValueError):
    """A pattern's brackets do not close, or it names words that are not defined."""


@dataclass(frozen=True)
class Piece:
    """A part of a pattern; a group has `choices`, each a sequence of pieces."""

    kind: Literal["word", "space", "other", "group"]
    text: str = ""
    choices: tuple[tuple[Piece, ...], ...] = ()
    optional: bool = False
    repeats: bool = False


Pieces = tuple[Piece, ...]
# What may stand there, or nothing: some words and a blank.
_FILLER = Piece("group", choices=((Piece("other"), Piece("space")),), optional=True)


class Shapes:
    """Reads patterns for the words that they need; `named` are the alternatives behind each {name}."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self._named = named
        self._read: dict[str, Piece] = {}

    def needed(self, pattern: str) -> frozenset[str] | None:
        """Words of which every text that `pattern` matches holds one, between blanks or ends; None: unknown.

        Raises ShapeError.
        """
        return _needed(self._group(pattern), left=True, right=True)

    def _group(self, pattern: str) -> Piece:
        tokens = iter([*((match.lastgroup, match.group()) for match in _TOKEN.finditer(pattern)), (None, "")])
        group, closed = self._choices(tokens)
        if closed is not None:
            raise ShapeError("a bracket closes that none opened")
        return group

    def _choices(self, tokens: Iterator[tuple[str | None, str]]) -> tuple[Piece, str | None]:
        """What stands up to the bracket that closes, and that bracket, or None at the end."""
        choices: list[list[Piece]] = [[]]
        for kind, text in tokens:
            pieces = choices[-1]
            if kind in (None, "close"):
                return Piece("group", choices=tuple(map(tuple, choices))), kind
            if kind == "bar":
                choices.append([])
            elif kind == "strange":
                raise ShapeError("it opens a bracket in a way that is not read here")
            elif kind == "times":
                _repeat(pieces, text)
            elif kind in ("open", "look"):
                group, closed = self._choices(tokens)
                if closed is None:
                    raise ShapeError("a bracket is never closed")
                # What only looks around takes no room.
                pieces += [group] if kind == "open" else []
            elif kind != "edge":
                pieces.append(self._piece(kind, text))
        raise AssertionError("the tokens end with their end")

    def _piece(self, kind: str | None, text: str) -> Piece:
        if kind == "word":
            return Piece("word", text)
        if kind == "space":
            return Piece("space")
        if kind == "filler":
            return _FILLER
        return self._behind(text[1:-1]) if kind == "named" else Piece("other")

    def _behind(self, name: str) -> Piece:
        if name not in self._named:
            raise ShapeError(f"{{{name}}} is not among its words")
        if name not in self._read:
            self._read[name] = self._group(self._named[name])
        return self._read[name]


def _repeat(pieces: list[Piece], times: str) -> None:
    """Apply a quantifier to the last piece; of a word it holds the last letter only."""
    if not pieces:
        return
    last = pieces.pop()
    if last.kind == "group":
        never = times[0] in "?*" or times.startswith("{0")
        pieces.append(Piece("group", choices=last.choices, optional=last.optional or never, repeats=True))
    else:
        pieces += [Piece("word", last.text[:-1])] if len(last.text) > 1 else []
        pieces.append(Piece("other"))


def _needed(group: Piece, left: bool, right: bool) -> frozenset[str] | None:
    """As `Shapes.needed` for a group; `left`, `right`: whether words end at it, whatever stands beside it."""
    if group.optional:
        return None
    if group.repeats:
        left = right = False
    found = [_most_telling(choice, left, right) for choice in group.choices]
    return frozenset().union(*(words for words in found if words)) if all(found) else None


def _most_telling(pieces: Pieces, left: bool, right: bool) -> frozenset[str] | None:
    """Of the words that each piece of a sequence needs, those that the fewest texts will hold."""
    befores = _edges(pieces, left, forward=True)
    afters = _edges(pieces[::-1], right, forward=False)[::-1]
    found: list[frozenset[str]] = []
    for piece, before, after in zip(pieces, befores, afters, strict=True):
        if piece.kind == "word" and before and after:
            found.append(frozenset({piece.text}))
        elif piece.kind == "group" and (words := _needed(piece, before, after)):
            found.append(words)
    return min(found, key=lambda words: (len(words & FUNCTION_WORDS), len(words)), default=None)


def _edges(pieces: Pieces, edge: bool, *, forward: bool) -> list[bool]:
    """Whether words end where each piece begins, as one walks along them; `edge`: where the walk begins.

    A backward walk is given the pieces in reverse.
    """
    edges = []
    for piece in pieces:
        edges.append(edge)
        edge = _edge_past(piece, edge, forward)
    return edges


def _edge_past(piece: Piece, edge: bool, forward: bool) -> bool:
    if piece.kind != "group":
        return piece.kind == "space"
    choices = (choice if forward else choice[::-1] for choice in piece.choices)
    return (edge or not piece.optional) and all(_end(choice, edge, forward) for choice in choices)


def _end(pieces: Pieces, edge: bool, forward: bool) -> bool:
    for piece in pieces:
        edge = _edge_past(piece, edge, forward)
    return edge


class Phrasing:
    """Patterns tried as alternatives of one regular expression would be, each compiled when it is needed.

    `needed` are each pattern's words, as `Shapes.needed` gives them; `compiled` makes the regular
    expression of one pattern.
    """

    def __init__(
        self, patterns: Sequence[str], needed: Sequence[frozenset[str] | None], compiled: Compile
    ) -> None:
        self._patterns = patterns
        self._compile = compiled
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._always = frozenset(number for number, words in enumerate(needed) if words is None)
        self._by_word: dict[str, list[int]] = {}
        for number, words in enumerate(needed):
            for word in words or ():
                self._by_word.setdefault(word, []).append(number)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first match from `start` on; of two that begin at one place, the earlier pattern's."""
        best = None
        for pattern in self._possible(text):
            match = pattern.search(text, start)
            if match and (best is None or match.start() < best.start()):
                best = match
        return best

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The match that begins at `start`, of the earliest pattern that has one."""
        found = (pattern.match(text, start) for pattern in self._possible(text))
        return next(filter(None, found), None)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with every match replaced; a `replacement` that is a text stands as it is."""
        return self.subn(replacement, text)[0]

    def subn(self, replacement: str | Callable[[re.Match[str]], str], text: str) -> tuple[str, int]:
        """As `sub`, with the number of matches."""
        parts, at = list[str](), 0
        while match := self.search(text, at):
            put = replacement if isinstance(replacement, str) else replacement(match)
            parts += [text[at : match.start()], put]
            at = match.end()
        return "".join([*parts, text[at:]]), len(parts) // 2

    @property
    def always(self) -> tuple[str, ...]:
        """The patterns that are tried on every text, since no word is known that they need."""
        return tuple(self._patterns[number] for number in sorted(self._always))

    def compiling(self) -> Iterator[None]:
        """Compile every pattern that is not yet, one a step. Raises what compiling raises."""
        for number in range(len(self._patterns)):
            if number not in self._compiled:
                self._at(number)
                yield

    def _possible(self, text: str) -> Iterator[re.Pattern[str]]:
        """In order, the patterns that could match in a text with such words."""
        held = words_of(text) & self._by_word.keys()
        numbers = self._always.union(*(self._by_word[word] for word in held)) if held else self._always
        return map(self._at, sorted(numbers))

    def _at(self, number: int) -> re.Pattern[str]:
        if number not in self._compiled:
            self._compiled[number] = self._compile(self._patterns[number])
        return self._compiled[number]


@lru_cache(maxsize=256)
def words_of(text: str) -> frozenset[str]:
    """What stands between the blanks of a text."""
    return frozenset(text.split())
