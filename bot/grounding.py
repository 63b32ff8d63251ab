"""The check: is every statement carried, word for word, by the voice it is credited to?

`check` is pure and the only judge of what may be shown. The window, the command line and the
evaluations all call it. The rules stand in the order in which they are tried; the first that
fails names the finding, since each later rule relies on the earlier ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.corpus import Collection, spoken_as
from bot.details import new_names, new_numbers, turned_negations
from bot.overlap import containment, idf
from bot.ownership import own_sentences, own_words
from bot.records import (
    Answer,
    Check,
    Finding,
    FindingKind,
    Stance,
    Statement,
    Voice,
    VoiceRole,
)
from bot.wording import WORD, locate_pieces, words

MIN_QUOTE_WORDS = 4
# Set on public labelled data and reported with its balanced accuracy in docs/check.md.
CONTAINMENT_THRESHOLD = 0.7


@dataclass(frozen=True)
class Grounds:
    """What a statement is judged against: the collection, and the passages that were read."""

    collection: Collection
    read: Container[str]
    weights: Mapping[str, float]
    proper: Container[str]


Rule = Callable[[Statement, Grounds], str | None]


def check(answer: Answer, collection: Collection, stances: Stances | None = None) -> tuple[Finding, ...]:
    """Every finding against an answer, in the order of its statements, then those of the whole.

    `stances` says which stances the map gives a voice on the answer's topics; None: no map.
    An answer without findings keeps the promise: each quote verbatim, each speaker right.
    """
    grounds = grounds_for(collection, answer.provenance.passages_read)
    findings = [
        finding.model_copy(update={"statement": number})
        for number, statement in enumerate(answer.statements)
        for finding in check_statement(statement, grounds, stances)
    ]
    return (*findings, *_check_whole(answer, collection, stances))


def check_statement(
    statement: Statement, grounds: Grounds, stances: Stances | None = None
) -> tuple[Finding, ...]:
    """The first rule that the statement fails, as a finding; empty when it passes them all."""
    for kind, rule in RULES:
        detail = rule(statement, grounds)
        if detail:
            return (Finding(kind=kind, detail=detail),)
    detail = stances.contradiction(statement) if stances else None
    return (Finding(kind=FindingKind.STANCE_AGAINST_MAP, detail=detail),) if detail else ()


def checked(statement: Statement, grounds: Grounds, stances: Stances | None = None) -> Statement:
    """The statement with its verdict written into it."""
    findings = check_statement(statement, grounds, stances)
    verdict = Check(verdict="failed" if findings else "passed", findings=findings)
    return statement.model_copy(update={"check": verdict})


def grounds_for(collection: Collection, read: Iterable[str]) -> Grounds:
    """What to judge statements against, once the passages that were read are known."""
    weights, proper = _vocabulary(collection.hash, tuple(p.text for p in collection.passages))
    return Grounds(collection, frozenset(read), weights, proper)


@dataclass(frozen=True)
class Stances:
    """The stances that the map of the debate gives each voice on the topics of one answer."""

    by_voice: Mapping[str, frozenset[Stance]]
    both_sides: bool = False

    def contradiction(self, statement: Statement) -> str | None:
        """Finding 7: a side that the map gives only the opposite of."""
        known = self.by_voice.get(statement.voice, frozenset())
        opposite = {Stance.FOR: Stance.AGAINST, Stance.AGAINST: Stance.FOR}.get(statement.stance)
        if opposite in known and statement.stance not in known:
            return f"The map has {statement.speaker} {opposite} this, not {statement.stance}."
        return None


def _passage_was_read(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 1: the passage exists, and was retrieved or read for this answer."""
    for evidence in statement.evidence:
        if evidence.passage not in grounds.collection.by_id:
            return f"There is no passage {evidence.passage}."
        if evidence.passage not in grounds.read:
            return f"{evidence.passage} was neither retrieved nor read for this question."
    return None


def _quote_stands(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 2: the quote is long enough to mean something and stands in its passage."""
    for evidence in statement.evidence:
        text = grounds.collection.by_id[evidence.passage].text
        pieces = locate_pieces(evidence.quote, text)
        if not pieces:
            return f"“{_short(evidence.quote)}” does not stand in {evidence.passage}."
        whole = words(evidence.quote) == words(text)
        if len(words(evidence.quote)) < MIN_QUOTE_WORDS and not whole:
            return f"“{evidence.quote}” is shorter than {MIN_QUOTE_WORDS} words."
        if (evidence.start, evidence.end) not in _spans(evidence.quote, text):
            return f"The quote from {evidence.passage} stands elsewhere than its offsets say."
    return None


def _quote_is_own(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 3: the quoted words are the speaker's own, or the statement says whose they are."""
    for evidence in statement.evidence:
        own, owners = own_words(evidence, grounds.collection.by_id[evidence.passage])
        strangers = owners - {evidence.owner}
        if strangers and len(words(own)) < MIN_QUOTE_WORDS:
            return f"Those words in {evidence.passage} are quoted from {_owner_name(strangers, grounds)}."
        if evidence.owner and evidence.owner not in owners:
            return f"The quote from {evidence.passage} holds no words of {evidence.owner}."
    return None


def _voice_is_speaker(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 4: the statement is credited to the passage's voice and names no other."""
    voice = grounds.collection.voice_by_id.get(statement.voice)
    for evidence in statement.evidence:
        speaker = grounds.collection.speaker(evidence.passage)
        if voice is None or speaker.id != voice.id:
            return f"{evidence.passage} was written by {spoken_as(speaker)}, not by {statement.speaker}."
    if voice and statement.speaker != spoken_as(voice):
        return f"The speaker is {spoken_as(voice)}, not {statement.speaker}."
    allowed = _evidence_text(statement, grounds) + " " + " ".join(_owners(statement))
    for other in grounds.collection.voices:
        mention = None if other.id == statement.voice else _mention(other, statement.text)
        if mention and not _stands_in(mention, allowed):
            return f"The statement names {mention}, who does not speak in its quote."
    return None


def _details_are_quoted(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 5: every number, name and negation of the statement stands in its quotes."""
    evidence = _evidence_text(statement, grounds)
    named = evidence + " " + " ".join(_owners(statement))
    own_name = grounds.collection.voice_by_id[statement.voice].name or ""
    if numbers := new_numbers(statement.text, evidence):
        return f"The quote does not hold the number {numbers[0]}."
    if names := new_names(statement.text, f"{named} {own_name}", grounds.proper):
        return f"The quote does not hold the name {names[0]}."
    if turned := turned_negations(statement.text, _window(statement, grounds)):
        return f"The statement turns a negation round at “{turned[0]}”."
    return None


def _words_are_carried(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 6: the statement's words are those of the sentences that its quotes stand in."""
    window = _window(statement, grounds)
    score = containment(statement.text, window, grounds.weights)
    if score < CONTAINMENT_THRESHOLD:
        return f"Only {score:.0%} of the statement's wording is carried by what it quotes."
    return None


RULES: tuple[tuple[FindingKind, Rule], ...] = (
    (FindingKind.PASSAGE_UNREAD, _passage_was_read),
    (FindingKind.QUOTE_NOT_FOUND, _quote_stands),
    (FindingKind.QUOTE_OF_ANOTHER, _quote_is_own),
    (FindingKind.VOICE_NOT_THE_SPEAKER, _voice_is_speaker),
    (FindingKind.DETAIL_NOT_IN_QUOTE, _details_are_quoted),
    (FindingKind.WORDS_NOT_CARRIED, _words_are_carried),
)


def _check_whole(answer: Answer, collection: Collection, stances: Stances | None) -> list[Finding]:
    """What can only be seen across the answer: repetition, the counts, a side left out."""
    findings = []
    seen: set[tuple[str, str, int]] = set()
    for number, statement in enumerate(answer.statements):
        key = (statement.voice, statement.evidence[0].passage, statement.evidence[0].start)
        if key in seen:
            findings.append(
                Finding(
                    kind=FindingKind.STATEMENT_REPEATED,
                    detail=f"{statement.speaker} is shown saying the same thing twice.",
                    statement=number,
                )
            )
        seen.add(key)
    for stance, counted in ((Stance.FOR, answer.voices_for), (Stance.AGAINST, answer.voices_against)):
        if voices_of(answer.statements, stance) != counted:
            detail = f"The voices counted as {stance} are not those of the statements."
            findings.append(Finding(kind=FindingKind.VOICES_MISCOUNTED, detail=detail))
    if stances and stances.both_sides and answer.statements:
        for stance in (Stance.FOR, Stance.AGAINST):
            if not voices_of(answer.statements, stance):
                detail = f"The collection holds voices {stance} this, and none is shown."
                findings.append(Finding(kind=FindingKind.SIDE_MISSING, detail=detail))
    return findings


def voices_of(statements: Iterable[Statement], stance: Stance) -> tuple[str, ...]:
    """The distinct voices on one side, in the order they first speak: people, not comments."""
    return tuple(dict.fromkeys(s.voice for s in statements if s.stance is stance))


def _window(statement: Statement, grounds: Grounds) -> str:
    """The whole sentences that the quotes stand in, so that a “not” cut off a quote still counts."""
    passages = grounds.collection.by_id
    return " ".join(own_sentences(evidence, passages[evidence.passage]) for evidence in statement.evidence)


def _evidence_text(statement: Statement, grounds: Grounds) -> str:
    """The words that may carry the statement: those quoted that are the speaker's own, or owned up to."""
    return " ".join(
        own_words(evidence, grounds.collection.by_id[evidence.passage])[0] for evidence in statement.evidence
    )


def _owners(statement: Statement) -> list[str]:
    return [evidence.owner for evidence in statement.evidence if evidence.owner]


def _owner_name(owners: Iterable[str], grounds: Grounds) -> str:
    owner = min(owners)
    voice = grounds.collection.voice_by_id.get(owner)
    return spoken_as(voice) if voice else "someone else" if owner == "unknown" else owner


def _spans(quote: str, text: str) -> set[tuple[int, int]]:
    """Every span at which the quote stands, since the same words may stand twice."""
    spans, start = set(), 0
    while pieces := locate_pieces(quote, text, start):
        spans.add((pieces[0][0], pieces[-1][1]))
        start = pieces[0][0] + 1
    return spans


def _mention(voice: Voice, text: str) -> str | None:
    """How a text names a voice: by name, part of a name, passage id, or “the author”."""
    if voice.role is VoiceRole.AUTHOR and re.search(r"\bthe author\b", text, re.I):
        return "the author"
    if voice.name:
        if re.search(rf"\b{re.escape(voice.name)}\b", text, re.I):
            return voice.name
        for part in voice.name.split():
            if len(part) > 2 and re.search(rf"\b{re.escape(part.capitalize())}\b", text):
                return part
    for id_ in voice.passages:
        if re.search(rf"\b{re.escape(id_)}\b(?!\.\d)", text):
            return id_
    return None


def _stands_in(mention: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(mention)}\b", text, re.I) is not None


def _short(quote: str) -> str:
    return quote if len(quote) <= 60 else quote[:57] + "…"


@lru_cache(maxsize=8)
def _vocabulary(_hash: str, texts: tuple[str, ...]) -> tuple[Mapping[str, float], frozenset[str]]:
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
