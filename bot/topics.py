"""Finding what a question touches: topics of the map, facts of the text, and what the text leaves open."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import numpy as np

from bot.details import content_stems
from bot.direction import Directions
from bot.elsewhere import Elsewhere
from bot.facts import Fact, Facts, Unanswered
from bot.matching import Embeds, Examples, Matcher
from bot.positions import TURNED_MARK, DebateMap, Position, Topic
from bot.question import form_of
from bot.records import Record
from bot.shelf import NOWHERE, Shelf
from bot.spelling import Spelling

# How plainly a question must ask for the opposite: turning wrongly is worse than not turning.
TURN_BAR = 0.4
MOST_TOPICS, MOST_FACTS, MOST_UNANSWERED = 3, 5, 2


class TopicMatch(Record):
    """A topic that a question touches, how well (0 to about 1), and how well each of its positions fits it.

    `joins`: it is related to the best topic, and read so that “for” means the same on both.
    """

    topic: str
    score: float
    fits: tuple[float, ...]
    joins: bool = False


class FactMatch(Record):
    """A fact whose questions are near to the one asked; `asked_so`: one of them asks in the same form."""

    fact: Fact
    score: float
    asked_so: bool = True


class UnansweredMatch(Record):
    """Something the text does not say whose questions are near to the one asked."""

    entry: Unanswered
    score: float


class Finder:
    """Matches questions with what people have written down about a collection."""

    def __init__(
        self,
        debate: DebateMap,
        facts: Facts,
        embedding: Embeds,
        words_of_text: Iterable[str] = (),
        elsewhere: Sequence[Elsewhere] = (),
        shelf: Shelf = NOWHERE,
    ) -> None:
        self._debate, self._facts = debate, facts
        topics = [_texts(topic) for topic in debate.topics]
        stated = [(*fact.questions, fact.quote) for fact in facts.facts]
        left_open = [entry.questions for entry in facts.unanswered]
        off_subject = [entry.questions for entry in elsewhere]
        known = [text for group in (*stated, *topics) for text in group]
        of_others = [text for group in off_subject for text in group]
        texts = [*known, *(text for group in left_open for text in group), *of_others]
        examples = Examples(texts, embedding, shelf)
        self._topics, self._stated, self._open, self._elsewhere = (
            Matcher(groups, examples) for groups in (topics, stated, left_open, off_subject)
        )
        self._directions = Directions([_both_readings(topic) for topic in debate.topics], examples, shelf)
        self._examples = examples
        self._forms = [{form_of(asked) for asked in fact.questions} for fact in facts.facts]
        self._claims = [
            examples.vectors([_position_text(position) for position in topic.positions])
            for topic in debate.topics
        ]
        self._known = examples.stems_of(known)
        self.spelling = Spelling([*known, *words_of_text], of_others, shelf)

    def topics(self, question: str) -> list[TopicMatch]:
        """The topics nearest to a question, best first."""
        best = _best(self._topics.scores(question), MOST_TOPICS)
        vector = self._examples.vector(question)
        matches: list[TopicMatch] = []
        for number, score in best:
            id_ = self._debate.topics[number].id
            joined = self._joined(matches[0].topic, id_) if matches else None
            matches.append(
                TopicMatch(
                    topic=joined or (id_ + TURNED_MARK if self._turned(question, number) else id_),
                    score=score,
                    fits=tuple(float(fit) for fit in self._claims[number] @ vector),
                    joins=joined is not None,
                )
            )
        return matches

    def _joined(self, first: str, other: str) -> str | None:
        """The reading of a topic that is aligned with the first one's; None where they are not related."""
        related = next((r for r in self._debate.by_id[first].related if r.topic == other), None)
        if related is None:
            return None
        id_ = other if related.aligned == "same" else other + TURNED_MARK
        return id_ if id_ in self._debate.by_id else None

    def _turned(self, question: str, number: int) -> bool:
        """Whether the question asks for the topic's opposite."""
        opposite = self._debate.topics[number].opposite
        return bool(opposite) and self._directions.of(question, number) > TURN_BAR

    def unknown_words(self, question: str) -> list[str]:
        """Stems of the question that stand neither in the map nor in the facts nor in what they quote."""
        return [stem for stem in dict.fromkeys(content_stems(question)) if stem not in self._known]

    def facts(self, question: str, passages: Container[str] | None = None) -> list[FactMatch]:
        """The facts nearest to a question, best first; only those of these passages, where any are given."""
        scores = self._stated.scores(question)
        if passages is not None:
            scores = scores * np.array([fact.passage in passages for fact in self._facts.facts], dtype=float)
        best = _best(scores, MOST_FACTS)
        form = form_of(question)
        return [
            FactMatch(
                fact=self._facts.facts[number], score=score, asked_so=not form or form in self._forms[number]
            )
            for number, score in best
        ]

    def elsewhere(self, question: str) -> float:
        """How near a question is to what has nothing to do with any collection, 0 to about 1."""
        return float(self._elsewhere.scores(question).max(initial=0.0))

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
    """What asks for the proposition and what for the opposite; nothing where there is no opposite."""
    if not topic.opposite:
        return (), ()
    return (topic.proposition, *topic.questions), (topic.opposite, *topic.opposed_questions)


def _position_text(position: Position) -> str:
    return f"{position.claim} {position.evidence[0].quote}"
