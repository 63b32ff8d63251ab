"""What kind of question this is, read off its words: what would answer it.

Pure rules over English wording. They decide nothing by themselves: the editor weighs them with
what was found.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.details import content_stems
from bot.wording import words


class Expects(StrEnum):
    """What kind of thing would answer a plain question; DEBATE: positions, not a fact."""

    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    TITLE = "title"
    FACT = "fact"
    SEQUEL = "sequel"
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
        r"where (?:did|was|were|is|does|do|are) (?:\w+ ){0,5}(?:meet|live|(?<!come )from|born|located|held)",
    ),
    (
        Expects.PLACE,
        r"where (?:did|was|were|is|does|do|are) (?:\w+ ){0,5}(?:stud(?:y|ied)|train(?:ed)?|published)",
    ),
    (Expects.PLACE, r"(?:what|which) (?:town|city|country|place|hospital)"),
    (Expects.NUMBER, r"(?:exactly|roughly|in) (?:numbers|figures|percent)"),
    (
        Expects.TITLE,
        r"(?:what|which)(?: of \S+)? (?:books?|film|video|article|title|paper|journal|headline|essay)",
    ),
    (
        Expects.PERSON,
        r"what (?:is|was|are|were) (?:\S+ ){0,4}names?|names? of (?:the|this|that|his|her|their)",
    ),
    (
        Expects.PLACE,
        r"(?:what|which) (?:\w+ )?(?:school|university|college|clinic|village)|which state(?! of)",
    ),
    (
        Expects.PERSON,
        r"who (?:wrote|coined|invented|made|makes|founded|discovered|directed|published|edited)",
    ),
    (
        Expects.PERSON,
        r"who (?:proposed|produced|funded|owns|owned|runs|ran|led|leads|set up|created|painted|composed)",
    ),
    (Expects.PERSON, r"by whom|by name|(?:what|which) (?:member|official|newspaper|magazine)"),
    (
        Expects.PERSON,
        r"(?:what|which) (?:\w+ )?(?:company|companies|firm|manufacturer|maker|publisher|brand)",
    ),
    (
        Expects.SEQUEL,
        r"what (?:happened|did|has|have) (?!.*\b(?:say|said|write|call|name)\b)(?:\S+ ){1,6}"
        r"(?:after|afterwards|next|since then)",
    ),
    (
        Expects.FACT,
        r"(?:(?:to|from|by|in|with|at|for|of) )?(?:what|which|whom|whose)|who|how|why|where|when|name|list",
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
# How a question opens tells what it asks of a fact. The first that fits counts.
FORMS: tuple[tuple[str, str], ...] = (
    ("when", r"\bwhen\b|\b(?:what|which) (?:year|decade|date)\b"),
    ("how long", r"\bhow long\b"),
    ("how many", r"\bhow (?:many|much|often|old|big)\b|\bwhat (?:percentage|number|share|proportion)\b"),
    ("why", r"\bwhy\b|\bfor what reason\b|\bwhat for\b"),
    ("where", r"\bwhere\b|\b(?:what|which) (?:town|city|country|place|state|hospital)\b"),
    ("who", r"\bwho(?:m|se|'s)?\b"),
    ("how", r"\bhow\b"),
    (
        "which of a kind",
        r"\b(?:what|which) (?!is|was|are|were|do|does|did|has|have|can|could|would|should|happen|made?\b)\w+",
    ),
    ("what", r"\b(?:what|which)\b"),
    ("whether", r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"),
)


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


def form_of(question: str) -> str:
    """How a question asks: “when”, “who”, “why”, “which of a kind”, …; "" where it has no such form."""
    lowered = question.lower().replace("’", "'").strip()
    return next((form for form, pattern in FORMS if re.search(pattern, lowered)), "")
