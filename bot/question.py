"""What kind of question this is, read off its words: what would answer it.

Pure rules over English wording. They decide nothing by themselves: the editor weighs them with
what was found.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.details import NUMBER_WORDS, content_stems
from bot.wording import words


class Expects(StrEnum):
    """What kind of thing would answer a plain question; DEBATE: positions, not a fact."""

    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    TITLE = "title"
    FACT = "fact"
    DEBATE = "debate"


EXPECTATIONS: tuple[tuple[Expects, str], ...] = (
    (Expects.NUMBER, r"how (?:many|much|often)|what (?:percentage|number|proportion|share|age|dose|price)"),
    (Expects.NUMBER, r"at (?:what|which) age|how (?:old|big|large|high|far)|by how (?:many|much)"),
    (Expects.NUMBER, r"what (?:is|was|were|are) the (?:\w+ )?(?:count|rate|tally|total|sum|cost|dose)"),
    (Expects.TIME, r"when (?:did|was|were|is|does|do|has|had)|since when|how long"),
    (Expects.TIME, r"(?:what|which) (?:year|decade|century|date|month)"),
    # “Where does one turn to?” asks for no place.
    (
        Expects.PLACE,
        r"where (?:did|was|were|is|does|do|are) (?:\w+ ){0,5}(?:meet|live|from|born|located|held)",
    ),
    (
        Expects.PLACE,
        r"where (?:did|was|were|is|does|do|are) (?:\w+ ){0,5}(?:stud(?:y|ied)|train(?:ed)?|published)",
    ),
    (Expects.PLACE, r"(?:what|which) (?:town|city|country|place|hospital)"),
    (Expects.TITLE, r"(?:what|which) (?:book|books|film|video|article|title|paper|journal)"),
    (
        Expects.PERSON,
        r"what (?:is|was|are|were) (?:\S+ ){0,4}names?|names? of (?:the|this|that|his|her|their)",
    ),
    (Expects.PLACE, r"(?:what|which) (?:\w+ )?(?:school|university|college|clinic|state(?! of)|village)"),
    (
        Expects.PERSON,
        r"who (?:wrote|coined|invented|made|makes|founded|discovered|directed|published|edited)",
    ),
    (Expects.PERSON, r"who (?:proposed|produced|funded|owns|owned|runs|ran|led|leads)|by whom|whose"),
    (
        Expects.FACT,
        r"(?:(?:to|from|by|in|with|at|for|of) )?(?:what|which|whom)|who|how|why|where|when|name|list",
    ),
)
DEBATE = re.compile(
    r"\b(?:should|would you|do you think|is it (?:right|true|fair|ok|okay|wrong)|agree|disagree|"
    r"for or against|opinions?|views?|sides?|debate|argue|argument|objections?|critics?|supporters?|"
    r"what (?:do|does) (?:people|readers|commenters|anyone|everyone|they|others|the thread|the comments)|"
    r"isn'?t|aren'?t|surely|obvious|everyone (?:knows|agrees)|nobody|prove|admit|simply)\b",
    re.I,
)
MENTIONED = re.compile(
    r"\b(?:is|are|was|were) (.+?) (?:mentioned|discussed|brought up|talked about)\b", re.I | re.S
)
MENTION = re.compile(
    r"\b(?:mentions?|talks? about|talked about|speaks? of|says? (?:anything |something )?(?:about|on)|"
    r"said (?:here )?(?:about|on)|refers? to|brings? up|comes? up)\b(.*)",
    re.I | re.S,
)
DURATIONS = {"decade", "decades", "years", "months", "weeks", "days", "century"}
TITLE = re.compile(r"[“‘\"'][A-Z]")
# A sentence's first word has its capital from the place and not from being a name.
CAPITALISED = re.compile(r"(?<=[^.!?…]\s)[“\"]?([A-Z][\w’'-]+)")


def expects(question: str) -> Expects:
    """What kind of thing would answer the question."""
    lowered = " ".join(words(question))
    if DEBATE.search(question):
        return Expects.DEBATE
    for kind, pattern in EXPECTATIONS:
        opening = rf"^(?:(?:and|so|but|ok|please|tell me|do you know|exactly)\s)*(?:{pattern})\b"
        if re.search(opening if kind is Expects.FACT else rf"\b(?:{pattern})\b", lowered):
            return kind
    return Expects.DEBATE


def subject_asked_after(question: str) -> str | None:
    """What “does anyone mention …” or “what is said about …” asks after; None for other questions."""
    match = MENTIONED.search(question) or MENTION.search(question)
    return match.group(1).strip(" ?.!") if match and content_stems(match.group(1)) else None


def could_answer(kind: Expects, text: str, question: str = "") -> bool:
    """Whether a text holds the kind of thing asked for: a number, a name beyond the question's own."""
    asked = set(words(question))
    if kind in (Expects.NUMBER, Expects.TIME):
        counts = set(NUMBER_WORDS) | (DURATIONS if kind is Expects.TIME else set())
        return bool({word for word in words(text) if word in counts or word[0].isdigit()} - asked)
    if kind is Expects.TITLE:
        return bool(TITLE.search(text))
    if kind in (Expects.PERSON, Expects.PLACE):
        return any(word.casefold() not in asked for word in CAPITALISED.findall(text))
    return True
