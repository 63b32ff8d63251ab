"""Whether a question's words point to what was said before it: anaphora, by plain rules over English.

“What do they say to that?” points back. “Do therapists hide their own troubles?” does not: whom “their”
means stands in the question. Nor does “is it dangerous to stop?”, whose “it” means nothing.
"""

from __future__ import annotations

import re

from bot.wording import words


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.I)


# “it”, “there” and “that” that stand for nothing said before.
EXPLETIVE = _any_of(
    # Is it dangerous for a doctor to stop? It is time to stop. Is it fear that drives them?
    r"\b(?:is|was|isn't|wasn't|would|could|can|may) it(?= (?:\w+ )+(?:to|that|when|if|who|how|for)\b)",
    r"\b(?:is|was) it(?= (?:\w+ )+(?:rather|only)\b)",
    r"\bit(?:'s| is| was)(?= (?:\w+ ){0,2}(?:that|to|time)\b)",
    # …, isn't it? … and that is it.
    r"\b(?:isn't|isnt|wasn't) (?:it|that)\b",
    r", is it\W*$",
    r"\bis that so\b",
    r"\b(?:that|this) is it\b",
    r"\bthat's it\b",
    r"\b(?:is|are|was|were|be) there\b",
    r"\bthere(?:'s| is| are| was| were)\b",
    r"\bsuch (?:a thing|as)\b",
    r"\bat the same time\b",
)
# “this article” is the one that the talk is about, in whatever question.
THE_TEXT = _any_of(
    r"\bthis (?:article|text|thread|page|essay|piece|debate|discussion)\b",
    r"\b(?:writ(?:e|ing|ten)|wrote|publish(?:ed|ing)?|read(?:ing)?) this\b",
)
# “that” joins clauses far more often than it points, and “her” is mostly of somebody.
POINTER = _any_of(
    r"\b(?:them|him|it|this|those|these|same|such)\b",
    r"\b(?:first|second|third|last|other) one\b",
    r"\b(?:first|second|third|fourth|fifth|last) (?:person|speaker|commenter|voice|writer|reader)\b",
    r"\bthe (?:opposite|contrary|rest)\b(?! of\b)",
    r"\b(?:of|with|about|to|on|for|by|is|was|at|after|before|like|against|than) that\b"
    r"(?! \w+ (?:is|are|was|were|do|does|has|have|can|will)\b)",
    r"\b(?:say|said|does|do|did|could|would|has|will|should|can|might|how|why) that\b"
    r"(?! \w+ (?:is|are|was|were|do|does|has|have|can|will)\b)",
    r"\bthat (?:one|man|woman|person|comment|writer|reader|journalist)\b",
    r"\bthat (?:point|view|claim|opinion|argument|idea)\b",
    r"\bthat's (?:too|not|so|wrong|right|true|all|how|why|what)\b",
    r"^that\b",
    r"\b(?:that|there)\W*$",
    r"\b(?:to|with|by|about|for|of|from|at|on|tell|told|help\w*) her\b",
)
# A pronoun that may mean somebody named before it in the same question.
BOUND = re.compile(r"\b(?:he|she|they|his|her|hers|their|theirs|its|himself|herself|themselves)\b", re.I)
SOMEBODY = re.compile(r"(?:ist|er|or|ian|ent|ee|man|men|son|people|folk|staff|parent|s)s?$")
# What ends like a noun of many and is a verb or no noun.
NOBODY = frozenset(
    words(
        "says thinks agrees disagrees means writes backs defends supports does is was has this his its "
        "whether ever never other others after rather either neither for or nor so or far better more her "
        "always perhaps less us as yes whats number matter paper power order disorder disorders anger danger "
        "answer answers error terror behavior behaviour factor factors letter"
    )
)


def points_back(question: str) -> bool:
    """Whether something in the question means what was said before it."""
    text = THE_TEXT.sub(" ", EXPLETIVE.sub(" ", question.replace("’", "'")))
    if POINTER.search(text):
        return True
    return any(not _named_before(text[: match.start()]) for match in BOUND.finditer(text))


def _named_before(text: str) -> bool:
    """Whether somebody, or several of something, stand in a text: whom a pronoun after it may mean."""
    # A capital at the beginning names nobody.
    named = any(word[0].isupper() and word not in ("I", "I'm") for word in text.split()[1:])
    return named or any(SOMEBODY.search(word) and word not in NOBODY for word in words(text))
