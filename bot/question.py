"""What kind of question this is, read off its words: what would answer it, and what it leans on.

Pure rules over English wording. They decide nothing by themselves: the editor weighs them with
what was found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from bot.details import NUMBER_WORDS, content_stems
from bot.records import Record
from bot.wording import stem, words


class Expects(StrEnum):
    """What kind of thing would answer a plain question; DEBATE: positions, not a fact."""

    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    PLACE = "place"
    TITLE = "title"
    FACT = "fact"
    DEBATE = "debate"


class Wants(StrEnum):
    """What a follow-up asks of the answer before it."""

    DISAGREEMENT = "disagreement"
    AGREEMENT = "agreement"
    REPLIES = "replies"
    AUTHOR = "author"
    IN_FULL = "in_full"
    MORE = "more"
    SAID = "said"
    SAID_AND_REPLIES = "said_and_replies"


class FollowUp(Record):
    """A question that leans on an earlier one: how it would read alone, and what it wants of it.

    `passages` are the ids that the question names; else those that the earlier answer gives, or those
    meant by “the second one” alone where the question says so.
    """

    standalone: str
    wants: Wants | None = None
    passages: tuple[str, ...] = ()


EXPECTATIONS: tuple[tuple[Expects, str], ...] = (
    (Expects.NUMBER, r"how (?:many|much|often)|what (?:percentage|number|proportion|share|age|dose|price)"),
    (Expects.NUMBER, r"at (?:what|which) age|how (?:old|big|large|high|far)|by how (?:many|much)"),
    (Expects.NUMBER, r"what (?:is|was|were|are) the (?:\w+ )?(?:count|rate|tally|total|sum|cost|dose)"),
    (Expects.TIME, r"when (?:did|was|were|is|does|do|has|had)|since when|how long"),
    (Expects.TIME, r"(?:what|which) (?:year|decade|century|date|month)"),
    (Expects.PLACE, r"where (?:did|was|were|is|does|do|are)"),
    (Expects.PLACE, r"(?:what|which) (?:town|city|country|place|hospital)"),
    (Expects.TITLE, r"(?:what|which) (?:book|books|film|video|article|title|paper|journal)"),
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
LEANS = re.compile(
    r"^(?:and|but|so|or|then|also|ok|okay|what about|how about|why|really|who else|any(?:one|body)? else|"
    r"anything else|any others?|the (?:first|second|third|fourth|last|other|next)|go on|more|more on|"
    r"tell me more|which one|what else|says who|in full)\b",
    re.I,
)
POINTS_BACK = re.compile(
    r"\b(?:he|she|they|him|her|them|his|their|theirs|it|its|that|this|those|these|there|same|such)\b", re.I
)
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
WANTED: tuple[tuple[Wants, str], ...] = (
    (Wants.IN_FULL, r"\bin full\b|\bwhole (?:comment|thing|quote|passage)\b|\bfull (?:quote|text|comment)\b"),
    (
        Wants.REPLIES,
        r"\brepl(?:y|ies|ied)\b|\banswer(?:s|ed)?\b.*\b(?:it|that|this|him|her|them)\b|\brespond",
    ),
    (Wants.DISAGREEMENT, r"\bdisagree|\bobject|\bother side\b|\bopponents?\b|\bagainst\b|\bcriti"),
    (Wants.AGREEMENT, r"\bagree|\bbacks?\b|\bsupport(?:s|ers?)?\b|\bsame view\b|\bin favou?r\b"),
    (Wants.AUTHOR, r"\bthe author\b|\blevine\b|\bthe article\b"),
    (Wants.MORE, r"\bmore\b|\belse\b|\bothers?\b|\bgo on\b"),
)
NAMED_REPLIES = re.compile(r"\brepl(?:y|ies) to\b", re.I)
NAMED_SAYS = re.compile(r"\bwhat (?:do|does|did|is|was)\b.*\b(?:say|said)\b", re.I | re.S)
NAMED_REPLIES_TOO = re.compile(r"\band what do the replies say\b", re.I)
DURATIONS = {"decade", "decades", "years", "months", "weeks", "days", "century"}
TITLE = re.compile(r"[“‘\"'][A-Z]")
CAPITALISED = re.compile(r"(?<=\s)[“\"]?([A-Z][\w’'-]+)")
SHORT = 7
OPENING_WORDS = 40
PASSAGE = re.compile(r"\b(?:A\d+|C\d+(?:\.\d+)*)\b")
# Words about the talk itself: a question of nothing else has its subject in an earlier one.
TALK = {
    stem(word)
    for word in words(
        "say says said reply replies answer answers comment commenter commenters author article "
        "people reader readers think thinks agree agrees disagree disagrees mean means write wrote "
        "else view views side sides opinion"
    )
}


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
        return any(word.casefold() not in asked for word in CAPITALISED.findall(f" {text}"))
    return True


def follow_up(question: str, history: Sequence[tuple[str, str]]) -> FollowUp | None:
    """The question read as a follow-up of the last turn, or of the passage that it names itself.

    None where it stands by itself.
    """
    named = _passages(question)
    wanted = _wanted_of_named(question) if len(named) == 1 else None
    if wanted:
        return FollowUp(standalone=question, wants=wanted, passages=named)
    if not history or not leans_back(question):
        return None
    before, answer = history[-1]
    root = f"{history[-2][0]} {before}" if len(history) > 1 and leans_back(before) else before
    wants = next((kind for kind, pattern in WANTED if re.search(pattern, question, re.I)), None)
    ordinal = next(
        (place for word, place in ORDINALS.items() if re.search(rf"\b{word}\b", question, re.I)), None
    )
    said = _statements(answer)
    if ordinal is not None and -len(said) <= ordinal < len(said):
        meant = said[ordinal]
        return FollowUp(standalone=f"{meant} {question}", wants=wants, passages=_passages(meant))
    passages = _passages(answer)
    if wants in (Wants.DISAGREEMENT, Wants.AGREEMENT, Wants.AUTHOR, Wants.MORE):
        return FollowUp(standalone=f"{root} {question}", wants=wants, passages=passages)
    return FollowUp(standalone=f"{root} {_opening(answer)} {question}", wants=wants, passages=passages)


def _wanted_of_named(question: str) -> Wants | None:
    """What is asked of a passage that the question names by its id; None: nothing by name."""
    if NAMED_REPLIES_TOO.search(question):
        return Wants.SAID_AND_REPLIES
    if NAMED_REPLIES.search(question):
        return Wants.REPLIES
    return Wants.SAID if NAMED_SAYS.search(question) else None


def _statements(answer: str) -> list[str]:
    """The parts of an earlier answer that “the second one” may count: lines with an id, else clauses."""
    cited = [line for line in answer.split("\n") if PASSAGE.search(line)]
    clauses = [part for part in re.split(r"[;\n]|(?<=[.!?])\s+", answer) if part.strip()]
    return cited if len(cited) > 1 else clauses


def _passages(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(PASSAGE.findall(text)))


def _opening(answer: str) -> str:
    """As much of an earlier answer as says what it was about."""
    return " ".join(answer.split()[:OPENING_WORDS])


def leans_back(question: str) -> bool:
    """Whether a question says too little by itself: an opening that joins on, or a bare pronoun."""
    if LEANS.search(question.strip()):
        return len(content_stems(question)) < SHORT
    said = content_stems(question)
    return not set(said) - TALK or (bool(POINTS_BACK.search(question)) and len(said) <= 4)
