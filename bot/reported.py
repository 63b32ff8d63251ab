"""Views that a sentence only reports: “critics say that …” is not what its writer says.

People report views in order to reject them. Only the words of a view that is said to be another's, or
to have been held once (“I used to think”), need the report to be shown with them; a writer's “I think”
needs nothing. Verbs that vouch for what follows them (know, show, admit, point out) report nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.details import content_stems
from bot.ownership import SENTENCE_END
from bot.wording import stem, words

_VERBS = (
    r"say|says|said|saying|claim(?:s|ed|ing)?|argu(?:e|es|ed|ing)|believ(?:e|es|ed|ing)|think(?:s|ing)?|"
    r"thought|insist(?:s|ed|ing)?|assert(?:s|ed|ing)?|maintain(?:s|ed|ing)?|contend(?:s|ed|ing)?|"
    r"assum(?:e|es|ed|ing)|imagin(?:e|es|ed|ing)|tell|tells|told|telling|alleg(?:e|es|ed|ing)|"
    r"declar(?:e|es|ed|ing)|pretend(?:s|ed|ing)?|suppos(?:e|es|ed|ing)|boast(?:s|ed|ing)?|"
    r"complain(?:s|ed|ing)?|preach(?:es|ed|ing)?"
)
_NOUNS = (
    r"theor(?:y|ies)|notions?|claims?|myths?|hypothes[ie]s|assumptions?|allegations?|excuses?|"
    r"stor(?:y|ies)|lies?|fictions?|pretences?|rumou?rs?|complaints?|charges?"
)
_VERB = re.compile(rf"\b(?:{_VERBS})\b", re.I)
# “a theory that can do harm” is about the theory and reports nothing.
_RELATIVE = (
    r"(?!(?:can|could|may|might|must|will|would|is|are|was|were|has|have|had|do|does|did|keeps?|makes?|"
    r"gets?|gives?|leads?)\b)"
)
_THAT = re.compile(rf"(?:\s+\w+ly)?,?\s+that,?\s+{_RELATIVE}", re.I)
_TOLD_THAT = re.compile(rf"(?:\s+[\w’'/-]+){{1,7}}?\s+that\s+{_RELATIVE}", re.I)
_TELLING = re.compile(r"tell|tells|told|telling", re.I)
# These take things as well as views: “it maintains the integrity of each”.
_NEEDS_THAT = re.compile(r"(?:maintain|assert|declar|assum|contend|boast|preach|alleg|pretend)\w*", re.I)
# Without “that” a view has to begin as a clause does.
_PLAIN = re.compile(
    r"(?:\s+(?:to\s+)?(?:me|us|him|her|them|you|people|everyone|everybody)\b)?+:?\s+[“\"]?"
    r"(?=(?:it|he|she|they|we|you|there|a|an|the|this|these|those|his|her|my|our|their|its|all|every|no|"
    r"nobody|everyone|people|some|most|many|i)\b|it['’]s)",
    re.I,
)
_NOUN = re.compile(
    rf"(?:\b(?P<whose>my|our)\s+)?(?:\w+\s+)?\b(?:{_NOUNS})\b(?:\s+\([^)]*\))?(?:\s+(?:is|was|goes|being))?"
    rf"\s+that\s+{_RELATIVE}",
    re.I,
)
_RUMOUR = re.compile(r"\b(?:rumou?r|legend|word|the story|tradition) has it\s+(?:that\s+)?", re.I)
_ACCORDING = re.compile(r"(?:^|(?<=[,;] ))according to (?!me\b|my\b|us\b)[^,.;]{1,60},\s+", re.I)
_AFTER = re.compile(
    rf",\s+(?:(?:or|at least)\s+)?(?:so\s+)?(?:according to (?P<source>[^,.;]{{1,60}})|"
    rf"(?P<who>(?:[\w’'-]+\s+){{1,4}})(?:{_VERBS})(?:\s+(?:me|us|them|you))?)\s*[.!?”\"]*$",
    re.I,
)
# Where a reported view ends before its sentence does.
_OVER = re.compile(
    r"[;:—–]|\s-\s|,?\s+\b(?:but|yet|although|though|whereas|while)\b|"
    r",\s+and\s+(?:i|we|that|this|nobody|no one|yet)\b",
    re.I,
)
_PASSED_OVER = frozenset(
    """have has had having am is are was were be been being do does did will would can could may might must
    shall should just also really actually still often always never not now only simply strongly seriously
    once sometimes frequently commonly widely generally routinely keep keeps kept like likes want wants
    wanted seem seems seemed continue continues try tries tried to who that which all both themselves
    himself herself even ever already apparently us""".split()
)
_BE = frozenset("am is are was were be been being".split())
_SPOKEN_OF = frozenset(
    "said told claimed argued believed thought insisted asserted assumed imagined alleged declared "
    "supposed maintained contended".split()
)
_OWN = frozenset("i we i'd i've i'm we've we'd".split())
_VOUCHING = frozenset(
    "experience evidence data research study studies history science numbers figures facts reason logic "
    "this".split()
)
_PERHAPS_OWN = frozenset("you one anyone".split())
_MAY = frozenset("can could may might".split())
_WANTING = frozenset(
    "want wants wanted seem seems seemed keep keeps kept like likes try tries tried continue continues "
    "us used".split()
)
_MARKS = re.compile(
    rf"\b(?:{_VERBS}|{_NOUNS}|according|supposedly|allegedly|so-called|heard|used to|formerly|rumou?r)\b",
    re.I,
)
# So much of a statement has to lie in a reported view to be one.
_SHARE = 0.75
_WHILE = re.compile(r"\s*(?:while|although|though|if|when|because)\b", re.I)


@dataclass(frozen=True)
class Reported:
    """A view that a sentence reports: the words that report it, and the offsets of the view."""

    report: str
    start: int
    end: int


def only_reported(statement: str, evidence: str) -> str | None:
    """The words by which the evidence reports, as not its writer's, the view that the statement states.

    None where the statement keeps a word of reporting, or where the evidence says as much itself.
    """
    if _MARKS.search(statement):
        return None
    claimed = [stem(word) for word in words(statement) if content_stems(word)]
    told, outside = list[tuple[str, str]](), list[str]()
    for sentence in filter(None, SENTENCE_END.split(evidence)):
        views = list(reported_views(sentence))
        told += [(view.report, sentence[view.start : view.end]) for view in views]
        outside.append(_without(sentence, views))
    held = set(content_stems(" ".join(outside)))
    for report, view in told:
        said = set(content_stems(view))
        inside = [word for word in claimed if word in said]
        if set(inside) - held and len(inside) >= _SHARE * len(claimed):
            return report.strip(' ,.:“"')
    return None


def _without(sentence: str, views: Iterable[Reported]) -> str:
    """The sentence with every view in it left out."""
    kept = list(sentence)
    for view in views:
        kept[view.start : view.end] = " " * (view.end - view.start)
    return "".join(kept)


def reported_views(sentence: str) -> Iterator[Reported]:
    """Every view that a sentence says someone else holds, or that its writer used to hold."""
    for match in _VERB.finditer(sentence):
        if led := _leads(match, sentence):
            yield _view(sentence, match.start(), led)
    for match in (*_NOUN.finditer(sentence), *_RUMOUR.finditer(sentence), *_ACCORDING.finditer(sentence)):
        if not match.groupdict().get("whose"):
            yield _view(sentence, match.start(), match.end())
    after = _AFTER.search(sentence)
    if after and not (_OWN | {"me", "us"}) & set(words(after["who"] or after["source"])):
        yield Reported(after.group(), 0, after.start())


def _leads(verb: re.Match[str], sentence: str) -> int | None:
    """Where the view begins that a verb of saying brings in for someone else; None where it brings none."""
    ways = [_THAT]
    ways += [_TOLD_THAT] if _TELLING.fullmatch(verb.group()) else []
    ways += [] if _NEEDS_THAT.fullmatch(verb.group()) else [_PLAIN]
    led = next((found for way in ways if (found := way.match(sentence, verb.end()))), None)
    if led is None or not _is_anothers(sentence[: verb.start()], verb.group()):
        return None
    return led.end()


def _view(sentence: str, start: int, end: int) -> Reported:
    """A view up to where its sentence goes on to something else; what stands after a colon is all of it."""
    over = None if ":" in sentence[start:end] else _OVER.search(sentence, end)
    stops = [over.start() if over else len(sentence)]
    if _WHILE.match(sentence) and "," in sentence[end:]:
        stops.append(sentence.index(",", end))
    return Reported(sentence[start:end], end, min(stops))


def _is_anothers(before: str, verb: str) -> bool:
    """Whether the words before a verb of saying make it someone else's, or the writer's in the past."""
    clause = words(re.split(r"[.;:!?“”\"()—–]|\s-\s", before)[-1])
    if clause[-2:] == ["used", "to"]:
        return True
    skipped = list[str]()
    while clause and (clause[-1] in _PASSED_OVER or clause[-1].endswith("n't")):
        skipped.append(clause.pop())
    if skipped[:1] == ["to"] and not _WANTING & set(skipped):
        return False
    if _BE & set(skipped) and verb.casefold() in _SPOKEN_OF:
        return True
    if not clause or clause[-1] in _OWN or clause[-1] in _VOUCHING:
        return False
    return not (clause[-1] in _PERHAPS_OWN and _MAY & set(skipped))
