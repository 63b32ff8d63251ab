"""Finding the topics of the map that a question touches, by meaning and by words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from bot.details import content_stems
from bot.overlap import containment, idf
from bot.positions import DebateMap, Position, Topic
from bot.records import Record

# How much the words of a question count beside its meaning; set on the odd lines of the suites.
LEXICAL_SHARE = 0.4


class Embeds(Protocol):
    """The part of an embedding that is needed here."""

    def embed(self, texts: Sequence[str]) -> np.ndarray: ...


class TopicMatch(Record):
    """A topic that a question touches, how well (0 to 1), and how well each of its positions fits it."""

    topic: str
    score: float
    fits: tuple[float, ...]


class TopicFinder:
    """Matches questions with topics: the nearest of a topic's own texts in meaning, and its words."""

    def __init__(self, debate: DebateMap, embedding: Embeds) -> None:
        self._debate = debate
        self._embedding = embedding
        self._texts = [_texts(topic) for topic in debate.topics]
        self._vectors = [embedding.embed(texts) for texts in self._texts]
        self._claims = [
            embedding.embed([_position_text(p) for p in topic.positions]) for topic in debate.topics
        ]
        self._weights: Mapping[str, float] = idf(" ".join(texts) for texts in self._texts)

    def find(self, question: str, limit: int = 3) -> list[TopicMatch]:
        """The topics nearest to a question, best first."""
        if not self._debate.topics or not question.strip():
            return []
        vector = self._embedding.embed([question])[0]
        matches = [
            TopicMatch(
                topic=topic.id,
                score=self._score(question, vector, number),
                fits=tuple(float(fit) for fit in self._claims[number] @ vector),
            )
            for number, topic in enumerate(self._debate.topics)
        ]
        return sorted(matches, key=lambda match: -match.score)[:limit]

    def _score(self, question: str, vector: np.ndarray, number: int) -> float:
        meaning = float(np.max(self._vectors[number] @ vector))
        wording = containment(question, " ".join(self._texts[number]), self._weights)
        if not content_stems(question):
            wording = 0.0
        return max(0.0, (1 - LEXICAL_SHARE) * meaning + LEXICAL_SHARE * wording)


def _texts(topic: Topic) -> list[str]:
    claims = [_position_text(position) for position in topic.positions]
    return [topic.proposition, *topic.questions, *topic.keywords, *claims]


def _position_text(position: Position) -> str:
    return f"{position.claim} {position.evidence[0].quote}"
