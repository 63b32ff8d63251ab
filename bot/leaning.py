"""A question that leans on the one before it: how it would read alone, and what it wants of the answer.

Pure rules over English wording, and one way to weigh what two readings of a question find.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from bot.anaphora import THE_TEXT, points_back
from bot.details import content_stems
from bot.records import Record
from bot.wording import stem, words


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


# What asks who stands where, and so is answered by positions and not by a fact.
SIDED = frozenset({Wants.DISAGREEMENT, Wants.AGREEMENT})


class FollowUp(Record):
    """A question asked after another: how it would read alone, and what it wants of the answer before.

    `passages` are the ids that the question names; else those that the earlier answer gives, or those
    meant by “the second one” alone where the question says so. `leans`: it says too little by itself;
    one that does not is read alone, and those passages are only where to look first. `said` is the
    earlier answer.
    """

    question: str
    standalone: str
    wants: Wants | None = None
    passages: tuple[str, ...] = ()
    said: str = ""
    leans: bool = True

    @property
    def readings(self) -> tuple[str, ...]:
        """The question with what it leans on, and by itself where that says anything."""
        alone = (self.question,) if set(content_stems(self.question)) - TALK else ()
        return tuple(dict.fromkeys((self.standalone, *alone)))


LEANS = re.compile(
    r"^(?:and|but|or|then|also|ok|okay|what about|how about|who else|any(?:one|body)? else|"
    r"anything else|any others?|the (?:first|second|third|fourth|last|other|next)|go on|more|more on|"
    r"tell me more|which one|what else|says who|in full)\b",
    re.I,
)
# These open a question of its own as well: “why?” leans, “Why do doctors prescribe drugs?” does not.
MAY_LEAN = re.compile(r"^(?:so|why|really)\b", re.I)
WITH_THE_AUTHOR = re.compile(r"\b(?:dis)?agrees? with (?:the )?(?:article|author|essay|piece|levine)\b", re.I)
# “Do they agree with each other?” leans, this does not.
WITH_EACH_OTHER = re.compile(
    r"\b(?:commenters|readers|people|writers)\b.*\b(?:each other|one another)\b", re.I
)
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
A_PERSON = r"\b(?:first|second|third|fourth|fifth|last) (?:person|speaker|commenter|voice|writer|reader)\b"
IN_FULL = r"\bin full\b|\b(?:whole|entire) (?:comment|thing|quote|passage)\b|\bfull (?:quote|text|comment)\b"
WANTED: tuple[tuple[Wants, str], ...] = (
    (Wants.IN_FULL, IN_FULL),
    (Wants.SAID, rf"^(?:and |so )?what (?:do|does|did|is|was|has)\b.*{A_PERSON}"),
    (
        Wants.REPLIES,
        r"\brepl(?:y|ies|ied)\b|\banswer(?:s|ed)?\b.*\b(?:it|that|this|him|her|them)\b|\brespond",
    ),
    (
        Wants.DISAGREEMENT,
        r"\bdisagree|\bobject|\bother side\b|\bopponents?\b|\bagainst\b|\bcriti|\bpush(?:es|ed)? back\b|"
        r"\bcontradict|\bchallenge|\bother (?:view|opinion)s?\b|\bopposite\b|\bopposed?\b|\bdispute|"
        r"\breject|\bdoubts?\b|\bunconvinced\b|\bless impressed\b|\bunimpressed\b|"
        r"\bwho (?:says|thinks|finds) (?:that|it|this)(?:'s| is) (?:wrong|untrue|false|nonsense)\b",
    ),
    (
        Wants.AGREEMENT,
        r"\bagree|\bbacks?\b|\bsupport(?:s|ers?)?\b|\bsame view\b|\bin favou?r\b|\bdefend|"
        r"\bon (?:his|her|their|that) side\b|\bshares? (?:that|this|the) view\b",
    ),
    (Wants.AUTHOR, r"\bthe author\b|\blevine\b|\bthe article\b"),
    (Wants.MORE, r"\bmore\b|\belse\b|\bothers?\b|\bgo on\b"),
)
PASSAGE = re.compile(r"\b(?:A\d+|C\d+(?:\.\d+)*)\b")
# “What does Commenter C5.1 say in C5.1.1.1?” names a speaker by one id and a passage by another.
IN_PASSAGE = re.compile(rf"\bin ({PASSAGE.pattern})", re.I)
NAMED_REPLIES = re.compile(
    r"\b(?:repl(?:y|ies|ied)|respon(?:d|ds|ded|se|ses)|answer(?:s|ed)?) to\b|\banswered (?:C|A)\d|"
    # Who disagrees with a comment says so under it.
    r"\b(?:who|any(?:one|body)) \w* ?(?:(?:dis)?agrees? with|objects? to|opposes?) (?:\w+ )?C\d",
    re.I,
)
NAMED_SAYS = re.compile(r"\bwhat (?:do|does|did|is|was)\b.*\b(?:say|said)\b", re.I | re.S)
NAMED_REPLIES_TOO = re.compile(r"\band what do the replies say\b", re.I)
SHORT = 7
# Words about the talk itself: a question of nothing else has its subject in an earlier one.
TALK = {
    stem(word)
    for word in words(
        "say says said reply replies answer answers comment commenter commenters author article "
        "people reader readers think thinks agree agrees disagree disagrees mean means write wrote "
        "else view views side sides opinion back backs defend defends support supports second first one"
    )
}
# What a fact or a topic gains for standing where the earlier answer stood, and loses for being in it.
NEAR_GAIN, SHOWN_LOSS, MISSING_LOSS = 0.08, 0.15, 0.05


def follow_up(question: str, history: Sequence[tuple[str, str]]) -> FollowUp | None:
    """The question read after the last turn, or as one about a passage that it names; else None."""
    within = IN_PASSAGE.search(question)
    named = (within[1],) if within else _passages(question)
    wanted = _wanted_of_named(question) if len(named) == 1 else None
    if wanted:
        return FollowUp(question=question, standalone=question, wants=wanted, passages=named, leans=False)
    if not history:
        return None
    before, answer = history[-1]
    passages = _passages(answer)
    if not leans_back(question):
        return FollowUp(question=question, standalone=question, passages=passages, said=answer, leans=False)
    root = f"{history[-2][0]} {before}" if len(history) > 1 and leans_back(before) else before
    wants = next((kind for kind, pattern in WANTED if re.search(pattern, question, re.I)), None)
    meant = _meant(question, answer)
    if meant:
        before_it, passages = meant, _passages(meant)
    else:
        before_it = root
    return FollowUp(
        question=question, standalone=f"{before_it} {question}", wants=wants, passages=passages, said=answer
    )


def _wanted_of_named(question: str) -> Wants | None:
    """What is asked of a passage that the question names by its id; None: nothing by name."""
    if re.search(IN_FULL, question, re.I):
        return Wants.IN_FULL
    if NAMED_REPLIES_TOO.search(question):
        return Wants.SAID_AND_REPLIES
    if NAMED_REPLIES.search(question):
        return Wants.REPLIES
    return Wants.SAID if NAMED_SAYS.search(question) else None


def leans_back(question: str) -> bool:
    """Whether a question says too little by itself: an opening that joins on, or a bare pronoun."""
    said = content_stems(question)
    own = set(said) - TALK
    if LEANS.search(question.strip()):
        return len(said) < SHORT
    if WITH_THE_AUTHOR.search(question) or THE_TEXT.search(question):
        return False
    if WITH_EACH_OTHER.search(question) and not points_back(question):
        return False
    if MAY_LEAN.search(question.strip()) and len(own) <= 1:
        return True
    return not own or (points_back(question) and len(said) <= 4)


def weighed(found: Sequence[Sequence[dict[str, Any]]], by: str) -> list[dict[str, Any]]:
    """What several readings of a question found, each entry once (told apart by the key `by`), best first.

    An entry's score is the mean over the readings; where one did not find it, a little less than
    the least that it found.
    """
    entries: dict[str, dict[str, Any]] = {}
    scores: dict[str, list[float]] = {}
    for entry in (entry for reading in found for entry in reading):
        entries.setdefault(entry[by], entry)
    for reading in found:
        # The best of those with one key (two facts may lie in the same words) counts, and comes first.
        held = {entry[by]: entry["score"] for entry in reversed(reading)}
        missing = max(0.0, min(held.values(), default=0.0) - MISSING_LOSS)
        for key in entries:
            scores.setdefault(key, []).append(held.get(key, missing))
    ranked = [{**entry, "score": sum(scores[key]) / len(found)} for key, entry in entries.items()]
    return sorted(ranked, key=lambda entry: -entry["score"])


def placed(facts: Sequence[dict[str, Any]], follow: FollowUp) -> list[dict[str, Any]]:
    """Facts once each, best first: those of the passages before put higher, what was shown of them lower."""
    best: dict[str, dict[str, Any]] = {}
    for fact in facts:
        near = NEAR_GAIN if fact["passage"] in follow.passages else 0.0
        shown = SHOWN_LOSS if fact["quote"] in follow.said else 0.0
        score = fact["score"] + near - shown
        if score > best.get(fact["quote"], {"score": -1.0})["score"]:
            best[fact["quote"]] = {**fact, "score": score}
    return sorted(best.values(), key=lambda fact: -fact["score"])


def _meant(question: str, answer: str) -> str | None:
    """The part of the earlier answer that “the second one” means; None where nothing is counted off."""
    ordinal = next(
        (place for word, place in ORDINALS.items() if re.search(rf"\b{word}\b", question, re.I)), None
    )
    said = _statements(answer)
    if re.search(A_PERSON, question, re.I):
        # Somebody who speaks twice is one person, met where they speak first.
        firsts: dict[str, str] = {}
        for line in said:
            firsts.setdefault(line.split(" (")[0], line)
        said = list(firsts.values())
    return said[ordinal] if ordinal is not None and -len(said) <= ordinal < len(said) else None


def _statements(answer: str) -> list[str]:
    """What “the second one” may count in an earlier answer: what stands with an id, else clauses."""
    cited = [line for line in answer.split("\n") if PASSAGE.search(line)]
    if len(cited) > 1:
        return cited
    places = list(PASSAGE.finditer(answer))
    firsts = [m for at, m in enumerate(places) if m.group() not in {p.group() for p in places[:at]}]
    if len(firsts) > 1:
        ends = [*(match.start() for match in firsts[1:]), len(answer)]
        return [answer[match.start() : end] for match, end in zip(firsts, ends, strict=True)]
    return [part for part in re.split(r"[;\n]|(?<=[.!?])\s+", answer) if part.strip()]


def _passages(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(PASSAGE.findall(text)))
