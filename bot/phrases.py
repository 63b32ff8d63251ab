"""The care screen's phrase book: `phrases.yaml`, read strictly and compiled once.

The file is data that people edit; this module turns its small pattern language (`{name}`, `~`, `_`,
explained at the top of the file) into compiled rules and the lexicon that folding needs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from bot.folding import Lexicon, Spelling
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
    """One compiled rule. Crisis rules come most urgent first."""

    name: str
    group: str
    variant: str
    reads: tuple[str, ...]
    away_from_debate: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Rulebook:
    """Everything the screen needs, compiled."""

    lexicon: Lexicon
    crisis: tuple[Rule, ...]
    broad: frozenset[str]
    advice: tuple[Rule, ...]
    kin: re.Pattern[str]
    stranger: re.Pattern[str]
    hints: Mapping[str, re.Pattern[str]]
    no_subject: re.Pattern[str]
    no_subject_am: re.Pattern[str]
    harmless: re.Pattern[str]
    grief: re.Pattern[str]
    old_wounds: re.Pattern[str]
    low: re.Pattern[str]
    aggrieved: re.Pattern[str]
    about_others: re.Pattern[str]
    pressing: re.Pattern[str]
    debate: re.Pattern[str]
    subject: re.Pattern[str]
    words: Mapping[str, re.Pattern[str]]

    def without(self, group: str) -> Rulebook:
        """The same rulebook lacking the crisis rules of `group`, to show what they are worth."""
        kept = tuple(rule for rule in self.crisis if rule.group != group)
        return replace(self, crisis=kept)


def load_phrases(path: Path = PHRASES) -> Rulebook:
    """The compiled phrase book of `path`. Raises PhraseError where it is not one."""
    try:
        book = PhraseBook.model_validate(load_yaml(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise PhraseError(f"{path.name} cannot be read as a phrase book; mend this: {error}") from error
    return _compiled(book)


@cache
def rulebook() -> Rulebook:
    """The bundled phrase book, compiled at the first call."""
    return load_phrases()


def _compiled(book: PhraseBook) -> Rulebook:
    words = book.words

    def one(patterns: Iterable[str]) -> re.Pattern[str]:
        return _pattern(patterns, words)

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
    )


def _pattern(patterns: Iterable[str], words: Mapping[str, str]) -> re.Pattern[str]:
    """One regular expression for all `patterns`, each at the edges of words."""
    whole = "|".join(_expanded(pattern, words) for pattern in patterns)
    edges = whole.isascii()
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
