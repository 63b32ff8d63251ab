"""Whether a text is silent on a question, and why: about other things, in strange words, known to be open.

Plain rules over what the tools returned and how near each of it is; nothing here is worded or shown.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from bot.answer_types import could_answer
from bot.details import content_stems
from bot.notes import Notes, nearness
from bot.question import Expects, subject_asked_after
from bot.wording import words

# Set as those of bot/editor.py are; docs/embedded.md says what they separate and how well.
NEAR_BAR, FAMILIAR = 0.35, 0.5
ELSEWHERE_BAR, ELSEWHERE_LAG = 0.25, 0.05
OPEN_LAG, FITTING_LEAD, TOPIC_DISCOUNT, NEAR_LAG = 0.03, 0.03, 0.05, 0.04
STRANGE_SHARE, PLAIN_FACT, ASKED_FACT, UNASKED_LOSS = 0.25, 0.75, 0.83, 0.08

# “Do most of the cyclists want …?”
ASKED_OF = re.compile(
    r"(?:do|does|did|would|will) (?:most |many |some |any |all |the |of |other )*([\w’'-]+) "
    r"(?:want|like|think|believe|say|support|oppose|agree|approve|need|mind|feel|prefer|object|complain|trust)\b"
)


def is_elsewhere(notes: Notes) -> bool:
    """Whether a question is nearer to things that no collection is about than to anything of this one."""
    if notes.speaker_named or not (notes.topics or notes.facts):
        return False
    near = max(nearness(found) for found in (notes.topics, notes.facts, notes.left_open))
    return notes.elsewhere > max(near - ELSEWHERE_LAG, ELSEWHERE_BAR)


def is_strange(question: str, notes: Notes) -> bool:
    """Whether much of a question is in words that neither the text nor what is written of it knows."""
    return len(notes.unknown_words) >= STRANGE_SHARE * len(set(content_stems(question))) > 0


def is_left_open(question: str, kind: Expects, notes: Notes) -> bool:
    """Whether the text is known, or by its words likely, not to say what is asked."""
    if _asks_of_strangers(question, notes) or _asks_about_strange_things(question, notes):
        return True
    topic, left_open = nearness(notes.topics), nearness(notes.left_open)
    near_facts = [each for each in notes.facts if each["score"] >= nearness(notes.facts) - NEAR_LAG]
    fact = max((_asked_for(each, notes) for each in notes.facts), default=0.0)
    fits = any(could_answer(kind, each["quote"], question) for each in near_facts)
    plain = fact >= (FAMILIAR if notes.speaker_named else PLAIN_FACT)
    # Whoever wrote a fact's questions knew what it tells, better than its words show.
    if kind is Expects.DEBATE or (plain and fits) or fact >= ASKED_FACT:
        return left_open > max(topic, fact) + FITTING_LEAD
    if kind is Expects.FACT:
        unfamiliar = bool(notes.unknown_words) and max(topic, fact) < FAMILIAR
        return unfamiliar or left_open > max(fact, topic - TOPIC_DISCOUNT) - OPEN_LAG
    return not fits or left_open > fact + FITTING_LEAD


def _asks_of_strangers(question: str, notes: Notes) -> bool:
    """Whether it is asked what people want of whom neither the text nor what is written of it knows."""
    asked_of = ASKED_OF.match(" ".join(words(question)))
    return asked_of is not None and bool(set(content_stems(asked_of[1])) & set(notes.unknown_words))


def _asks_about_strange_things(question: str, notes: Notes) -> bool:
    """Whether it is asked what is said about something in none of whose words anything here is told."""
    subject = subject_asked_after(question)
    stems = set(content_stems(subject)) if subject else set()
    return bool(stems) and stems <= set(notes.unknown_words)


def _asked_for(fact: dict[str, Any], notes: Notes) -> float:
    """A fact's score; less where a question asks “who?” and nobody ever asked “who?” of it, or the like.

    Such a question is likely to ask for what the fact does not say.
    """
    return fact["score"] - (0 if fact["asked_so"] or notes.speaker_named else UNASKED_LOSS)


def silence(question: str, notes: Notes) -> Literal["not_in_collection", "off_topic"]:
    """Whether the question is at least on the subject: near what is mapped, else in known words."""
    if notes.topics or notes.facts:
        nearest = max(nearness(found) for found in (notes.topics, notes.facts, notes.left_open))
        return "not_in_collection" if nearest >= NEAR_BAR else "off_topic"
    stems = set(content_stems(question))
    return "not_in_collection" if stems - set(notes.unknown_words) else "off_topic"
