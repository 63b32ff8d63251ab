"""The care screen's phrase book: `phrases.yaml`, read strictly and compiled once.

The file is data that people edit; this module turns its small pattern language (`{name}`, `~`, `_`,
explained at the top of the file) into compiled rules and the lexicon that folding needs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from bot.folding import Lexicon, Spelling
from bot.phrasing import Phrasing, ShapeError, Shapes
from bot.plain_yaml import load_yaml
from bot.records import Record

PHRASES = Path(__file__).with_name("phrases.yaml")


class PhraseError(ValueError):
    """The phrase book cannot be used; the message says where and what to do."""


class Phrases(Record):
    """Named alternatives of one meaning."""

    name: str
    any: tuple[str, ...]


class CrisisPhrases(Phrases):
    """`variant` names the fixed text; `group` gathers rules of one meaning; `reads` says how it is tried.

    A `broad` rule fires on words that are often meant otherwise: by itself it needs more of the second net.
    """

    group: str
    variant: str
    reads: tuple[Literal["self", "other", "script"], ...]
    away_from_debate: bool = False
    broad: bool = False


class AdvicePhrases(Phrases):
    variant: str


class PhraseBook(Record):
    """The content of `phrases.yaml`."""

    spelling: Spelling
    words: Mapping[str, str]
    kin: str
    stranger: str
    hints: Mapping[str, str]
    no_subject: str
    no_subject_am: str
    harmless: tuple[Phrases, ...]
    grief: tuple[str, ...]
    old_wounds: tuple[str, ...]
    low: tuple[str, ...]
    aggrieved: tuple[str, ...]
    crisis: tuple[CrisisPhrases, ...]
    advice: tuple[AdvicePhrases, ...]
    about_others: tuple[str, ...]
    pressing: str
    debate: tuple[str, ...]
    subject: str


@dataclass(frozen=True)
class Rule:
    """One rule. Crisis rules come most urgent first."""

    name: str
    group: str
    variant: str
    reads: tuple[str, ...]
    away_from_debate: bool
    pattern: Phrasing


@dataclass(frozen=True)
class Rulebook:
    """Everything the screen needs, ready to be tried."""

    lexicon: Lexicon
    crisis: tuple[Rule, ...]
    broad: frozenset[str]
    advice: tuple[Rule, ...]
    kin: Phrasing
    stranger: Phrasing
    hints: Mapping[str, Phrasing]
    no_subject: Phrasing
    no_subject_am: Phrasing
    harmless: Phrasing
    grief: Phrasing
    old_wounds: Phrasing
    low: Phrasing
    aggrieved: Phrasing
    about_others: Phrasing
    pressing: Phrasing
    debate: Phrasing
    subject: Phrasing
    words: Mapping[str, Phrasing]
    every: Sequence[Phrasing]

    def compiling(self) -> Iterator[None]:
        """Compile what no message has needed yet, one pattern a step. Raises PhraseError."""
        for phrasing in self.every:
            yield from phrasing.compiling()

    def without(self, group: str) -> Rulebook:
        """The same rulebook lacking the crisis rules of `group`, to show what they are worth."""
        kept = tuple(rule for rule in self.crisis if rule.group != group)
        return replace(self, crisis=kept)


def load_phrases(path: Path = PHRASES) -> Rulebook:
    """The phrase book of `path`, every pattern compiled. Raises PhraseError where it is not one."""
    book = _read(path)
    for _ in book.compiling():
        pass
    return book


@cache
def rulebook() -> Rulebook:
    """The bundled phrase book, which the tests compile whole: here each pattern waits for its first use."""
    return _read(PHRASES)


def _read(path: Path) -> Rulebook:
    try:
        book = PhraseBook.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise PhraseError(f"{path.name} cannot be read as a phrase book; mend this: {error}") from error
    return _ready(book)


def _ready(book: PhraseBook) -> Rulebook:
    words, shapes, every = book.words, Shapes(book.words), list[Phrasing]()

    def one(patterns: Iterable[str]) -> Phrasing:
        every.append(_phrasing(tuple(patterns), words, shapes))
        return every[-1]

    return Rulebook(
        lexicon=Lexicon.build(book.spelling, _rule_words(book)),
        crisis=tuple(
            Rule(r.name, r.group, r.variant, r.reads, r.away_from_debate, one(r.any)) for r in book.crisis
        ),
        broad=frozenset(r.name for r in book.crisis if r.broad),
        advice=tuple(Rule(r.name, r.variant, r.variant, ("self",), False, one(r.any)) for r in book.advice),
        kin=one([book.kin]),
        stranger=one([book.stranger]),
        hints={kind: one([hint]) for kind, hint in book.hints.items()},
        no_subject=one([book.no_subject]),
        no_subject_am=one([book.no_subject_am]),
        harmless=one(pattern for rule in book.harmless for pattern in rule.any),
        grief=one(book.grief),
        old_wounds=one(book.old_wounds),
        low=one(book.low),
        aggrieved=one(book.aggrieved),
        about_others=one(book.about_others),
        pressing=one([book.pressing]),
        debate=one(book.debate),
        subject=one([book.subject]),
        words={name: one([f"{{{name}}}"]) for name in words},
        every=every,
    )


def _phrasing(patterns: tuple[str, ...], words: Mapping[str, str], shapes: Shapes) -> Phrasing:
    """`patterns`, each at the edges of words; those in scripts of other lands stand anywhere."""
    try:
        needed = [shapes.needed(pattern) for pattern in patterns]
    except ShapeError as error:
        raise PhraseError(f"A pattern in the phrase book cannot be read: {error}; mend it.") from error
    if all(pattern.isascii() for pattern in patterns):
        return Phrasing(patterns, needed, lambda pattern: _regex(pattern, words))
    return Phrasing(patterns, [None] * len(patterns), lambda pattern: _regex(pattern, words, edges=False))


def _regex(pattern: str, words: Mapping[str, str], edges: bool = True) -> re.Pattern[str]:
    whole = _expanded(pattern, words)
    try:
        return re.compile(rf"(?<!\S)(?:{whole})(?!\S)" if edges else f"(?:{_unaccented(whole)})")
    except re.error as error:
        raise PhraseError(f"A pattern in the phrase book does not compile ({error}): {whole[:80]}") from error


def _expanded(pattern: str, words: Mapping[str, str]) -> str:
    def alternatives(name: re.Match[str]) -> str:
        if name[1] not in words:
            raise PhraseError(
                f"The phrase book uses {{{name[1]}}}, which its words do not define; define it."
            )
        return f"({words[name[1]]})"

    while re.search(r"\{[a-z]+\}", pattern):
        pattern = re.sub(r"\{([a-z]+)\}", alternatives, pattern)
    pattern = re.sub(r"~(\d*) ", lambda gap: rf"([^\s.]+ ){{0,{gap[1] or 4}}}", pattern)
    pattern = pattern.replace("_", f"(({words['filler']}) ){{0,4}}")
    return _whole_words(re.sub(r"\((?!\?)", "(?:", pattern))


def _whole_words(pattern: str) -> str:
    """`pattern` with every look-ahead ending at a word's edge, so that "(?! a)" does not mean "and"."""
    out: list[str] = []
    open_groups: list[bool] = []
    for part in re.findall(r"\\.|\(\?[=!]|\(|\)|[^\\()]+", pattern):
        if part.startswith("("):
            looks_ahead = part in ("(?=", "(?!")
            open_groups.append(looks_ahead)
            out.append(f"{part}(?:" if looks_ahead else part)
        elif part == ")" and open_groups.pop():
            out.append(r")(?!(?<=\w)\w))")
        else:
            out.append(part)
    return "".join(out)


def _unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", "".join(c for c in decomposed if unicodedata.category(c) != "Mn"))


def _rule_words(book: PhraseBook) -> frozenset[str]:
    """Every plain word that a rule is written with."""
    crisis = (pattern for rule in book.crisis for pattern in rule.any if pattern.isascii())
    others = (pattern for rule in (*book.advice, *book.harmless) for pattern in rule.any)
    rules = [*crisis, *others, *book.grief, *book.old_wounds, *book.debate, *book.about_others, book.subject]
    rules += [*book.words.values(), *book.spelling.pairs.values()]
    return frozenset(word for rule in rules for word in re.findall(r"(?<![\\a-z])[a-z]+", rule))
