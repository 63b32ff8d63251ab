"""A message about another person, told as if that person spoke.

"my brother says he will kill himself" becomes "i say i will kill myself", so that every rule of the
care screen is written once, in the first person.
"""

from __future__ import annotations

import re

from bot.phrases import Rulebook

_STEMS = {
    "wants": "want", "needs": "need", "wishes": "wish", "feels": "feel", "thinks": "think", "says": "say",
    "keeps": "keep", "hears": "hear", "cuts": "cut", "talks": "talk", "threatens": "threaten",
    "takes": "take", "plans": "plan", "hopes": "hope", "deserves": "deserve", "hates": "hate",
    "gives": "give", "sees": "see",
    "tries": "try", "prays": "pray", "believes": "believe", "writes": "write", "mentions": "mention",
    "harms": "harm", "hurts": "hurt", "likes": "like", "cares": "care", "starves": "starve", "burns": "burn",
    "wanted": "want", "goes": "go", "intends": "intend", "considers": "consider", "stands": "stand",
}  # fmt: skip
_FIRST_PERSON = {"is": "am", "has": "have", "does": "do", "are": "am"}


_STARTERS = (
    r"(?:just|so|honestly|fuck|god|lol|ok|okay|well|now|still|really|and|but|yeah|yes|literally|please|help) "
)


def spoken(words: str, book: Rulebook) -> str:
    """`words` (folded) with the "i" or "i am" that hasty sentences leave out."""
    sentences = words.split(" . ")
    return " . ".join(_with_subject(sentence, book) for sentence in sentences)


def retold(words: str, book: Rulebook) -> str | None:
    """`words` (folded) with the other person in the first person; None where no other person is meant.

    A "he" or "she" in a sentence about the article, its thread or a work of fiction is nobody near the
    visitor, unless the visitor names one ("my son", "a friend").
    """
    invented = book.words["fiction"].search(words) is not None
    named = False
    told = []
    for sentence in words.split(" . "):
        changed, count = book.kin.subn("i", sentence)
        about_debate = book.words["talk"].search(sentence) is not None
        example = invented or book.debate.search(sentence) or book.subject.search(sentence)
        if not example:
            changed, strangers = book.stranger.subn("i", changed)
            count += strangers
        named = named or count > 0
        someone = not example or (not invented and re.search(r"\b(?:he|she)\b", changed) is not None)
        if named or (someone and not about_debate):
            changed = _pronouns(changed, named)
        told.append(changed)
    result = _verbs(" . ".join(told))
    return result if named or result != _verbs(words) else None


def _with_subject(sentence: str, book: Rulebook) -> str:
    start = re.match(rf"(?:{_STARTERS})*", sentence)
    at = start.end() if start else 0
    for missing, pattern in (("i am ", book.no_subject_am), ("i ", book.no_subject)):
        if pattern.match(sentence, at):
            return f"{sentence[:at]}{missing}{sentence[at:]}"
    return sentence


def _pronouns(sentence: str, named: bool) -> str:
    subjects = r"he|she|they" if named else r"he|she"
    sentence = re.sub(r"\b(?:himself|herself|themselves)\b", "myself", sentence)
    sentence = re.sub(rf"\b(?:{subjects})\b", "i", sentence)
    sentence = re.sub(
        r"\bher(?= ?(?:$|\.|and|to|if|when|is|was|would|will|that|anymore|because|so|or)(?!\S))",
        "me",
        sentence,
    )
    sentence = re.sub(r"\b(?:his|her)\b" if not named else r"\b(?:his|her|their)\b", "my", sentence)
    return re.sub(r"\bhim\b" if not named else r"\bhim\b|(?<!of )(?<!took )(?<!all )\bthem\b", "me", sentence)


def _verbs(words: str) -> str:
    words = " ".join(_STEMS.get(word, word) for word in words.split(" "))
    return re.sub(
        r"\bi ((?:just|also|still|really|now) )?(is|has|does|are)\b",
        lambda m: f"i {m[1] or ''}{_FIRST_PERSON[m[2]]}",
        words,
    )
