"""The check: is every statement carried, word for word, by the voice it is credited to?

`check` is pure and the only judge of what may be shown. The window, the command line and the
evaluations all call it. The rules stand in the order in which they are tried; the first that
fails names the finding, since each later rule relies on the earlier ones.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bot.corpus import Collection, spoken_as
from bot.details import new_names, new_numbers, new_reach
from bot.negation import dropped_limits, is_denial, turned_negations
from bot.overlap import containment, foreign_signs, foreign_words, mended, swapped_words, unframed, vocabulary
from bot.ownership import (
    cited_words,
    cut_stranger,
    is_wholly_of,
    own_sentences,
    own_words,
    skipped_words,
    spans_of,
    stranger_named,
    without_label,
)
from bot.records import (
    Answer,
    Check,
    Evidence,
    Finding,
    FindingKind,
    Stance,
    Statement,
)
from bot.reported import only_reported
from bot.wording import level, locate_pieces, words

MIN_QUOTE_WORDS = 4
# Every content word. Free paraphrase is better told from invention at a lower value; what that
# choice costs on public labelled data is in docs/check.md.
CONTAINMENT_THRESHOLD = 1.0
# A statement may have this many words more than the sentences it rests on.
SPARE_WORDS = 10


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
    failure = _failure(_Case(_key(statement, grounds), statement, grounds))
    if failure:
        return (failure,)
    detail = stances.contradiction(statement) if stances else None
    return (Finding(kind=FindingKind.STANCE_AGAINST_MAP, detail=detail),) if detail else ()


@dataclass(frozen=True)
class _Case:
    """A statement before its grounds; two are the same where nothing differs that any rule looks at."""

    key: tuple[object, ...]
    statement: Statement = field(compare=False)
    grounds: Grounds = field(compare=False)


def _key(statement: Statement, grounds: Grounds) -> tuple[object, ...]:
    evidence = statement.evidence
    read = tuple(each.passage in grounds.read for each in evidence)
    said = (statement.stance, statement.voice, statement.speaker, statement.text, evidence)
    return (*said, grounds.collection.hash, read, RULES)


# One answer is checked while it is drafted, as it is shown, and as a whole, and a room asks the same
# questions: the rules are pure, so what they found once need not be found again.
@lru_cache(maxsize=4096)
def _failure(case: _Case) -> Finding | None:
    for kind, rule in RULES:
        detail = rule(case.statement, case.grounds)
        if detail:
            return Finding(kind=kind, detail=detail)
    return None


def checked(statement: Statement, grounds: Grounds, stances: Stances | None = None) -> Statement:
    """The statement with its verdict written into it."""
    findings = check_statement(statement, grounds, stances)
    verdict = Check(verdict="failed" if findings else "passed", findings=findings)
    return statement.model_copy(update={"check": verdict})


def grounds_for(collection: Collection, read: Iterable[str]) -> Grounds:
    """What to judge statements against, once the passages that were read are known."""
    weights, proper = vocabulary(collection.hash, tuple(p.text for p in collection.passages))
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
    """Finding 2: the quote is long enough to mean something, stands in its passage and hides no “not”."""
    for evidence in statement.evidence:
        passage = grounds.collection.by_id[evidence.passage]
        if not locate_pieces(evidence.quote, passage.text):
            return f"“{_short(evidence.quote)}” does not stand in {evidence.passage}."
        whole = words(evidence.quote) == words(passage.text)
        if len(words(evidence.quote)) < MIN_QUOTE_WORDS and not whole:
            return f"“{evidence.quote}” is shorter than {MIN_QUOTE_WORDS} words."
        if (evidence.start, evidence.end) not in spans_of(evidence.quote, passage.text):
            return f"The quote from {evidence.passage} stands elsewhere than its offsets say."
        hidden = [word for word in words(skipped_words(evidence, passage)) if is_denial(word)]
        if hidden:
            return f"The ellipsis in the quote from {evidence.passage} leaves out “{hidden[0]}”."
    return None


def _quote_is_own(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 3: the quoted words are the speaker's own, or the statement says whose they are.

    Words that are said to be another's take no side for the speaker, who may quote them to reject
    them: they are context unless the statement quotes words of the speaker's own as well.
    """
    for evidence in statement.evidence:
        passage = grounds.collection.by_id[evidence.passage]
        own, owners = own_words(evidence, passage)
        strangers = owners - {evidence.owner}
        if strangers and len(words(own)) < MIN_QUOTE_WORDS:
            return f"Those words in {passage.id} are quoted from {_owner_name(min(strangers), grounds)}."
        if cut := cut_stranger(evidence, passage):
            return f"The quote from {passage.id} cuts into words of {_owner_name(cut, grounds)}."
        if evidence.owner and not is_wholly_of(evidence.owner, evidence, passage):
            return f"The quote from {passage.id} is not wholly in the words of {evidence.owner}."
    if statement.stance is not Stance.CONTEXT and all(evidence.owner for evidence in statement.evidence):
        return "The statement takes a side with nothing but words quoted from another."
    if not any(evidence.owner for evidence in statement.evidence):
        # The opening is the statement’s own: its “says that” is no report that the quote makes.
        claim = unframed(statement.text, statement.speaker)
        report = only_reported(claim, _sentences(statement, grounds))
        return f"The sentence only reports this (“{report}”)." if report else None
    return None


def _voice_is_speaker(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 4: the statement is credited to the passage's voice and names no other."""
    voice = grounds.collection.voice_by_id.get(statement.voice)
    for evidence in statement.evidence:
        speaker = grounds.collection.speaker(evidence.passage)
        if voice is None or speaker.id != voice.id:
            return f"{evidence.passage} was written by {spoken_as(speaker)}, not by {statement.speaker}."
    if voice is None or statement.speaker != spoken_as(voice):
        return f"The speaker is not {statement.speaker}."
    allowed = f"{_evidence_text(statement, grounds)} {_owners(statement, grounds)}"
    named = stranger_named(statement.text, voice, grounds.collection.voices, allowed)
    return f"The statement names {named}, who does not speak in its quote." if named else None


def _details_are_quoted(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 5: the statement adds no number, name or reach to its quotes, and turns nothing round."""
    evidence, window = _evidence_text(statement, grounds), _window(statement, grounds)
    voice = grounds.collection.voice_by_id[statement.voice]
    # The 7 of “Commenter C7” is no number that a quote could hold.
    text = without_label(statement.text, voice)
    named = f"{evidence} {_owners(statement, grounds)} {voice.name or ''}"
    for found, complaint in (
        (new_numbers(text, evidence), "The quote does not hold the number “{}”."),
        (new_names(text, named, grounds.proper), "The quote does not hold the name “{}”."),
        (turned_negations(text, window), "The statement turns a negation round at “{}”."),
        (new_reach(text, window), "The quote does not say “{}”."),
        (dropped_limits(text, window), "The statement leaves out the “{}” of its quote."),
    ):
        if found:
            return complaint.format(found[0])
    return None


def _words_are_carried(statement: Statement, grounds: Grounds) -> str | None:
    """Finding 6: the statement's words are those of the sentences that its quotes stand in."""
    window = _window(statement, grounds)
    if not words(statement.text):
        return "The statement says nothing."
    if len(words(statement.text)) > len(words(window)) + SPARE_WORDS:
        return "The statement is longer than the sentences that it quotes."
    if signs := foreign_signs(statement.text, window):
        return f"The statement holds a sign that its quote lacks: {signs[0]!a}."
    claim = unframed(statement.text, statement.speaker)
    if containment(claim, window, grounds.weights) < CONTAINMENT_THRESHOLD:
        return f"The sentence quoted does not hold “{foreign_words(claim, window)[0]}”."
    if swapped := swapped_words(claim, window):
        return f"“{swapped[0]}” and “{swapped[1]}” stand the other way round in the sentence quoted."
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
    for number, statement in enumerate(answer.statements):
        if any(repeats(statement, other) for other in answer.statements[:number]):
            detail = f"{statement.speaker} is shown saying the same thing twice."
            findings.append(Finding(kind=FindingKind.STATEMENT_REPEATED, detail=detail, statement=number))
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


def repeats(statement: Statement, other: Statement) -> bool:
    """Whether two statements are one voice saying the same thing: the same words, or quotes that overlap.

    One sentence may hold an agreement and its “but”: on different sides it is not the same thing.
    """
    one, two = statement.evidence[0], other.evidence[0]
    meet = one.passage == two.passage and one.start < two.end and two.start < one.end
    overlap = meet and statement.stance is other.stance
    same_words = words(statement.text) == words(other.text)
    return statement.voice == other.voice and (overlap or same_words)


def voices_of(statements: Iterable[Statement], stance: Stance) -> tuple[str, ...]:
    """The distinct voices on one side, in the order they first speak: people, not comments."""
    return tuple(dict.fromkeys(s.voice for s in statements if s.stance is stance))


def _window(statement: Statement, grounds: Grounds) -> str:
    """The whole sentences that the quotes stand in, so that a “not” cut off a quote still counts.

    What others say inside them is left out, unless the statement itself puts it in quote marks.
    """
    sentences = []
    for evidence in statement.evidence:
        passage = grounds.collection.by_id[evidence.passage]
        sentences += [own_sentences(evidence, passage), cited_words(statement.text, evidence, passage)]
        sentences += [evidence.quote] if _repeats(statement, evidence) else []
    return mended(" ".join(filter(None, sentences)), statement.text, grounds.weights)


def _sentences(statement: Statement, grounds: Grounds) -> str:
    """The sentences that the quotes stand in, less what others say in them."""
    by_id = grounds.collection.by_id
    return " ".join(own_sentences(evidence, by_id[evidence.passage]) for evidence in statement.evidence)


def _evidence_text(statement: Statement, grounds: Grounds) -> str:
    """The quoted words that may carry the statement: the speaker's own, or those it owns up to quoting."""
    quoted = []
    for evidence in statement.evidence:
        passage = grounds.collection.by_id[evidence.passage]
        quoted += [own_words(evidence, passage)[0], cited_words(statement.text, evidence, passage)]
        quoted += [evidence.quote] if _repeats(statement, evidence) else []
    return " ".join(filter(None, quoted))


def _repeats(statement: Statement, evidence: Evidence) -> bool:
    """Whether the statement is its quote and nothing else: whatever that holds is shown as it stands."""
    return level(statement.text).text == level(evidence.quote).text


def _owners(statement: Statement, grounds: Grounds) -> str:
    owners = (evidence.owner for evidence in statement.evidence if evidence.owner)
    return " ".join(_owner_name(owner, grounds) for owner in owners)


def _owner_name(owner: str, grounds: Grounds) -> str:
    voice = grounds.collection.voice_by_id.get(owner)
    return spoken_as(voice) if voice else "someone else" if owner == "unknown" else owner


def _short(quote: str) -> str:
    return quote if len(quote) <= 60 else quote[:57] + "…"
