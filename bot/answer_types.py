"""Whether a text holds the kind of thing that a question asks for: a number, a moment, a name, a title.

A passage may be about everything in a question and still not say what is asked: “an informal support
group”, with “in the last 8 years” beside it, does not tell how many people are in it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from bot.details import NUMBER_WORDS
from bot.question import Expects
from bot.wording import stem, words

SPANS = frozenset(
    f"{unit}{ending}"
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "decade")
    for ending in ("", "s")
) | {"century", "centuries"}
MONTHS = frozenset(
    "january february march april june july august september october november december".split()
)
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
DAYS |= {f"{day}s" for day in DAYS}
PARTS = frozenset("spring summer autumn winter morning evening night midnight noon dawn dusk".split())
PARTS |= {f"{part}s" for part in PARTS} | {"weekend", "weekends"}
CLOCK = re.compile(
    r"\b(?:at|from|until|till|past|by|the|before|after) "
    rf"(?:\d{{1,2}}(?:[.:]\d\d)?|{'|'.join(sorted(NUMBER_WORDS))})\b",
    re.I,
)
# “When do wounds heal?” asks for what must be so, and not for a day.
CONDITION_ASKED = re.compile(r"\bwhen (?:is|are|does|do|can|may|should|will)\b", re.I)
CONDITION = re.compile(r"\b(?:when|whenever|while|if|once|after|before|until|as soon as|during)\b", re.I)
AMOUNTS = frozenset(
    "half halves third thirds quarter quarters tenth tenths once twice thrice double both dozen dozens"
    " majority minority most few every each always never".split()
)
YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:s|'s)?|\d0s")
OF_MONEY = frozenset(
    "cost costs spend spends spent pay pays paid charge charges charged earn earns fee fees".split()
)
OF_MONEY |= {"price", "prices", "salary", "salaries", "money", "worth"}
MONEY = re.compile(r"[$£€]|\b(?:dollars?|pounds?|euros?|cents?|bucks|usd|gbp|eur)\b", re.I)
OF_AGE = frozenset({"old", "age", "aged"})
AGE = re.compile(r"\b(?:age|aged|years? old|years? of age|birthday|born|year-old)\b", re.I)
# Who did so is told only where the text says that it was done.
DEEDS = frozenset(
    "directed produced funded founded edited published painted composed discovered invented".split()
)
# “What did he do after he left?” asks for a story that goes on.
GOES_ON = re.compile(
    r"\b(?:after|afterwards|then|later|since|until|till|next|eventually|finally|in the end|ended up)\b", re.I
)
# “How many?” asks for a count; these are content with a part or an “always”.
OF_AMOUNT = frozenset({"much", "often", "share", "proportion", "percentage", "number"})
OF_TIME = SPANS | {"age", "old", "long", "often", "year's", "yearly"}
# Words set off as a title is.
SET_OFF = re.compile(r"[“\"]([^“”\"]{3,90}?)(?:[”\"]|[’'](?!\w))|[‘']([^‘’']{3,90})[’']")
# A sentence's first word has its capital from the place and not from being a name; a paragraph's too.
NAME = re.compile(r"(?<=[^.!?…\s]\s)[“\"]?([A-Z][\w’'.-]+(?: [A-Z][\w’'.-]*)*)")
# From so many letters on a word in capitals is a shout and no abbreviation.
SHOUT = 7
# “When one is noisy” counts nothing.
UNCOUNTED = frozenset({"one", "zero"})


def could_answer(kind: Expects, text: str, question: str = "") -> bool:
    """Whether `text` holds what a question of this kind asks for, beyond what `question` says itself.

    Always true of questions whose answer may be anything.
    """
    asked = set(words(question))
    if kind is Expects.NUMBER:
        if asked & OF_MONEY and not (MONEY.search(text) or set(words(text)) & OF_MONEY):
            return False
        if asked & OF_AGE and not AGE.search(text):
            return False
        amounts = AMOUNTS - asked if asked & OF_AMOUNT else frozenset()
        found = (*_numbers(text, of_time=bool(asked & OF_TIME)), *(amounts & set(words(text))))
        return any(number not in asked for number in found)
    if kind is Expects.TIME:
        if CONDITION_ASKED.search(question) and CONDITION.search(text):
            return True
        return any(moment not in asked for moment in _moments(text))
    if kind is Expects.SEQUEL:
        return GOES_ON.search(text) is not None
    if kind is Expects.TITLE:
        return any(_is_title(one or other) for one, other in SET_OFF.findall(text))
    if kind in (Expects.PERSON, Expects.PLACE):
        deeds = {stem(deed) for deed in asked & DEEDS}
        if deeds and not (deeds | {"by"}) & set(map(stem, words(text))):
            return False
        return any(_is_new_name(name, asked) for name in NAME.findall(text))
    return True


def _numbers(text: str, of_time: bool) -> Iterator[str]:
    """The numbers in a text; unless they are asked for, no years and no spans of time."""
    in_words = words(text)
    for place, word in enumerate(in_words):
        if not word[0].isdigit() and (word not in NUMBER_WORDS or word in UNCOUNTED):
            continue
        follower = in_words[place + 1] if place + 1 < len(in_words) else ""
        if of_time or not (YEAR.fullmatch(word) or follower in SPANS):
            yield word


def _moments(text: str) -> Iterator[str]:
    """The words of a text that tell when something was or how long it took."""
    yield from (word for word in words(text) if word in SPANS | MONTHS | DAYS | PARTS or YEAR.fullmatch(word))
    yield from (clock.lower() for clock in CLOCK.findall(text))


def _is_title(set_off: str) -> bool:
    """Whether words set off from a text read as a title: two or more, most long ones with a capital."""
    long = [word for word in set_off.split() if len(word) > 3]
    return len(set_off.split()) > 1 and 2 * sum(word[0].isupper() for word in long) > len(long)


def _is_new_name(name: str, asked: Container[str]) -> bool:
    """Whether a run of capitalised words names somebody whom the question does not name already."""
    shouted = name.isupper() and len(name) >= SHOUT
    return not shouted and not any(part in asked for part in _parts(name))


def _parts(name: str) -> list[str]:
    return [re.sub(r"['’]s$", "", part) for part in words(name)]
