"""What a text states, each fact with its words and questions that it answers; and what is not there.

`facts.yaml` and `unanswered.yaml` are edited by people and checked by code. Their questions are
ways to find a passage (document expansion by queries: Nogueira et al., 2019) and are not shown, save
the few marked as questions to begin with; what is shown of a fact is its quote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field

from bot.corpus import Collection, read_record, spoken_as
from bot.grounding import MIN_QUOTE_WORDS, check_statement, grounds_for
from bot.ownership import own_words
from bot.records import Evidence, Passage, Record, Stance, Statement
from bot.wording import locate, words

FACTS, UNANSWERED = "facts.yaml", "unanswered.yaml"


class FactQuote(Record):
    """Words of a passage."""

    passage: str
    quote: str


class Fact(Record):
    """What one passage states, and questions that it answers. `disputed_by` says otherwise.

    `starter`: its first question may be offered to a visitor who does not know what to ask.
    """

    passage: str
    quote: str
    answer: str = ""
    starter: bool = False
    questions: tuple[str, ...] = Field(min_length=1)
    disputed_by: tuple[FactQuote, ...] = ()


class Unanswered(Record):
    """Questions on the subject that the text does not answer, and the passages nearest to them."""

    about: str
    near: tuple[str, ...] = ()
    questions: tuple[str, ...] = Field(min_length=1)


class _FactsFile(Record):
    facts: tuple[Fact, ...] = ()


class _UnansweredFile(Record):
    unanswered: tuple[Unanswered, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What a collection states, and what it is known not to say; both empty where nobody wrote them down."""

    facts: tuple[Fact, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()

    @cached_property
    def questions(self) -> Mapping[str, tuple[str, ...]]:
        """For each passage the questions that it answers: more words by which to find it."""
        found: dict[str, list[str]] = {}
        for fact in self.facts:
            found.setdefault(fact.passage, []).extend(fact.questions)
        return {passage: tuple(questions) for passage, questions in found.items()}

    @cached_property
    def hash(self) -> str:
        """Twelve hex digits that change with any word."""
        content = "\n".join(entry.model_dump_json() for entry in (*self.facts, *self.unanswered))
        return hashlib.sha256(content.encode()).hexdigest()[:12]


def load_facts(folder: Path) -> Facts:
    """The facts of a collection's folder; CollectionError where a file is malformed."""
    facts, unanswered = folder / FACTS, folder / UNANSWERED
    return Facts(
        read_record(_FactsFile, facts).facts if facts.is_file() else (),
        read_record(_UnansweredFile, unanswered).unanswered if unanswered.is_file() else (),
    )


def fact_problems(facts: Facts, collection: Collection) -> list[str]:
    """Everything that is wrong with the facts, each in one sentence; empty when they may be served."""
    found = []
    for fact in facts.facts:
        for quoted in (FactQuote(passage=fact.passage, quote=fact.quote), *fact.disputed_by):
            problem = _quote_problem(quoted, collection)
            found += [f"fact “{fact.questions[0]}”: {problem}"] if problem else []
    strays = (id_ for entry in facts.unanswered for id_ in entry.near if id_ not in collection.by_id)
    return [*found, *(f"unanswered names {id_}, which is not here." for id_ in sorted(set(strays)))]


def _quote_problem(quoted: FactQuote, collection: Collection) -> str | None:
    passage = collection.by_id.get(quoted.passage)
    if passage is None:
        return f"there is no passage {quoted.passage}."
    if locate(quoted.quote, passage.text) is None:
        return f"“{quoted.quote[:60]}” does not stand in {passage.id}."
    statement = context_statement(quoted, collection)
    findings = check_statement(statement, grounds_for(collection, collection.by_id))
    return findings[0].detail if findings else None


def context_statement(quoted: FactQuote, collection: Collection) -> Statement:
    """A quote that speaks for itself, credited to its passage's voice and to whoever else's words it is."""
    passage = collection.by_id[quoted.passage]
    voice = collection.speaker(quoted.passage)
    start, end = locate(quoted.quote, passage.text) or (0, 0)
    owner = quoted_owner(quoted.quote, passage)
    evidence = Evidence(passage=passage.id, quote=quoted.quote, start=start, end=end, owner=owner)
    return Statement(
        stance=Stance.CONTEXT,
        voice=voice.id,
        speaker=spoken_as(voice),
        text=quoted.quote,
        evidence=(evidence,),
    )


def quoted_owner(quote: str, passage: Passage) -> str | None:
    """Whose words a quote is, where it holds too few of the passage's own voice; None: its own."""
    start, end = locate(quote, passage.text) or (0, 0)
    own, owners = own_words(Evidence(passage=passage.id, quote=quote, start=start, end=end), passage)
    return min(owners) if owners and len(words(own)) < MIN_QUOTE_WORDS else None
