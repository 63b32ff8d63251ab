"""A message about another person, told as if that person spoke.

"my brother says he will kill himself" becomes "i say i will kill myself", so that every rule of the
care screen is written once, in the first person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

_NO_MODIFIER = (
    "and|or|my|to|is|was|with|the|of|for|i|that|about|from|want|wants|will|in|on|at|by|but|if|not|he|she|they|"
    "me|him|her|his|says|said|has|have|do|does|did|can|what|who|when|because|so|your|you|we|as|than|pills|meds|a"
)
_STEMS = {
    "wants": "want", "needs": "need", "wishes": "wish", "feels": "feel", "thinks": "think", "says": "say",
    "keeps": "keep", "hears": "hear", "cuts": "cut", "talks": "talk", "threatens": "threaten", "takes": "take",
    "plans": "plan", "hopes": "hope", "deserves": "deserve", "hates": "hate", "gives": "give", "sees": "see",
    "tries": "try", "prays": "pray", "believes": "believe", "writes": "write", "mentions": "mention",
    "harms": "harm", "hurts": "hurt", "likes": "like", "cares": "care", "starves": "starve", "burns": "burn",
    "wanted": "want", "goes": "go", "intends": "intend", "considers": "consider", "stands": "stand",
}  # fmt: skip
_FIRST_PERSON = {"is": "am", "has": "have", "does": "do", "are": "am"}


def retold(words: str, vocabulary: Mapping[str, re.Pattern[str]]) -> str | None:
    """`words` (folded) with the other person in the first person; None where no other person is meant.

    A "he" or "she" in a sentence about the article, its thread or a work of fiction is nobody near the
    visitor, unless the visitor names one ("my son", "a friend").
    """
    person = _person(vocabulary["rel"].pattern, vocabulary["somebody"].pattern)
    sentences = words.split(" . ")
    named = False
    told = []
    for sentence in sentences:
        if vocabulary["fiction"].search(sentence):
            told.append("-")
            continue
        changed, count = person.subn(_as_speaker, sentence)
        named = named or count > 0
        if named or not vocabulary["talk"].search(sentence):
            changed = _pronouns(changed, named)
        told.append(changed)
    result = _verbs(" . ".join(told))
    return result if named or result != _verbs(words) else None


@cache
def _person(rel: str, somebody: str) -> re.Pattern[str]:
    modifier = rf"(?:(?!(?:{_NO_MODIFIER})\s)[a-z0-9]+ ){{0,4}}"
    kin = rel.removeprefix(r"(?<!\S)(?:").removesuffix(r")(?!\S)")
    one = somebody.removeprefix(r"(?<!\S)(?:").removesuffix(r")(?!\S)")
    return re.compile(
        rf"(?<!\S)(?:(?:one of )?(?:my|our) {modifier}(?:{kin})(?P<owns>s(?= (?!is |has |will |who ))|)|{one})(?: of mine)?(?: who| that)?(?!\S)"
    )


def _as_speaker(person: re.Match[str]) -> str:
    return "my" if person.groupdict().get("owns") else "i"


def _pronouns(sentence: str, named: bool) -> str:
    subjects = r"he|she|they" if named else r"he|she"
    sentence = re.sub(r"\b(?:himself|herself|themselves)\b", "myself", sentence)
    sentence = re.sub(rf"\b(?:{subjects})\b", "i", sentence)
    sentence = re.sub(r"\bher(?= ?(?:$|\.|and|to|if|when|is|was|would|will|that|anymore|because|so|or)(?!\S))", "me", sentence)
    sentence = re.sub(r"\b(?:his|her)\b" if not named else r"\b(?:his|her|their)\b", "my", sentence)
    return re.sub(r"\bhim\b" if not named else r"\b(?:him|them)\b", "me", sentence)


def _verbs(words: str) -> str:
    words = " ".join(_STEMS.get(word, word) for word in words.split(" "))
    return re.sub(r"\bi ((?:just|also|still|really|now) )?(is|has|does|are)\b", lambda m: f"i {m[1] or ''}{_FIRST_PERSON[m[2]]}", words)
