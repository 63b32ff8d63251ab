"""Errors planted into faithful statements: does the check find them, and does it leave the rest alone?

The faithful statements are the positions of a collection's map, and every sentence that a voice here
writes, quoted as itself. Each operator makes one kind of wrong statement from a right one, or nothing
where it does not apply. Everything random comes from a seed and the statement's number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from bot.corpus import Collection, spoken_as
from bot.grounding import MIN_QUOTE_WORDS, check_statement, grounds_for
from bot.ownership import SENTENCE_END, own_words
from bot.planting import OPERATORS, evidence_of
from bot.positions import DebateMap, statement_of
from bot.records import FindingKind, Stance, Statement
from bot.wording import words


@dataclass(frozen=True)
class Tally:
    """How many errors of one kind were planted, how many were found, and by which rule."""

    planted: int
    found: int
    by: Mapping[FindingKind, int]
    missed: tuple[str, ...]

    @property
    def rate(self) -> float:
        return self.found / self.planted if self.planted else 0.0


def map_statements(debate: DebateMap, collection: Collection) -> list[Statement]:
    """Every distinct position of the map as a statement."""
    made = [statement_of(p, collection) for topic in debate.topics for p in topic.positions]
    return list({(s.text, s.stance, s.evidence): s for s in made}.values())


def sentence_statements(collection: Collection) -> Iterator[Statement]:
    """Every sentence of four words or more that holds no words of another, quoted as itself."""
    for passage in collection.passages:
        starts = [0, *(match.end() for match in SENTENCE_END.finditer(passage.text))]
        for start, end in zip(starts, [*starts[1:], len(passage.text)], strict=True):
            quote = passage.text[start:end].strip()
            evidence = evidence_of(passage.id, quote, collection)
            if len(words(quote)) >= MIN_QUOTE_WORDS and not own_words(evidence, passage)[1]:
                voice = collection.speaker(passage.id)
                yield Statement(
                    stance=Stance.CONTEXT,
                    voice=voice.id,
                    speaker=spoken_as(voice),
                    text=quote,
                    evidence=(evidence,),
                )


def false_alarms(statements: Iterable[Statement], collection: Collection) -> list[tuple[Statement, str]]:
    """The faithful statements that the check refuses, and why."""
    grounds = grounds_for(collection, collection.by_id)
    refused = []
    for statement in statements:
        refused += [(statement, f"{f.kind}: {f.detail}") for f in check_statement(statement, grounds)]
    return refused


def plant(
    operator: str, statements: Iterable[Statement], collection: Collection, seed: int, each: int = 1
) -> Tally:
    """Plant one kind of error `each` times into every statement to which it applies."""
    planted, found, missed = 0, Counter[FindingKind](), []
    for number, statement in enumerate(statements):
        made: dict[Statement, None] = {}
        for turn in range(each):
            wrong = OPERATORS[operator](statement, collection, Random(f"{seed} {operator} {number} {turn}"))
            if wrong is not None and wrong != statement:
                made[wrong] = None
        for wrong in made:
            planted += 1
            findings = check_statement(wrong, grounds_for(collection, _read(operator, wrong, collection)))
            found.update(finding.kind for finding in findings[:1])
            if not findings:
                missed.append(f"{wrong.text} [{wrong.evidence[0].passage}]")
    return Tally(planted, found.total(), found, tuple(missed))


def _read(operator: str, statement: Statement, collection: Collection) -> list[str]:
    unread = statement.evidence[0].passage if operator == "unread passage" else None
    return [id_ for id_ in collection.by_id if id_ != unread]
