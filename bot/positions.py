"""The map of the debate: topics, and who says what for, against or around each.

The map is edited by people in `positions.yaml` and checked here by code. It is evidence to
retrieve, never a canned answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.corpus import Collection, read_record, spoken_as
from bot.grounding import Stances, check_statement, grounds_for, repeats
from bot.records import Evidence, Record, Stance, Statement
from bot.wording import locate

POSITIONS = "positions.yaml"
TURNED_MARK = "~opposite"
TURNED = {Stance.FOR: Stance.AGAINST, Stance.AGAINST: Stance.FOR, Stance.CONTEXT: Stance.CONTEXT}
OTHERWISE = {"same": "opposite", "opposite": "same"}


class Sides(StrEnum):
    """Which sides of a proposition are voiced in the collection."""

    BOTH = "both"
    FOR_ONLY = "for_only"
    AGAINST_ONLY = "against_only"
    CONTEXT_ONLY = "context_only"


class MapQuote(Record):
    """A verbatim quote as `positions.yaml` holds it; `owner` where the words are another's, quoted."""

    passage: str
    quote: str
    owner: str | None = None


class Position(Record):
    """What one voice says of a proposition, in one clause close to its own words."""

    voice: str
    stance: Stance
    claim: str
    evidence: tuple[MapQuote, ...] = Field(min_length=1)


class Related(Record):
    """Another topic on which whoever is for this one is, by the same words, for (`same`) or against it."""

    topic: str
    aligned: Literal["same", "opposite"]


class Topic(Record):
    """A debatable proposition and the positions taken on it.

    `opposite` denies the proposition, as neutrally; a question of `opposed_questions` asks for that
    reading of it. `silent` says what nobody here argues.
    """

    id: str
    proposition: str
    opposite: str = ""
    questions: tuple[str, ...] = ()
    opposed_questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    sides: Sides
    positions: tuple[Position, ...] = Field(min_length=1)
    related: tuple[Related, ...] = ()
    silent: tuple[str, ...] = ()

    def turned(self) -> Topic:
        """The same topic asked the other way round: the opposite put first, every stance turned."""
        positions = [p.model_copy(update={"stance": TURNED[p.stance]}) for p in self.positions]
        return self.model_copy(
            update={
                "id": self.id + TURNED_MARK,
                "proposition": self.opposite,
                "opposite": self.proposition,
                "questions": self.opposed_questions,
                "opposed_questions": self.questions,
                "sides": sides_of(positions),
                "positions": tuple(positions),
                "related": tuple(
                    r.model_copy(update={"aligned": OTHERWISE[r.aligned]}) for r in self.related
                ),
            }
        )


class NoPosition(Record):
    """A passage that takes no position, and why."""

    passage: str
    reason: str


class MapFile(Record):
    """`positions.yaml` as a whole."""

    topics: tuple[Topic, ...] = ()
    no_position: tuple[NoPosition, ...] = ()


@dataclass(frozen=True)
class DebateMap:
    """The topics of one collection; empty where it has no map yet."""

    topics: tuple[Topic, ...]
    no_position: tuple[NoPosition, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Topic]:
        """Every topic, and under `id~opposite` each that can be asked the other way round."""
        turned = [topic.turned() for topic in self.topics if topic.opposite]
        return {topic.id: topic for topic in (*self.topics, *turned)}

    @cached_property
    def hash(self) -> str:
        """Twelve hex digits that change with any word of the map."""
        content = "\n".join(entry.model_dump_json() for entry in (*self.topics, *self.no_position))
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    def stances(self, topics: Iterable[str]) -> Stances | None:
        """The stances that the named topics give each voice; None where the map knows none of them."""
        chosen = [self.by_id[topic] for topic in topics if topic in self.by_id]
        if not chosen:
            return None
        by_voice: dict[str, set[Stance]] = {}
        for position in (position for topic in chosen for position in topic.positions):
            by_voice.setdefault(position.voice, set()).add(position.stance)
        frozen = {voice: frozenset(stances) for voice, stances in by_voice.items()}
        return Stances(frozen, both_sides=any(topic.sides is Sides.BOTH for topic in chosen))


def load_map(folder: Path) -> DebateMap:
    """The map of a collection's folder, or an empty one; CollectionError where the file is malformed."""
    path = folder / POSITIONS
    if not path.is_file():
        return DebateMap(())
    content = read_record(MapFile, path)
    return DebateMap(content.topics, content.no_position)


def statement_of(position: Position, collection: Collection) -> Statement:
    """A position as a statement, its quotes located; KeyError where voice or passage is unknown."""
    evidence = []
    for quoted in position.evidence:
        span = locate(quoted.quote, collection.by_id[quoted.passage].text) or (0, 0)
        evidence.append(
            Evidence(
                passage=quoted.passage, quote=quoted.quote, start=span[0], end=span[1], owner=quoted.owner
            )
        )
    return Statement(
        stance=position.stance,
        voice=position.voice,
        speaker=spoken_as(collection.voice_by_id[position.voice]),
        text=position.claim,
        evidence=tuple(evidence),
    )


def sides_of(positions: Iterable[Position]) -> Sides:
    """Which sides a topic's positions take."""
    stances = {position.stance for position in positions}
    if {Stance.FOR, Stance.AGAINST} <= stances:
        return Sides.BOTH
    if Stance.FOR in stances:
        return Sides.FOR_ONLY
    return Sides.AGAINST_ONLY if Stance.AGAINST in stances else Sides.CONTEXT_ONLY


def problems(debate: DebateMap, collection: Collection) -> list[str]:
    """Everything that is wrong with a map, each in one sentence; empty when it may be served."""
    found = []
    ids = [topic.id for topic in debate.topics]
    found += [f"Two topics are called {id_}." for id_ in sorted({id_ for id_ in ids if ids.count(id_) > 1})]
    for topic in debate.topics:
        if topic.sides is not sides_of(topic.positions):
            found.append(
                f"{topic.id} says its sides are {topic.sides}; they are {sides_of(topic.positions)}."
            )
        for position in topic.positions:
            found += [
                f"{topic.id}, {position.voice} {position.stance}: {problem}"
                for problem in _position_problems(position, collection)
            ]
        found += _repeated(topic, collection)
        found += _relation_problems(topic, debate)
    known = set(collection.by_id)
    strays = {entry.passage for entry in debate.no_position} - known
    found += [f"no_position names {id_}, which is not here." for id_ in sorted(strays)]
    return found


def uncovered(debate: DebateMap, collection: Collection) -> list[str]:
    """Passages that neither support a position nor stand in `no_position`, in reading order."""
    used = {quoted.passage for topic in debate.topics for p in topic.positions for quoted in p.evidence}
    used |= {entry.passage for entry in debate.no_position}
    return [id_ for id_ in collection.by_id if id_ not in used]


def _repeated(topic: Topic, collection: Collection) -> list[str]:
    """Positions of one topic that the check would call one voice saying the same thing twice."""
    known = [
        position
        for position in topic.positions
        if position.voice in collection.voice_by_id
        and all(quoted.passage in collection.by_id for quoted in position.evidence)
    ]
    statements = [statement_of(position, collection) for position in known]
    return [
        f"{topic.id} shows {one.voice} saying the same thing twice: “{one.text}”, “{two.text}”."
        for one, two in combinations(statements, 2)
        if repeats(one, two)
    ]


def _relation_problems(topic: Topic, debate: DebateMap) -> list[str]:
    found = []
    if topic.opposed_questions and not topic.opposite:
        found.append(f"{topic.id} has opposed questions but no opposite.")
    for related in topic.related:
        other = debate.by_id.get(related.topic)
        if other is None or other is topic:
            found.append(f"{topic.id} is related to {related.topic}, which is no other topic.")
        elif Related(topic=topic.id, aligned=related.aligned) not in other.related:
            found.append(f"{topic.id} is {related.aligned} to {other.id}, but not the other way round.")
    return found


def _position_problems(position: Position, collection: Collection) -> list[str]:
    if position.voice not in collection.voice_by_id:
        return ["there is no such voice."]
    missing = [q.passage for q in position.evidence if q.passage not in collection.by_id]
    if missing:
        return [f"there is no passage {missing[0]}."]
    grounds = grounds_for(collection, collection.by_id)
    return [finding.detail for finding in check_statement(statement_of(position, collection), grounds)]
