"""The care screen: tried on every message before anything else, without a model.

`screen` says whether a message speaks of a life in danger, asks for medical advice, or neither; what is
then said is in bot/care.py. It would rather answer one figure of speech with care too many than miss one
person who meant it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from bot.folding import fold, plain_letters
from bot.hints import Heard, endangered
from bot.phrases import Rule, Rulebook, rulebook
from bot.reading import (
    away_from_debate,
    before_report,
    cut_apart,
    of_another,
    own_words,
    personal,
    plainly_debate,
    set_aside,
    speech_for_hints,
    without_others,
)
from bot.records import Record
from bot.retelling import retold, spoken

CRISIS_LASTS = 3
# A sentence of so few words (“Should I?”) may ask about what the one before it says.
_LEANING_WORDS = 5
_PRESSING_WORDS = 14
_HINTS_NEEDED = 2
_HINTS_WITHIN = 120
_HINT = "hint-"
_BY_HINT = ("hint",)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_GENTLE, _AFTER, _AGGRIEVED = "gentle", "after", "aggrieved"
# Anything that may be a question, so that only what is plainly none goes unanswered.
_ASKS = re.compile(
    r"\?|\b(?:what|which|who|whom|whose|why|how|when|where|tell me|show me|does|do (?:you|they|people|any)|"
    r"article|comments?|author|levine|psychiatr\w+|healers?)\b",
    re.I,
)

# What is heard of a message, the rules that fired among it -> whether a life is in danger
SecondNet = Callable[[Heard, Rulebook], bool]


class Concern(StrEnum):
    NONE = "none"
    CRISIS = "crisis"
    ADVICE = "advice"


class Screening(Record):
    """What the screen found in one message.

    `variant` names the fixed text (see bot/care.py). With Concern.NONE the question is answered, and `notice`
    is a word to put first, or "": "gentle" for someone sad, bereaved or with an old wound, "after" for
    a question that follows a crisis, "aggrieved" for anger or grief about one's own treatment.
    `matched` holds names of rules, never the visitor's words. `wants_debate`: the message also asks what
    people here said, so that a guide may answer that after the notice; always False in a crisis.
    `only_told`: a gentle word is all that is called for, as the message asks nothing.
    """

    concern: Concern
    variant: str = ""
    matched: tuple[str, ...] = ()
    wants_debate: bool = False
    only_told: bool = False


def screen(message: str, history: Sequence[str] = ()) -> Screening:
    """What `message` calls for. `history` holds the visitor's own earlier messages, oldest first.

    A crisis lasts for the next three messages of the visitor, a request for advice included; one that is
    plainly a question about the debate is answered, after a word that help is still there. Deterministic;
    any text is accepted. The first call reads the rules and the weights of the second net (bot/hints.py),
    which hears hints that no rule lists, and which may say of a message for which a rule fired that it
    means something else.
    """
    return screen_with(rulebook(), message, history, endangered)


def screen_with(
    book: Rulebook, message: str, history: Sequence[str] = (), second_net: SecondNet | None = None
) -> Screening:
    """`screen` by a given rulebook, with no second net unless one is given."""
    found = _alone(book, message, second_net)
    if found.concern is Concern.CRISIS and found.matched != _BY_HINT:
        return found
    words = fold(message, book.lexicon)
    before = next(
        (each for each in _recent(book, history, second_net) if each.concern is Concern.CRISIS), None
    )
    if before is not None:
        if found.concern is Concern.NONE and plainly_debate(book, words):
            return found.model_copy(update={"variant": _AFTER})
        return Screening(concern=Concern.CRISIS, variant=before.variant, matched=("earlier-crisis",))
    if found.concern is Concern.CRISIS:
        return found
    if found.concern is Concern.NONE and history and _presses(book, words):
        before = _alone(book, history[-1], second_net)
        if before.concern is Concern.ADVICE:
            return before.model_copy(update={"matched": ("earlier-request",), "wants_debate": False})
    return found


def _recent(book: Rulebook, history: Sequence[str], second_net: SecondNet | None) -> Iterator[Screening]:
    """What each of the visitor's last messages called for, the latest first."""
    return (_alone(book, earlier, second_net) for earlier in reversed(history[-CRISIS_LASTS:]))


def _alone(book: Rulebook, message: str, second_net: SecondNet | None) -> Screening:
    """What `message` calls for by itself."""
    words = fold(message, book.lexicon)
    crisis, gentle = _by_rule(book, message, words)
    asked = tuple(rule for rule in book.advice if _asks(book, rule, words))
    if second_net is not None:
        heard = heard_of(book, message, crisis.matched if crisis else (), bool(asked))
        if not second_net(heard, book):
            crisis = crisis if crisis and _stands_alone(book, message, second_net) else None
        elif crisis is None:
            variant = "other" if of_another(book, heard.speech or words) else "self"
            crisis = Screening(concern=Concern.CRISIS, variant=variant, matched=_BY_HINT)
    if crisis is not None:
        return crisis
    wants_debate = book.debate.search(words) is not None
    if asked:
        return Screening(
            concern=Concern.ADVICE,
            variant=asked[0].variant,
            matched=tuple(rule.name for rule in asked),
            wants_debate=wants_debate,
        )
    low = book.low.search(words) is not None
    aggrieved = _AGGRIEVED if book.aggrieved.search(words) else ""
    return Screening(
        concern=Concern.NONE,
        variant=_GENTLE if gentle or (low and not aggrieved) else aggrieved,
        wants_debate=wants_debate,
        only_told=low and not aggrieved and not wants_debate and _ASKS.search(message) is None,
    )


def _stands_alone(book: Rulebook, message: str, second_net: SecondNet) -> bool:
    """Whether one sentence of several is a crisis by itself: nothing around it may talk that away."""
    sentences = _SENTENCES.split(message.strip())
    if len(sentences) < 2:
        return False
    for sentence in sentences:
        crisis, _ = _by_rule(book, sentence, fold(sentence, book.lexicon))
        if crisis is not None and second_net(heard_of(book, sentence, crisis.matched, advice=False), book):
            return True
    return False


def heard_of(book: Rulebook, message: str, rules: tuple[str, ...], advice: bool) -> Heard:
    """What the second net is told of `message`, for which `rules` fired."""
    return Heard(
        words=fold(message, book.lexicon),
        speech=speech_for_hints(book, message),
        letters=plain_letters(message),
        rules=rules,
        broad=all(name in book.broad or name.startswith(_HINT) for name in rules) and bool(rules),
        advice=advice,
    )


def _by_rule(book: Rulebook, message: str, words: str) -> tuple[Screening | None, bool]:
    """The crisis that the rules find, if any; whether somebody bereaved or an old wound is spoken of."""
    own = own_words(book, message, words)
    speech, gentle = set_aside(book, spoken(fold(own, book.lexicon), book))
    crisis = _crisis(book, speech, plain_letters(message))
    if crisis is None and (book.debate.search(words) or book.subject.search(words)):
        crisis = _crisis(book, set_aside(book, cut_apart(book, own))[0], "")
    if crisis is not None and crisis.variant == "self" and _said_by_another(book, message):
        crisis = crisis.model_copy(update={"variant": "other"})
    return crisis, gentle


def _crisis(book: Rulebook, speech: str, letters: str) -> Screening | None:
    others = retold(speech, book)
    theirs = without_others(book, speech)
    near = {"self": speech, "other": others or "", "script": letters}
    away = {reading: away_from_debate(book, text) for reading, text in near.items()}
    fired: list[tuple[Rule, str]] = []
    for rule in book.crisis:
        for reading in rule.reads:
            match = rule.pattern.search((away if rule.away_from_debate else near)[reading])
            if match:
                fired.append(
                    (rule, _variant(rule, reading, f"{match.group()} . {theirs}", others is not None))
                )
                break
    if not fired:
        return _hinted(book, away["self"])
    names = tuple(rule.name for rule, _ in fired)
    return Screening(concern=Concern.CRISIS, variant=fired[0][1], matched=names)


def _said_by_another(book: Rulebook, message: str) -> bool:
    """Whether the message reports another person's words, and is no crisis without them."""
    rest = before_report(book, message)
    return rest is not None and _crisis(book, rest, "") is None


def _hinted(book: Rulebook, speech: str) -> Screening | None:
    """A crisis where hints of two kinds meet in a message of common length that speaks of the visitor."""
    if len(speech.split()) > _HINTS_WITHIN or not re.search(r"\b(i|me|my)\b", speech):
        return None
    kinds = [kind for kind, hint in book.hints.items() if hint.search(speech)]
    if len(kinds) < _HINTS_NEEDED:
        return None
    names = tuple(f"{_HINT}{kind}" for kind in kinds)
    return Screening(concern=Concern.CRISIS, variant="self", matched=names)


def _variant(rule: Rule, reading: str, speech: str, about_another: bool) -> str:
    """The text to show: a danger to oneself that is told of another person is that other's."""
    if rule.variant not in ("self", "unreal"):
        return rule.variant
    impersonal = reading == "self" and not re.search(r"\b(i|me|my|myself)\b", speech)
    return "other" if reading == "other" or (impersonal and about_another) else rule.variant


def _asks(book: Rulebook, rule: Rule, words: str) -> bool:
    """Whether one sentence asks for the advice that `rule` describes, for somebody in particular."""
    for sentence in _asked_in(words):
        match = rule.pattern.search(sentence)
        if match and (personal(sentence) or not _of_others(book, sentence)):
            told = book.words["longago"].search(sentence) or book.grief.search(sentence)
            return told is None or re.search(r"\bshould\b", sentence) is not None
    return False


def _asked_in(words: str) -> Iterator[str]:
    """Each sentence, and with the one before it where it is too short to say what it asks about."""
    before = ""
    for sentence in words.split(" . "):
        yield sentence
        if before and len(sentence.split()) <= _LEANING_WORDS:
            yield f"{before} {sentence}"
        before = sentence


def _of_others(book: Rulebook, sentence: str) -> bool:
    """Whether `sentence` asks what people here said, or what somebody else did or does."""
    return book.debate.search(sentence) is not None or book.about_others.search(sentence) is not None


def _presses(book: Rulebook, words: str) -> bool:
    short = len(words.split()) <= _PRESSING_WORDS
    return short and book.pressing.match(words) is not None and not book.debate.search(words)
