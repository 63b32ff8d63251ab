"""The details that a paraphrase must not invent, lose or turn round: numbers, names and negations.

Overlap of words cannot see these (on altered content it does no better than chance, see
`docs/check.md`), so each has a small rule of its own. Every rule is pure and reads two texts:
the statement, and the words that are its evidence.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache

from bot.wording import WORD, stem, words

NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty".split()
    )
} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
}
# “one” is mostly a pronoun here (“when one is noisy”), so it is no number.
NOT_NUMBERS = {"one", "zero"}
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")

NEGATORS = frozenset(
    "no not never none nobody nothing nowhere neither nor without cannot hardly barely scarcely nope "
    # “I disagree there are insane societies” must not carry “there are insane societies”.
    "disagree disagrees deny denies doubt doubts reject rejects".split()
)
CLAUSE_END = re.compile(r"[.,;:!?—–()…]|\s-\s|\b(?:but|because|although|though|while|whereas|unless)\b", re.I)
NEGATION_REACH = 4

FUNCTION_WORDS = frozenset(
    """a an the this that these those it its he his him she her they their them we us our you your i me my
    one ones oneself itself himself herself themselves who whom whose which what when where why how if then
    than as at by for from in into of off on onto out over per to up with within about above after against
    among around before behind below between beyond during through toward towards under until upon
    via and or but nor so yet both either neither not no never none cannot
    is are was were be been being am do does did doing done have has had having
    can could may might must shall should will would ought
    there here also too very just only even still more most less least much many some any all each every such
    own other others another same s t re ve ll d m n't isn't aren't wasn't weren't don't doesn't didn't can't
    couldn't won't wouldn't shouldn't hasn't haven't hadn't it's that's there's""".split()
)


def new_numbers(statement: str, evidence: str) -> list[str]:
    """Numbers in the statement that the evidence lacks, “58” and “fifty-eight” alike."""
    known = _numbers(evidence)
    return sorted(_numbers(statement) - known)


def new_names(statement: str, evidence: str, proper: Container[str] = ()) -> list[str]:
    """Names in the statement that the evidence lacks.

    A name is a capitalised word that does not open a sentence, or a word of `proper` (casefolded
    words that the collection only ever writes with a capital) wherever it stands.
    """
    known = {stem(word) for word in words(evidence)}
    found = []
    for match in WORD.finditer(statement):
        word = match.group()
        folded = re.sub(r"['’]s$", "", word).casefold()
        named = folded in proper or (word[0].isupper() and not _opens_sentence(statement, match.start()))
        if named and folded not in {"i", "i'm", "i've"} and stem(folded) not in known:
            found.append(word)
    return found


def turned_negations(statement: str, evidence: str) -> list[str]:
    """Words whose negation the statement adds, drops or moves, as seen from the evidence.

    A word counts as negated when one of the next few words after a negator in its clause. A word
    of the statement is turned when the evidence holds the same word, but never with that polarity.
    A negator in the statement where the evidence has none at all is reported as itself.
    """
    in_statement, in_evidence = _polarities(statement), _polarities(evidence)
    turned = [
        word
        for word, polarity in in_statement.items()
        if word in in_evidence and not polarity & in_evidence[word]
    ]
    if turned:
        return sorted(turned)
    added = [word for word in words(statement) if is_negator(word)]
    return [] if any(is_negator(word) for word in words(evidence)) else sorted(set(added))


def is_negator(word: str) -> bool:
    """Whether a casefolded word negates: “not”, “never”, “don't”, …"""
    return word in NEGATORS or word.endswith("n't")


def content_stems(text: str) -> list[str]:
    """The stems of a text's words that carry meaning, in order."""
    return [stem(word) for word in words(text) if word not in FUNCTION_WORDS and not is_negator(word)]


def _numbers(text: str) -> set[str]:
    digits = {match.group().replace(",", "") for match in DIGITS.finditer(text)}
    spelt = {NUMBER_WORDS[word] for word in words(text) if word in NUMBER_WORDS and word not in NOT_NUMBERS}
    return digits | spelt


def _opens_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" “”\"'‘’([\n")
    return not before or before[-1] in ".!?:…"


@lru_cache(maxsize=4096)
def _polarities(text: str) -> dict[str, set[bool]]:
    """For each content stem, whether it stands negated, plain, or both."""
    polarities: dict[str, set[bool]] = {}
    for clause in CLAUSE_END.split(text):
        reach = 0
        for word in words(clause):
            if is_negator(word):
                reach = NEGATION_REACH
                continue
            if word not in FUNCTION_WORDS:
                polarities.setdefault(stem(word), set()).add(reach > 0)
            reach -= 1
    return polarities
