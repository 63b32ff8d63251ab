"""How much of a statement's wording its evidence carries: idf-weighted containment.

Each content word of the statement weighs its inverse document frequency over the collection's
passages; the score is the share of that weight which also stands, by stem, in the evidence.
The idea is the “informativeness-weighted” overlap long used in answer validation (e.g. Rodrigo
et al., CLEF 2007); the threshold is measured in `docs/check.md`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from bot.details import FUNCTION_WORDS, content_stems
from bot.wording import WORD, stem, words

# “believes that …”: an opening that only puts a claim into a voice's mouth.
FRAMING = re.compile(
    r"(?:says|argues|thinks|believes|claims|states|notes|writes|holds|asks) (?:that|how|why|whether)\b"
)
PLAIN_SIGNS = frozenset(" ,.;:!?…()%&$/-–—'’‘“”\"")
MIN_SLIP_LETTERS = 5
# Longer statements are not tried for words that changed places: the cost grows with the square.
MOST_ORDERED = 40


def idf(texts: Iterable[str]) -> Mapping[str, float]:
    """Inverse document frequency of every stem over the texts, in nats, always above 0."""
    documents = [set(content_stems(text)) for text in texts]
    counts = Counter(word for document in documents for word in document)
    return {word: math.log(1 + len(documents) / count) for word, count in counts.items()}


def containment(statement: str, evidence: str, weights: Mapping[str, float]) -> float:
    """The share, 0 to 1, of the statement's weighted content words that the evidence holds.

    A word that no passage knows weighs as much as the rarest. A statement without content words
    claims nothing and scores 1.
    """
    unknown = max(weights.values(), default=1.0)
    held = set(content_stems(evidence))
    total = carried = 0.0
    for word in set(content_stems(statement)):
        weight = weights.get(word, unknown)
        total += weight
        carried += weight if word in held else 0.0
    return carried / total if total else 1.0


def unframed(statement: str, speaker: str = "") -> str:
    """A statement without an opening such as “says that”, which no evidence needs to hold.

    The speaker may stand before it (“Birdsong says that”), and goes with it only: in front of any other
    verb the label would be the subject of a claim.
    """
    named = re.match(rf"{re.escape(speaker)},?\s+", statement, re.I) if speaker else None
    framed = FRAMING.match(statement, named.end()) if named else FRAMING.match(statement)
    return statement[framed.end() :] if framed else statement


def foreign_words(statement: str, evidence: str) -> list[str]:
    """The statement's content words, in order, that the evidence does not hold by stem."""
    held = set(content_stems(evidence))
    return [word for word in words(statement) if any(s not in held for s in content_stems(word))]


def foreign_signs(statement: str, evidence: str) -> list[str]:
    """Signs that plain prose does not need and the evidence lacks: markup, addresses, hidden characters."""
    return [sign for sign in statement if not (sign.isalnum() or sign in PLAIN_SIGNS or sign in evidence)]


def swapped_words(statement: str, evidence: str) -> tuple[str, str] | None:
    """Two stems of the statement that only need to change places for it to read as the evidence does.

    “The society charges the institution” is made of the words of “the institution charges the society”.
    One word that merely moved is no swap. Nor is a passive, which a “by” in one text alone gives away.
    """
    ours = content_stems(statement)
    theirs = [word for word in content_stems(evidence) if word in ours]
    passive = ("by" in words(statement)) != ("by" in words(evidence))
    if (
        passive
        or len(ours) > MOST_ORDERED
        or set(ours) - set(theirs)
        or _in_order(ours, theirs) > len(ours) - 2
    ):
        return None
    for first, second in combinations(range(len(ours)), 2):
        swapped = ours.copy()
        swapped[first], swapped[second] = ours[second], ours[first]
        remaining = iter(theirs)
        if all(word in remaining for word in swapped):
            return ours[first], ours[second]
    return None


def _in_order(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """The length of the longest common subsequence: how many of our words stand there in our order."""
    row = [0] * (len(theirs) + 1)
    for word in ours:
        diagonal = 0
        for at, other in enumerate(theirs, start=1):
            above = row[at]
            row[at] = diagonal + 1 if word == other else max(above, row[at - 1])
            diagonal = above
    return row[-1]


def mended(evidence: str, statement: str, weights: Mapping[str, float]) -> str:
    """The evidence with its misspelt words put as the statement spells them.

    A word of the evidence is taken for a slip where its stem stands in one passage only, and the
    statement has, one letter away, a word that the collection knows: “meassured” is “measured”.
    """
    rare = max(weights.values(), default=0.0)
    right = [
        w for w in foreign_words(statement, evidence) if stem(w) in weights and len(w) >= MIN_SLIP_LETTERS
    ]
    slips = {
        word: right_word
        for word in set(words(evidence)) - FUNCTION_WORDS
        for right_word in right
        if weights.get(stem(word), 0.0) == rare and _one_slip_apart(word, right_word)
    }
    return WORD.sub(lambda match: slips.get(match.group().casefold(), match.group()), evidence)


def _one_slip_apart(word: str, other: str) -> bool:
    """Whether one letter added, lost, changed or swapped with its neighbour makes one word of the other."""
    if word[0] != other[0]:
        return False
    alike = next(
        (i for i in range(min(len(word), len(other))) if word[i] != other[i]), min(len(word), len(other))
    )
    rest, other_rest = word[alike:], other[alike:]
    added, lost, changed = rest[1:] == other_rest, rest == other_rest[1:], rest[1:] == other_rest[1:]
    return added or lost or changed or rest[1::-1] + rest[2:] == other_rest


@lru_cache(maxsize=8)
def vocabulary(_hash: str, texts: tuple[str, ...]) -> tuple[Mapping[str, float], frozenset[str]]:
    """Word weights, and the words that are only ever written with a capital inside a sentence."""
    capital, small = set[str](), set[str]()
    for text in texts:
        for match in WORD.finditer(text):
            word = match.group()
            before = text[: match.start()].rstrip(" “”\"'‘’([\n")
            if not word[0].isupper():
                small.add(word.casefold())
            elif not word.isupper() and before and before[-1] not in ".!?:…":
                capital.add(re.sub(r"['’]s$", "", word).casefold())
    return idf(texts), frozenset(capital - small)
