"""The details that a paraphrase must not invent: numbers, names, and how far a claim reaches.

Overlap of words cannot see these (on altered content it does no better than chance, see
`docs/check.md`), so each has a small rule of its own. Every rule is pure and reads two texts:
the statement, and the words that are its evidence. Negation has a module to itself.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from bot.wording import WORD, stem, words

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
NUMBER_WORDS: dict[str, int] = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
    **SCALES,
}
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_PERCENT = re.compile(r"(\d)\s*(?:%|per ?cent\b)", re.I)
_COUNTED_ONE = re.compile(r"\b(?:at least|at most|exactly|only) one\b", re.I)

# Words that negate by themselves. “I disagree there are insane societies” must not carry
# “there are insane societies”, so verbs that deny are among them.
NEGATORS = frozenset(
    "no not never none nobody nothing nowhere neither nor without cannot hardly barely scarcely nope "
    "disagree disagrees deny denies doubt doubts reject rejects".split()
)

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

# Short words that say how far a claim reaches: a statement may use one only where its evidence
# does. Words on one line stand in for each other.
REACH = """
all every each everyone everybody everything always
must shall should ought
will would
can could able
may might
never
none nobody nothing no nowhere
most mostly
more
less
least
few fewer
much many
some
any
only just merely simply solely
not-only
not-all
both
before
after
until
against
""".strip().splitlines()
_REACH_OF: dict[str, str] = {word: line for line in REACH for word in line.split()}
# “one can agree” and “one may think” are how a claim puts a voice's own “I agree” and “I think”.
_ONE_CAN = re.compile(r"\bone (?:can|may|might)\b", re.I)
_NEGATED_CAN = re.compile(r"\bcan(?:not|['’]?t)\b", re.I)
_SHORTENED = re.compile(r"'(?:s|re|ve|d|m|ll)$")
# “not only” and “not all” are units: the “only” in them is no “only”.
_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely|simply|solely)\b", re.I)
_NOT_ALL = re.compile(r"\bnot (?:all|every|everyone|everybody|everything|always)\b", re.I)
_SHORT_WILL = re.compile(r"\bwon['’]?t\b|['’]ll\b", re.I)


def content_stems(text: str) -> list[str]:
    """The stems of a text's words that carry meaning, in order; “they're” counts as “they”."""
    return [found for word in words(text) if (found := _content_stem(word))]


# Texts are many and their words few.
@lru_cache(maxsize=32768)
def _content_stem(word: str) -> str:
    """The stem of a word that carries meaning, else ""."""
    plain = word if is_negator(word) else _SHORTENED.sub("", word)
    return "" if plain in FUNCTION_WORDS or is_negator(plain) else stem(plain)


def is_negator(word: str) -> bool:
    """Whether a casefolded word negates: “not”, “never”, “don't”, …"""
    return word in NEGATORS or word.endswith("n't")


def new_numbers(statement: str, evidence: str) -> list[str]:
    """Numbers in the statement that the evidence lacks, “58” and “fifty-eight” alike.

    “one” is mostly a pronoun (“when one is noisy”): it counts only after words such as “at least”.
    """
    return sorted(_numbers(statement) - _numbers(evidence))


def new_names(statement: str, evidence: str, proper: Container[str] = ()) -> list[str]:
    """Names in the statement that the evidence lacks.

    A name is a capitalised word that does not open a sentence, or a word of `proper` (casefolded
    words that the collection only ever writes with a capital) wherever it stands.
    """
    known = {stem(word) for word in words(evidence)}
    found = []
    for match in WORD.finditer(statement):
        word = match.group()
        folded = re.sub(r"'s$", "", word.replace("’", "'")).casefold()
        named = folded in proper or (word[0].isupper() and not _opens_sentence(statement, match.start()))
        if named and folded.split("'")[0] != "i" and stem(folded) not in known:
            found.append(word)
    return found


def new_reach(statement: str, evidence: str) -> list[str]:
    """Words in the statement that stretch a claim (“all”, “must”, “only”) and that the evidence lacks."""
    known = {_REACH_OF[word] for word in _reaching(evidence)}
    return [word for word in _reaching(_ONE_CAN.sub("one", statement)) if _REACH_OF[word] not in known]


def _reaching(text: str) -> Iterator[str]:
    text = _SHORT_WILL.sub(" will", _NEGATED_CAN.sub("can not", text))
    for pattern, unit in ((_NOT_ONLY, "not-only"), (_NOT_ALL, "not-all")):
        if pattern.search(text):
            yield unit
            text = pattern.sub(" ", text)
    yield from (word for word in words(text) if word in _REACH_OF)


def _numbers(text: str) -> set[str]:
    text = _COUNTED_ONE.sub("1", _PERCENT.sub(r"\1 percent ", text))
    digits = {match.group().replace(",", "") for match in DIGITS.finditer(text)}
    percents = {f"{value.replace(',', '')}%" for value in re.findall(r"([\d.,]*\d) percent ", text)}
    return digits | percents | {str(value) for value in _spelt_numbers(words(text))}


def _spelt_numbers(in_words: list[str]) -> Iterator[int]:
    """The values of number words: “fifty eight” is 58, “two hundred” 200, a lone “one” nothing."""
    run: list[str] = []
    for word in [*in_words, ""]:
        if word in NUMBER_WORDS and _goes_on(run, word):
            run.append(word)
            continue
        if run and run not in (["one"], ["zero"]):
            yield _value(run)
        run = [word] if word in NUMBER_WORDS else []


def _goes_on(run: list[str], word: str) -> bool:
    return not run or word in SCALES or run[-1] in SCALES or (run[-1] in _TENS and word in _UNITS[1:10])


def _value(run: list[str]) -> int:
    total = group = 0
    for word in run:
        if word == "hundred":
            group = (group or 1) * SCALES[word]
        elif word in SCALES:
            total, group = total + (group or 1) * SCALES[word], 0
        else:
            group += NUMBER_WORDS[word]
    return total + group


def _opens_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" “”\"'‘’([\n")
    return not before or before[-1] in ".!?:…"
