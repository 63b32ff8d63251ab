"""What of a message the care screen reads: the visitor's own speech, apart from what it only mentions.

Folded words go in and come out. Quotations from the debate or from fiction, figures of speech, topic
talk, bereavement and old wounds are set aside; clauses about the article can be cut away. Pure.
"""

from __future__ import annotations

import re

from bot.folding import fold, plain_letters, quoted_spans
from bot.phrases import Rulebook
from bot.retelling import retold, spoken

_QUESTION = re.compile(
    r" (?=(?:who|what|which|where|why|does|did|do (?:the|any|people)|(?:is|are) there|(?:can|could) you) )"
)
_CLAUSES = re.compile(
    r" \. | (?=(?:but|because|also|though|however|anyway|meanwhile|plus|and (?:i|my|now))\b)"
)
_ASKING = re.compile(
    r"\b(?:tell|show|give|remind|help) me\b|\b(?:can|could|may|do|if|where|how) i (?:find|read|see)\b"
    r"|\bi (?:want|would like|wonder|am wondering|am curious|am asking|need)\b"
    r"(?: (?:to know|to see|to read|about)\b)?"
)
_TOLD_ME = re.compile(
    r"\b(?:told|tells|texted|messaged|sent|showed|wrote|called|asked|says to|made|makes) me\b"
)
_AFTER_COLON = re.compile(r": *([^:]{3,})$")
_REPORTS = re.compile(
    r"\b(?:he|she|they) (?:\S+ ){0,4}?(?:says?|said|wrote|writes|texted|texts|messaged|posted|told|tells"
    r"|whispered|screamed|shouted|sent|asked|left|put|mumbled|repeats|keeps saying)\b"
)
_VISITOR = re.compile(r"\b(i|me|my|myself)\b")


def personal(sentence: str) -> bool:
    """Whether `sentence` says something of the visitor, not counting "tell me" and "I want to know"."""
    return re.search(r"\b(i|my|me)\b", _ASKING.sub("", sentence)) is not None


def plainly_debate(book: Rulebook, words: str) -> bool:
    """Whether `words` ask about the debate and say nothing of the visitor."""
    about = book.debate.search(words) or book.subject.search(words)
    return about is not None and not personal(words)


def own_words(book: Rulebook, message: str, words: str) -> str:
    """`message` without what it quotes from the debate or from fiction; `words` is the message folded."""
    spans = quoted_spans(message)
    if not spans or not (book.words["talk"].search(words) or book.words["fiction"].search(words)):
        return message
    if book.words["rel"].search(words):
        return message
    straight = plain_letters(message)
    for span in spans:
        straight = straight.replace(plain_letters(span).strip(), " . ")
    return straight


def own_speech(book: Rulebook, message: str) -> tuple[str, bool]:
    """The visitor's own folded speech; whether it speaks of someone bereaved or of an old wound."""
    own = own_words(book, message, fold(message, book.lexicon))
    return set_aside(book, spoken(fold(own, book.lexicon), book))


def cut_apart(book: Rulebook, message: str) -> str:
    """`message` folded, cut at commas and before question words too: haste runs a question about the
    article and a cry for help into one sentence."""
    words = fold(re.sub(r"[,:()]|\s[-\u2013\u2014]\s|\u2014", " . ", message), book.lexicon)
    return spoken(_QUESTION.sub(" . ", words), book)


def away_from_debate(book: Rulebook, words: str) -> str:
    """The clauses of `words` that are not about the article, its thread or its subject."""
    clauses = _CLAUSES.split(words)
    return " . ".join(c for c in clauses if not book.debate.search(c) and not book.subject.search(c))


def set_aside(book: Rulebook, words: str) -> tuple[str, bool]:
    """`words` without figures of speech, topic talk, bereavement and old wounds; whether any of the
    last two was there."""
    kept, gentle = [], False
    for sentence in book.harmless.sub("-", words).split(" . "):
        if not book.words["recent"].search(sentence):
            sentence, losses = book.grief.subn("-", sentence)
            gentle |= losses > 0
            if book.words["longago"].search(sentence):
                past = book.old_wounds.sub(lambda m: _if_past(book, m), sentence)
                gentle |= past != sentence
                sentence = past
        kept.append(sentence)
    return " . ".join(kept), gentle


def speech_for_hints(book: Rulebook, message: str) -> str:
    """What the second net reads of `message`; "" where the message is a plain question about the debate.

    Of a message that asks about the debate, only the clauses that do not are read, and only if they
    speak of the visitor or of somebody near.
    """
    words = fold(message, book.lexicon)
    if plainly_debate(book, words) and not book.kin.search(words):
        return ""
    if not book.debate.search(words):
        return own_speech(book, message)[0]
    own = own_words(book, message, words)
    rest = away_from_debate(book, set_aside(book, cut_apart(book, own))[0])
    return rest if personal(rest) or book.kin.search(rest) else ""


def before_report(book: Rulebook, message: str) -> str | None:
    """`message` folded without the words that it reports ("my kid wrote 'I want to die'"); None where
    it reports nobody's."""
    rest = plain_letters(message)
    for span in [*quoted_spans(rest), *_AFTER_COLON.findall(rest)]:
        rest = rest.replace(span, "")
    if rest == plain_letters(message):
        return None
    words = fold(rest, book.lexicon)
    someone = book.stranger.sub("she", book.kin.sub("she", words))
    return words if _REPORTS.search(someone) else None


def of_another(book: Rulebook, speech: str) -> bool:
    """Whether `speech` tells of somebody near the visitor, and not of the visitor."""
    if retold(speech, book) is None:
        return False
    return _VISITOR.search(without_others(book, speech)) is None


def without_others(book: Rulebook, speech: str) -> str:
    """`speech` with every mention of another person, and of what that person told the visitor, blotted."""
    return _TOLD_ME.sub("-", book.stranger.sub("-", book.kin.sub("-", speech)))


def _if_past(book: Rulebook, wound: re.Match[str]) -> str:
    before = " ".join(wound.string[: wound.start()].split()[-3:])
    return wound.group() if book.words["presently"].search(before) else "-"
