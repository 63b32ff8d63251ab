"""Wrong statements made from right ones: each operator makes one kind of error.

The evaluations plant them to measure the check; the window plants them before an audience, to show it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

from bot.corpus import Collection, spoken_as
from bot.details import FUNCTION_WORDS, NUMBER_WORDS, content_stems, is_negator
from bot.grounding import MIN_QUOTE_WORDS
from bot.overlap import vocabulary
from bot.ownership import SENTENCE_END
from bot.records import Evidence, Statement
from bot.wording import WORD, locate, words

# The wrong statement, or None where the error does not apply to this one.
Operator = Callable[[Statement, Collection, Random], Statement | None]

AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|may|might|must|should|will|would|does|do|did)\b(?! not\b|n['’]t)"
)
DROPPED_NOT = (
    (re.compile(r"\bcan(?:not|['’]?t)\b", re.I), "can"),
    (re.compile(r"\bwon['’]t\b", re.I), "will"),
    (re.compile(r"n['’]t\b"), ""),
    (re.compile(r"(?<!or )\b(?:not|never|no) (?!matter\b|doubt\b)", re.I), ""),
    (re.compile(r"\bno one\b", re.I), "someone"),
    (re.compile(r"\b(?:none|nobody)\b", re.I), "all"),
    (re.compile(r"\bfailed to\b", re.I), "managed to"),
)
WIDENED = {
    "some": "all", "most": "all", "many": "all", "often": "always", "usually": "always", "may": "must",
    "might": "will", "can": "must", "could": "must", "a few": "most", "sometimes": "always",
    "seems to be": "is", "perhaps ": "", "maybe ": "", "seem to": "", "only ": "", "almost ": "",
}  # fmt: skip
OPINIONS = (
    "which is plainly right", "and rightly so", "which is hard to take seriously",
    "an exaggeration if ever there was one", "as every sensible reader will agree",
    "a brave and honest remark", "which goes too far", "and the evidence is on that side",
    "a dangerous claim", "sadly", "which settles the matter", "though this seems biased",
)  # fmt: skip
FEW_WORDS = 20


def _with_text(statement: Statement, text: str) -> Statement | None:
    return statement.model_copy(update={"text": text}) if text != statement.text else None


def _with_quote(statement: Statement, passage: str, quote: str, collection: Collection) -> Statement:
    changed = evidence_of(passage, quote, collection)
    return statement.model_copy(update={"evidence": (changed, *statement.evidence[1:])})


def evidence_of(passage: str, quote: str, collection: Collection) -> Evidence:
    """A quote at its place in a passage; at 0 and 0 where it does not stand there."""
    start, end = locate(quote, collection.by_id[passage].text) or (0, 0)
    return Evidence(passage=passage, quote=quote, start=start, end=end)


def _swap_speaker(statement: Statement, collection: Collection, random: Random) -> Statement:
    other = random.choice([voice for voice in collection.voices if voice.id != statement.voice])
    return statement.model_copy(update={"voice": other.id, "speaker": spoken_as(other)})


def _swap_citation(statement: Statement, collection: Collection, random: Random) -> Statement:
    first = statement.evidence[0]
    other = random.choice([id_ for id_ in collection.by_id if id_ != first.passage])
    moved = _with_quote(statement, other, first.quote, collection)
    voice = collection.speaker(other)
    evidence = moved.evidence[:1]
    return moved.model_copy(update={"voice": voice.id, "speaker": spoken_as(voice), "evidence": evidence})


def _swap_both(statement: Statement, collection: Collection, random: Random) -> Statement:
    """The words are credited to another, and cited at a passage that the other did write."""
    moved = _swap_citation(statement, collection, random)
    first = moved.evidence[0]
    theirs = collection.by_id[first.passage].text
    quote = theirs if len(words(theirs)) <= FEW_WORDS else " ".join(theirs.split()[:FEW_WORDS])
    return _with_quote(moved, first.passage, quote, collection)


def _add_sentence(statement: Statement, collection: Collection, random: Random) -> Statement:
    """Another sentence of the collection is added, and nothing is cited for it."""
    strangers = [p for p in collection.passages if p.voice != statement.voice and not p.quoted]
    sentences = [SENTENCE_END.split(passage.text)[0].strip() for passage in strangers]
    # “Yes!!” by itself claims nothing.
    sentence = random.choice([each for each in sentences if len(words(each)) >= MIN_QUOTE_WORDS] or sentences)
    return statement.model_copy(update={"text": f"{statement.text.rstrip('.')}. {sentence}"})


def _add_opinion(statement: Statement, collection: Collection, random: Random) -> Statement:
    """The guide's own opinion of what is said."""
    return statement.model_copy(update={"text": f"{statement.text.rstrip('.')}, {random.choice(OPINIONS)}"})


def _add_negation(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    places = list(AUXILIARY.finditer(statement.text))
    if not places:
        return _with_text(statement, f"it is not true that {statement.text}")
    place = random.choice(places)
    return _with_text(statement, f"{statement.text[: place.end()]} not{statement.text[place.end() :]}")


def _drop_negation(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    places = [(m, put) for pattern, put in DROPPED_NOT for m in pattern.finditer(statement.text)]
    if not places:
        return None
    place, put = random.choice(places)
    return _with_text(statement, statement.text[: place.start()] + put + statement.text[place.end() :])


def _change_number(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    numbers = [m for m in WORD.finditer(statement.text) if _is_number(m.group())]
    if not numbers:
        return None
    place = random.choice(numbers)
    known = NUMBER_WORDS.get(place.group().casefold())
    others = [word for word, value in NUMBER_WORDS.items() if value != known and value > 1]
    digits = re.sub(r"\d+", lambda m: str(int(m.group()) + random.randint(1, 40)), place.group())
    put = random.choice(others) if known is not None else digits
    return _with_text(statement, statement.text[: place.start()] + put + statement.text[place.end() :])


def _is_number(word: str) -> bool:
    return word[0].isdigit() or (word.casefold() in NUMBER_WORDS and word.casefold() not in ("one", "zero"))


def _change_name(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    proper = _proper(collection)
    named = [
        m for m in WORD.finditer(statement.text) if re.sub(r"['’]s$", "", m.group().casefold()) in proper
    ]
    if not named:
        return None
    place = random.choice(named)
    others = sorted(name for name in proper if name not in statement.text.casefold())
    put = random.choice(others).capitalize()
    return _with_text(statement, statement.text[: place.start()] + put + statement.text[place.end() :])


def _proper(collection: Collection) -> frozenset[str]:
    return vocabulary(collection.hash, tuple(passage.text for passage in collection.passages))[1]


def _replace_word(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    """One content word becomes an unrelated one from anywhere in the collection."""
    own = set(content_stems(statement.text))
    places = [
        m for m in WORD.finditer(statement.text) if content_stems(m.group()) and not _is_number(m.group())
    ]
    texts = " ".join(passage.text for passage in collection.passages)
    lexicon = sorted({w for w in words(texts) if w.isalpha() and len(w) > 3 and w not in FUNCTION_WORDS})
    lexicon = [w for w in lexicon if not is_negator(w) and not own & set(content_stems(w))]
    if not places:
        return None
    place = random.choice(places)
    put = random.choice(lexicon)
    return _with_text(statement, statement.text[: place.start()] + put + statement.text[place.end() :])


def _widen(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    """“some” becomes “all”, “may” becomes “must”, “perhaps” goes."""
    places = [
        (m, put) for old, put in WIDENED.items() for m in re.finditer(rf"\b{old}(?!\w)", statement.text, re.I)
    ]
    if not places:
        return None
    place, put = random.choice(places)
    return _with_text(statement, statement.text[: place.start()] + put + statement.text[place.end() :])


def _stitch(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    """The first half of the quote, an ellipsis, and half a quote from another passage."""
    first = statement.evidence[0]
    other = random.choice([passage for passage in collection.passages if passage.id != first.passage])
    ours, theirs = first.quote.split(), other.text.split()
    end = " ".join(theirs[-max(3, len(ours) // 2) :])
    if end in " ".join(collection.by_id[first.passage].text.split()):
        # The passage says that too: nothing would be wrong.
        return None
    quote = " ".join(ours[: max(3, len(ours) // 2)]) + " … " + end
    return _with_quote(statement, first.passage, quote, collection)


def _gut(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    """One word taken out of the middle of the quote."""
    first = statement.evidence[0]
    tokens = first.quote.split()
    if len(tokens) <= MIN_QUOTE_WORDS + 1:
        return None
    out = random.randrange(1, len(tokens) - 1)
    return _with_quote(statement, first.passage, " ".join(tokens[:out] + tokens[out + 1 :]), collection)


def _swap_words(statement: Statement, collection: Collection, random: Random) -> Statement | None:
    """Two content words change places: who does what to whom."""
    places = [m for m in WORD.finditer(statement.text) if content_stems(m.group())]
    different = [(a, b) for a in places for b in places if a.start() < b.start() and a.group() != b.group()]
    if not different:
        return None
    a, b = random.choice(different)
    text = statement.text
    swapped = text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]
    return _with_text(statement, swapped)


def _unchanged(statement: Statement, collection: Collection, random: Random) -> Statement:
    return statement.model_copy(update={"text": f"{statement.text} "})


OPERATORS: Mapping[str, Operator] = {
    "speaker swapped": _swap_speaker,
    "citation swapped": _swap_citation,
    "speaker and citation swapped": _swap_both,
    "uncited sentence added": _add_sentence,
    "opinion added": _add_opinion,
    "negation added": _add_negation,
    "negation dropped": _drop_negation,
    "number changed": _change_number,
    "name changed": _change_name,
    "one word replaced": _replace_word,
    "reach widened": _widen,
    "quote stitched": _stitch,
    "word cut from quote": _gut,
    "unread passage": _unchanged,
    "two words swapped": _swap_words,
}
# What the text and the record decide without any reading: not one may get through.
EXACT = frozenset(
    {
        "speaker swapped",
        "citation swapped",
        "speaker and citation swapped",
        "quote stitched",
        "word cut from quote",
        "unread passage",
        "uncited sentence added",
    }
)
KNOWN_BLIND = frozenset({"two words swapped"})
