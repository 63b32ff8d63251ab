"""The embedded model's judgement: from what the tools returned to a draft, by plain rules.

Nothing here invents words. A draft is made of positions that the map holds, or, where the map
has nothing, of sentences quoted from passages that fit the question; else of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import Field

from bot.details import content_stems
from bot.draft import Draft, DraftQuote, DraftStatement
from bot.overlap import containment, idf
from bot.records import Record, Stance
from bot.wording import words

# Set on the odd lines of evals/suites; see docs/embedded.md for what they separate and how well.
TOPIC_BAR = 0.5
JOIN_BAR = 0.62
QUOTE_BAR = 0.5
SUBJECT_BAR = 0.3
MOST_PER_SIDE = 5
MOST_CONTEXT = 3
MOST_QUOTES = 3
MIN_QUOTE_WORDS = 4
SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…]+[\"'”’)]*|$)", re.S)


class Notes(Record):
    """What the tools returned for one question, as the model reads it out of their messages."""

    topics: tuple[dict[str, Any], ...] = ()
    passages: tuple[dict[str, Any], ...] = ()
    unknown_words: tuple[str, ...] = Field(
        (), description="Words of the question that stand nowhere in the collection."
    )


def compose(question: str, notes: Notes) -> Draft:
    """The draft that answers `question` from `notes`, or says why it cannot."""
    topics = [topic for topic in notes.topics if topic["score"] >= TOPIC_BAR]
    if topics:
        return _from_topics(topics)
    quotes = _best_sentences(question, notes.passages)
    if quotes:
        return Draft(statements=quotes, outcome="partial")
    return Draft(outcome="not_in_collection" if _on_subject(notes) else "off_topic")


def _from_topics(topics: Sequence[dict[str, Any]]) -> Draft:
    """The best topic's positions."""
    best = topics[0]
    positions = sorted(best["positions"], key=lambda position: -position["fit"])
    chosen = [
        position
        for stance, most in (
            (Stance.FOR, MOST_PER_SIDE),
            (Stance.AGAINST, MOST_PER_SIDE),
            (Stance.CONTEXT, MOST_CONTEXT),
        )
        for position in _by_voice(positions, stance, most)
    ]
    return Draft(
        proposition=best["proposition"],
        topics=[best["id"]],
        statements=[_drafted(position) for position in chosen],
        outcome="answered",
    )


def _by_voice(positions: Sequence[dict[str, Any]], stance: Stance, most: int) -> list[dict[str, Any]]:
    """Up to `most` positions of one stance: each voice once before any voice twice."""
    of_stance = [position for position in positions if position["stance"] == stance]
    firsts: dict[str, dict[str, Any]] = {}
    for position in of_stance:
        firsts.setdefault(position["speaker"], position)
    seconds = [position for position in of_stance if position not in firsts.values()]
    return [*firsts.values(), *seconds][:most]


def _drafted(position: dict[str, Any]) -> DraftStatement:
    return DraftStatement(
        evidence=[
            DraftQuote(passage=quoted["passage"], quote=quoted["quote"], quoting=quoted.get("owner"))
            for quoted in position["evidence"]
        ],
        stance=position["stance"],
        text=position["claim"],
    )


def _best_sentences(question: str, passages: Sequence[dict[str, Any]]) -> list[DraftStatement]:
    """Sentences that hold most of the question's weighted words, each from a passage of its own."""
    weights = idf(passage["text"] for passage in passages)
    scored = []
    for order, passage in enumerate(passages):
        others = [quoted["words"] for quoted in passage.get("quotes_others", ())]
        for sentence in sentences(passage["text"]):
            if any(sentence in other or other in sentence for other in others):
                continue
            score = containment(question, sentence, weights) if content_stems(question) else 0.0
            scored.append((-score, order, sentence, passage["id"]))
    best: dict[str, str] = {}
    for score, _, sentence, id_ in sorted(scored):
        if -score >= QUOTE_BAR and id_ not in best:
            best[id_] = sentence
    return [
        DraftStatement(evidence=[DraftQuote(passage=id_, quote=sentence)], stance="context", text=sentence)
        for id_, sentence in list(best.items())[:MOST_QUOTES]
    ]


def sentences(text: str) -> Iterable[str]:
    """The sentences of a passage that are long enough to quote."""
    for paragraph in text.split("\n\n"):
        for match in SENTENCE.finditer(paragraph):
            sentence = match.group().strip()
            if len(words(sentence)) >= MIN_QUOTE_WORDS:
                yield sentence


def _on_subject(notes: Notes) -> bool:
    return any(topic["score"] >= SUBJECT_BAR for topic in notes.topics)
