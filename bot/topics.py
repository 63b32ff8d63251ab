"""Finding what a question touches: topics of the map, facts of the text, and what the text leaves open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.facts import Fact, Facts, Unanswered
from bot.matching import Embeds, Matcher
from bot.positions import TURNED_MARK, DebateMap, Position, Topic
from bot.records import Record

MOST_TOPICS, MOST_FACTS, MOST_UNANSWERED = 3, 5, 2


class TopicMatch(Record):
    """A topic that a question touches, how well (0 to about 1), and how well each of its positions fits."""

    topic: str
    score: float
    fits: tuple[float, ...]


class FactMatch(Record):
    """A fact whose questions are near to the one asked."""

    fact: Fact
    score: float


class UnansweredMatch(Record):
    """Something the text does not say whose questions are near to the one asked."""

    entry: Unanswered
    score: float


class Finder:
    """Matches questions with what people have written down about a collection."""

    def __init__(self, debate: DebateMap, facts: Facts, embedding: Embeds) -> None:
        self._debate, self._facts, self._embedding = debate, facts, embedding
        self._topics = Matcher([_texts(topic) for topic in debate.topics], embedding)
        self._readings = Matcher(
            [reading for topic in debate.topics for reading in _both_readings(topic)], embedding
        )
        self._claims = [
            embedding.embed([_position_text(position) for position in topic.positions])
            for topic in debate.topics
        ]
        self._stated = Matcher([(*fact.questions, fact.quote) for fact in facts.facts], embedding)
        self._open = Matcher([entry.questions for entry in facts.unanswered], embedding)

    def topics(self, question: str) -> list[TopicMatch]:
        """The topics nearest to a question, best first."""
        best = _best(self._topics.scores(question), MOST_TOPICS)
        vector = self._embedding.embed([question])[0]
        readings = self._readings.scores(question)
        return [
            TopicMatch(
                topic=self._debate.topics[number].id
                + (TURNED_MARK if self._turned(readings, number) else ""),
                score=score,
                fits=tuple(float(fit) for fit in self._claims[number] @ vector),
            )
            for number, score in best
        ]

    def _turned(self, readings: np.ndarray, number: int) -> bool:
        """Whether the question asks for the topic's opposite: is it nearer to what asks that?"""
        straight, opposed = readings[2 * number], readings[2 * number + 1]
        return bool(self._debate.topics[number].opposite) and opposed > straight

    def facts(self, question: str) -> list[FactMatch]:
        """The facts nearest to a question, best first."""
        best = _best(self._stated.scores(question), MOST_FACTS)
        return [FactMatch(fact=self._facts.facts[number], score=score) for number, score in best]

    def unanswered(self, question: str) -> list[UnansweredMatch]:
        """What the text leaves open that is nearest to a question, best first."""
        best = _best(self._open.scores(question), MOST_UNANSWERED)
        return [UnansweredMatch(entry=self._facts.unanswered[number], score=score) for number, score in best]


def _best(scores: np.ndarray, most: int) -> list[tuple[int, float]]:
    order = np.argsort(-scores, kind="stable")[:most]
    return [(int(number), float(scores[number])) for number in order if scores[number] > 0]


def _texts(topic: Topic) -> Sequence[str]:
    claims = [_position_text(position) for position in topic.positions]
    opposite = [topic.opposite] if topic.opposite else []
    return [
        topic.proposition,
        *opposite,
        *topic.questions,
        *topic.opposed_questions,
        *topic.keywords,
        *claims,
    ]


def _both_readings(topic: Topic) -> tuple[Sequence[str], Sequence[str]]:
    opposite = (topic.opposite, *topic.opposed_questions) if topic.opposite else ()
    return (topic.proposition, *topic.questions), opposite


def _position_text(position: Position) -> str:
    return f"{position.claim} {position.evidence[0].quote}"
