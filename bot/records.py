"""The typed records that every part of Counterpoint passes to the next.

One `Answer` is read by the chat window, the command line, the transcript and the evaluations alike.
All records are immutable; text offsets are counted in characters, start inclusive, end exclusive.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Record(BaseModel):
    """A frozen record in which an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PassageKind(StrEnum):
    ARTICLE = "article"
    COMMENT = "comment"


class Stance(StrEnum):
    """What a statement says of the proposition."""

    FOR = "for"
    AGAINST = "against"
    CONTEXT = "context"


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    NOT_IN_COLLECTION = "not_in_collection"
    OFF_TOPIC = "off_topic"
    CRISIS = "crisis"
    DECLINED = "declined"


class Span(Record):
    """Characters `start` to `end` of a passage's text that are another's words.

    `owner` is the id of the voice in this collection whose words they are, or the plain name of an
    outsider ("Carl Jung"), or "unknown" where the text quotes without saying whom.
    `source` is the passage id that holds the words, where they stand in this collection.
    """

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    owner: str
    source: str | None = None


class Passage(Record):
    """The unit that is cited: an article paragraph ("A1") or a comment ("C5", reply "C5.1").

    `section` is the heading an article paragraph stands under ("" in the untitled opening and for
    comments); `parent` is the comment that a reply answers; `voice` is the id of who wrote it.
    """

    id: str
    kind: PassageKind
    text: str
    section: str = ""
    parent: str | None = None
    voice: str
    quoted: tuple[Span, ...] = ()


class VoiceRole(StrEnum):
    AUTHOR = "author"
    COMMENTER = "commenter"


class Naming(Record):
    """Why a voice bears its name, or why passages are one person's: a quote, and where it stands."""

    passage: str
    quote: str
    note: str = ""


class Voice(Record):
    """A person who speaks. `label` is what readers see; `name` only where the text itself gives it."""

    id: str
    label: str
    role: VoiceRole
    name: str | None = None
    passages: tuple[str, ...] = ()
    named_by: tuple[Naming, ...] = ()


class Evidence(Record):
    """A verbatim quote and where it stands in its passage.

    `start` and `end` are the offsets of the quote in the passage's text, or 0 and 0 where the
    quote was not found there (the check then fails it). `owner` is set when the words are
    another's, quoted by the passage's voice, and the statement says so.
    """

    passage: str
    quote: str
    start: int = 0
    end: int = 0
    owner: str | None = None


class FindingKind(StrEnum):
    """Every way in which a statement or an answer can fail the check, in the order they are tried."""

    PASSAGE_UNREAD = "passage_unread"
    QUOTE_NOT_FOUND = "quote_not_found"
    QUOTE_OF_ANOTHER = "quote_of_another"
    VOICE_NOT_THE_SPEAKER = "voice_not_the_speaker"
    DETAIL_NOT_IN_QUOTE = "detail_not_in_quote"
    WORDS_NOT_CARRIED = "words_not_carried"
    STANCE_AGAINST_MAP = "stance_against_map"
    SIDE_MISSING = "side_missing"
    STATEMENT_REPEATED = "statement_repeated"
    VOICES_MISCOUNTED = "voices_miscounted"


class Finding(Record):
    """One failure, in one plain sentence. `statement` is its index in the answer; None: the whole answer."""

    kind: FindingKind
    detail: str
    statement: int | None = None


class Check(Record):
    """The verdict on one statement."""

    verdict: Literal["passed", "failed", "unchecked"] = "unchecked"
    findings: tuple[Finding, ...] = ()


class Statement(Record):
    """One voice's position: what it says, on which side, with the words that show it.

    `text` does not begin with the speaker: whoever shows the statement puts the voice's label first.
    """

    stance: Stance
    voice: str
    speaker: str
    text: str
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    check: Check = Check()


class Near(Record):
    """A passage that was retrieved and is offered to the reader without being part of the answer."""

    passage: str
    text: str
    score: float = 0.0


class Timings(Record):
    """Seconds from the question's arrival; None: it did not happen."""

    first_statement: float | None = None
    total: float = 0.0


class Tokens(Record):
    """Tokens that the model read and wrote, as it reported them or as tiktoken counts them."""

    prompt: int = 0
    completion: int = 0


class Provenance(Record):
    """What made this answer, exactly enough to make it again."""

    model: str
    collection: str
    collection_hash: str
    index_hash: str
    settings_hash: str
    prompts_hash: str
    passages_read: tuple[str, ...] = ()
    fallback: str | None = None
    timings: Timings = Timings()
    tokens: Tokens = Tokens()


class Answer(Record):
    """The answer to one question, checked.

    `topics` names the topics of the map that it rests on. `gaps` are plain sentences on what the
    collection does not hold. `voices_for` and
    `voices_against` list the distinct voices shown on each side. `dropped` holds the statements
    that failed, with their findings. `notice` is the fixed text of a crisis or a declined question.
    `follow_ups` are questions to go on with, which the collection answers.
    """

    question: str
    standalone_question: str
    proposition: str = ""
    outcome: Outcome
    topics: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    gaps: tuple[str, ...] = ()
    voices_for: tuple[str, ...] = ()
    voices_against: tuple[str, ...] = ()
    unused: tuple[Near, ...] = ()
    dropped: tuple[Statement, ...] = ()
    findings: tuple[Finding, ...] = ()
    notice: str = ""
    follow_ups: tuple[str, ...] = ()
    provenance: Provenance
