"""From what a model drafts to the answer that is shown: attribution, the check, the counts.

A model only picks passages and quotes and words a claim. Who speaks comes from the collection,
whether it may be shown from the check, and how many speak on each side from counting them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.corpus import Collection, spoken_as
from bot.draft import Draft, DraftQuote, DraftStatement
from bot.grounding import checked, grounds_for, voices_of
from bot.overlap import containment
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

PROPOSITION_CARRIED = 0.8
PROPOSITION_CHARS = 200
MOST_NEAR = 5


@dataclass
class Assembly:
    """The answer to one question as it grows. `offer` each drafted statement, then `answer`."""

    collection: Collection
    debate: DebateMap
    question: str
    kept: list[Statement] = field(default_factory=list)
    dropped: list[Statement] = field(default_factory=list)
    read: dict[str, None] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    outcome: Outcome = Outcome.PARTIAL
    drafted_proposition: str = ""

    def saw(self, passages: Iterable[str]) -> None:
        """Remember the passages that a tool has shown in this turn."""
        self.read.update(dict.fromkeys(passages))

    def choose_topics(self, topics: Iterable[str]) -> None:
        """Rest the answer on these topics of the map; unknown ids are passed over."""
        known = [t for t in topics if t in self.debate.by_id and t not in self.topics]
        self.topics.extend(known)

    def offer(self, drafted: DraftStatement) -> Statement | None:
        """Check a drafted statement; the statement if it may be shown, None where it failed or is known."""
        statement = checked(
            attribute(drafted, self.collection),
            grounds_for(self.collection, self.read),
            self.debate.stances(self.topics),
        )
        if any(_same(statement, other) for other in (*self.kept, *self.dropped)):
            return None
        if statement.check.verdict == "passed" and self._repeats(statement):
            statement = _failed(
                statement, FindingKind.STATEMENT_REPEATED, "The same words are shown already."
            )
        passed = statement.check.verdict == "passed"
        (self.kept if passed else self.dropped).append(statement)
        return statement if passed else None

    def finish(self, draft: Draft) -> None:
        """Take what a whole draft says beyond its statements."""
        self.choose_topics(draft.topics)
        self.outcome = Outcome(draft.outcome)
        self.drafted_proposition = draft.proposition or self.drafted_proposition

    @property
    def proposition(self) -> str:
        """The topics' own proposition, or the drafted one where the question or the evidence carries its words."""
        if self.topics:
            return self.debate.by_id[self.topics[0]].proposition
        drafted = self.drafted_proposition.strip()
        quoted = " ".join(e.quote for statement in self.kept for e in statement.evidence)
        weights = grounds_for(self.collection, ()).weights
        plain = len(drafted) <= PROPOSITION_CHARS and not re.search(r"https?:|[<>\[\]\n]", drafted)
        carried = containment(drafted, f"{self.question} {quoted}", weights) >= PROPOSITION_CARRIED
        return drafted if drafted and plain and carried else ""

    def answer(self, standalone: str, provenance: Provenance, notice: str = "") -> Answer:
        """The answer as it stands."""
        cited = {evidence.passage for statement in self.kept for evidence in statement.evidence}
        unused = [id_ for id_ in self.read if id_ not in cited]
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
            provenance=provenance.model_copy(update={"passages_read": tuple(self.read)}),
        )

    def _outcome(self) -> Outcome:
        """What the draft says, except that nothing shown is no answer and a dropped part no whole one."""
        said_nothing = (Outcome.NOT_IN_COLLECTION, Outcome.OFF_TOPIC)
        if not self.kept:
            return self.outcome if self.outcome in said_nothing else Outcome.NOT_IN_COLLECTION
        if self.outcome in said_nothing:
            return Outcome.PARTIAL
        return Outcome.PARTIAL if self.dropped else self.outcome

    def _gaps(self) -> list[str]:
        """What the collection does not hold, in sentences that only code writes."""
        if not self.kept:
            if self._outcome() is Outcome.OFF_TOPIC:
                return [
                    "This guide only knows one article and the comments under it; they are not about this."
                ]
            return ["The article and the comments under it do not say."]
        gaps = []
        for topic in (self.debate.by_id[id_] for id_ in self.topics):
            gaps += [sentence for sentence in topic.silent if sentence not in gaps]
            if topic.sides is Sides.FOR_ONLY:
                gaps.append("Nobody here speaks against this.")
            if topic.sides is Sides.AGAINST_ONLY:
                gaps.append("Nobody here speaks for this.")
        return gaps

    def _repeats(self, statement: Statement) -> bool:
        first = statement.evidence[0]
        return any(
            other.voice == statement.voice
            and other.evidence[0].passage == first.passage
            and other.evidence[0].start < first.end
            and first.start < other.evidence[0].end
            for other in self.kept
        )


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
        text=drafted.text.strip(),
        evidence=evidence,
    )


def _located(quoted: DraftQuote, collection: Collection) -> Evidence:
    passage = collection.by_id.get(quoted.passage)
    quote = quoted.quote.strip()
    span = locate(quote, passage.text) if passage else None
    start, end = span or (0, 0)
    return Evidence(
        passage=quoted.passage,
        quote=quote,
        start=start,
        end=end,
        owner=_owner(quoted.quoting, collection) if quoted.quoting else None,
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
