"""From what a model drafts to the answer that is shown: attribution, the check, the counts.

A model only picks passages and quotes and words a claim. Who speaks comes from the collection,
whether it may be shown from the check, and how many speak on each side from counting them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.corpus import Collection, spoken_as
from bot.draft import Draft, DraftQuote, DraftStatement
from bot.grounding import Stances, checked, grounds_for, repeats, voices_of
from bot.neutrality import clean, frames, is_plain, says_the_same
from bot.positions import DebateMap, Sides
from bot.records import (
    Answer,
    Check,
    Evidence,
    Finding,
    FindingKind,
    Near,
    Outcome,
    Provenance,
    Stance,
    Statement,
)
from bot.wording import locate

MOST_NEAR = 5
# How much longer than its quotes a claim may be, in characters: it is to be a clause of their words.
CLAIM_BEYOND_QUOTES = 200
NOTHING_FOUND = "Nothing was found in the article or its comments that says this."
NOT_ABOUT_THIS = (
    "This guide only knows one article and the comments under it, and this does not seem to be about them."
)
NOTHING_SAID = (Outcome.NOT_IN_COLLECTION, Outcome.OFF_TOPIC)


@dataclass
class Assembly:
    """The answer to one question as it grows. `offer` each drafted statement, then `answer`.

    `offered` holds the topics that the map's tool returned in this turn, best first: the only ones
    that an answer may rest on. `settled` counts the dropped statements that others stand for.
    """

    collection: Collection
    debate: DebateMap
    question: str
    kept: list[Statement] = field(default_factory=list)
    dropped: list[Statement] = field(default_factory=list)
    read: dict[str, None] = field(default_factory=dict)
    nearest: dict[str, None] = field(default_factory=dict)
    offered: dict[str, None] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    outcome: Outcome = Outcome.PARTIAL
    drafted_proposition: str = ""
    settled: int = 0

    def saw(self, passages: Iterable[str], nearest_first: bool = False) -> None:
        """Remember the passages that a tool has shown in this turn."""
        shown = dict.fromkeys(passages)
        self.read.update(shown)
        if nearest_first:
            self.nearest.update(shown)

    def saw_topics(self, topics: Iterable[str]) -> None:
        """Remember the topics that the map's tool has returned in this turn."""
        self.offered.update(dict.fromkeys(topic for topic in topics if topic in self.debate.by_id))

    def choose_topics(self, topics: Iterable[str]) -> None:
        """Rest the answer on these topics of those offered; others are passed over.

        Once a statement stands they are settled, for its side is a side of their proposition.
        """
        if not self.kept:
            self.topics.extend(t for t in topics if t in self.offered and t not in self.topics)

    def propose(self, proposition: str) -> None:
        """Take a drafted proposition, or the topic that says the same where no topic was chosen."""
        if self.kept or not proposition:
            return
        self.drafted_proposition = clean(proposition)
        if not self.topics:
            same = (t for t in self.offered if says_the_same(self.debate.by_id[t].proposition, proposition))
            self.choose_topics(list(same)[:1])

    @property
    def takes_sides(self) -> bool:
        """Whether anything shown is for or against."""
        return any(statement.stance is not Stance.CONTEXT for statement in self.kept)

    def adopt_topic(self, likely: Iterable[str] = ()) -> None:
        """Where no topic was chosen, rest on the first one offered that agrees with what is shown; where
        no side is taken, on those of the likely ones that do."""
        if self.topics:
            return
        if not self.takes_sides:
            self.topics.extend(topic for topic in likely if topic in self.offered and self._agrees(topic))
            return
        sided = [statement for statement in self.kept if statement.stance is not Stance.CONTEXT]
        for topic in self.offered:
            stances = self.debate.stances([topic])
            if stances is None or not self._agrees(topic):
                continue
            if any(s.stance in stances.by_voice.get(s.voice, ()) and self._maps(topic, s) for s in sided):
                self.topics.append(topic)
                return

    def _agrees(self, topic: str) -> bool:
        stances = self.debate.stances([topic])
        return stances is not None and not any(stances.contradiction(statement) for statement in self.kept)

    def settle(self) -> None:
        """From here on, what was dropped takes nothing from the answer: something else stands for it."""
        self.settled = len(self.dropped)

    @property
    def lost(self) -> bool:
        """Whether a dropped statement, not settled, rests on a passage that nothing shown cites."""
        cited = {evidence.passage for statement in self.kept for evidence in statement.evidence}
        return any(statement.evidence[0].passage not in cited for statement in self.dropped[self.settled :])

    def start_over(self) -> None:
        """Forget a draft of which nothing is shown, save what was dropped and what was read."""
        self.settle()
        self.topics.clear()
        self.outcome = Outcome.PARTIAL
        self.drafted_proposition = ""

    def offer(self, drafted: DraftStatement) -> Statement | None:
        """Check a drafted statement; the statement if it may be shown, None where it failed or is known."""
        statement = attribute(drafted, self.collection)
        statement = checked(statement, grounds_for(self.collection, self.read), self._stances_for(statement))
        if any(_same(statement, other) for other in (*self.kept, *self.dropped)):
            return None
        if statement.check.verdict == "passed":
            statement = self._beyond_the_check(statement)
        passed = statement.check.verdict == "passed"
        (self.kept if passed else self.dropped).append(statement)
        return statement if passed else None

    def withdraw(self, statement: Statement, detail: str) -> None:
        """Drop a statement that had passed, and has not been shown yet."""
        self.kept.remove(statement)
        self.dropped.append(_failed(statement, FindingKind.WORDS_NOT_CARRIED, detail))

    def finish(self, draft: Draft) -> None:
        """Take what a whole draft says beyond its statements."""
        self.choose_topics(draft.topics)
        self.propose(draft.proposition)
        self.outcome = Outcome(draft.outcome)

    @property
    def missing_sides(self) -> tuple[Stance, ...]:
        """The sides that the answer's topics hold and the answer does not show."""
        stances = self.debate.stances(self.topics)
        if stances is None or not stances.both_sides:
            return ()
        return tuple(s for s in (Stance.FOR, Stance.AGAINST) if not voices_of(self.kept, s))

    @property
    def proposition(self) -> str:
        """The first topic's proposition; else the drafted one, where the words are not the model's own."""
        if self.topics:
            return self.debate.by_id[self.topics[0]].proposition
        quoted = (evidence.quote for statement in self.kept for evidence in statement.evidence)
        about = self.collection.about
        return frames(self.drafted_proposition, [self.question, about.title, about.subject, *quoted])

    def answer(self, standalone: str, provenance: Provenance, notice: str = "") -> Answer:
        """The answer as it stands."""
        cited = {evidence.passage for statement in self.kept for evidence in statement.evidence}
        # Tools run side by side, so the order in which their results came in is chance.
        read = [id_ for id_ in self.collection.by_id if id_ in self.read]
        unused = [id_ for id_ in dict.fromkeys([*self.nearest, *read]) if id_ not in cited]
        return Answer(
            question=self.question,
            standalone_question=standalone,
            proposition=self.proposition if self.kept else "",
            outcome=self._outcome(),
            topics=tuple(self.topics) if self.kept else (),
            statements=tuple(self.kept),
            gaps=tuple(self._gaps()),
            voices_for=voices_of(self.kept, Stance.FOR),
            voices_against=voices_of(self.kept, Stance.AGAINST),
            unused=tuple(
                Near(passage=id_, text=self.collection.by_id[id_].text) for id_ in unused[:MOST_NEAR]
            ),
            dropped=tuple(self.dropped),
            notice=notice,
            provenance=provenance.model_copy(update={"passages_read": tuple(read)}),
        )

    def _outcome(self) -> Outcome:
        """What the draft says, except that nothing shown is no answer and a dropped part no whole one."""
        if not self.kept:
            return self.outcome if self.outcome in NOTHING_SAID else Outcome.NOT_IN_COLLECTION
        if self.outcome in NOTHING_SAID:
            return Outcome.PARTIAL
        return Outcome.PARTIAL if self.lost else self.outcome

    def _gaps(self) -> list[str]:
        """What the collection does not hold, in sentences that only code writes."""
        if not self.kept:
            if self._outcome() is Outcome.OFF_TOPIC:
                return [NOT_ABOUT_THIS]
            return [NOTHING_FOUND]
        gaps = []
        for topic in (self.debate.by_id[id_] for id_ in self.topics):
            gaps += [sentence for sentence in topic.silent if sentence not in gaps]
            if topic.sides is Sides.FOR_ONLY:
                gaps.append("Nobody here speaks against this.")
            if topic.sides is Sides.AGAINST_ONLY:
                gaps.append("Nobody here speaks for this.")
        return gaps

    def _stances_for(self, statement: Statement) -> Stances | None:
        """What the map says on the chosen topics; where nothing says what the sides are sides of, on
        every topic offered that cites these words."""
        if self.topics or self.proposition:
            return self.debate.stances(self.topics)
        return self.debate.stances(topic for topic in self.offered if self._maps(topic, statement))

    def _maps(self, topic: str, statement: Statement) -> bool:
        """Whether a position of the topic is this voice's, in words of the same passage."""
        cited = {evidence.passage for evidence in statement.evidence}
        return any(
            position.voice == statement.voice and cited & {quoted.passage for quoted in position.evidence}
            for position in self.debate.by_id[topic].positions
        )

    def _beyond_the_check(self, statement: Statement) -> Statement:
        """The statement, failed where it is shown already or is no plain clause of its quotes' words."""
        if any(repeats(statement, other) for other in self.kept):
            return _failed(statement, FindingKind.STATEMENT_REPEATED, "The same words are shown already.")
        quoted = " ".join(evidence.quote for evidence in statement.evidence)
        if not is_plain(statement.text, quoted) or len(statement.text) > len(quoted) + CLAIM_BEYOND_QUOTES:
            detail = "The statement holds signs that its quotes lack, or goes on far beyond them."
            return _failed(statement, FindingKind.WORDS_NOT_CARRIED, detail)
        return statement


def attribute(drafted: DraftStatement, collection: Collection) -> Statement:
    """A drafted statement with its quotes located and its speaker taken from the collection.

    A quote that is not found keeps the offsets 0 and 0, and a passage that does not exist an
    unknown speaker: the check then says so.
    """
    evidence = tuple(_located(quoted, collection) for quoted in drafted.evidence)
    known = evidence[0].passage in collection.by_id
    voice = collection.speaker(evidence[0].passage) if known else None
    return Statement(
        stance=Stance(drafted.stance),
        voice=voice.id if voice else "unknown",
        speaker=spoken_as(voice) if voice else "Unknown",
        text=clean(drafted.text),
        evidence=evidence,
    )


def _located(quoted: DraftQuote, collection: Collection) -> Evidence:
    passage = collection.by_id.get(quoted.passage)
    quote = clean(quoted.quote)
    span = locate(quote, passage.text) if passage else None
    start, end = span or (0, 0)
    return Evidence(
        passage=clean(quoted.passage),
        quote=quote,
        start=start,
        end=end,
        owner=_owner(clean(quoted.quoting), collection) if quoted.quoting else None,
    )


def _owner(named: str, collection: Collection) -> str:
    """The voice id behind a name that a draft gives, or the name itself for an outsider."""
    for voice in collection.voices:
        if named.casefold() in {
            voice.id.casefold(),
            (voice.name or "").casefold(),
            spoken_as(voice).casefold(),
        }:
            return voice.id
    return collection.by_id[named].voice if named in collection.by_id else named


def _same(one: Statement, other: Statement) -> bool:
    return (one.text, one.stance, one.evidence) == (other.text, other.stance, other.evidence)


def _failed(statement: Statement, kind: FindingKind, detail: str) -> Statement:
    verdict = Check(verdict="failed", findings=(Finding(kind=kind, detail=detail),))
    return statement.model_copy(update={"check": verdict})


def findings_text(statements: Sequence[Statement]) -> str:
    """Failed statements and why, as lines for the model that is to mend them."""
    return "\n".join(
        f"- “{statement.text}” ({', '.join(e.passage for e in statement.evidence)}): {finding.detail}"
        for statement in statements
        for finding in statement.check.findings
    )
