"""One visitor's conversation: what was asked and answered, and the answer that is under way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.corpus import Collection
from bot.events import Event, Finished, Passed, Progress, Turn
from bot.records import Stance, Statement
from bot.settings import Settings
from bot.web.answer_page import answer_html, claim_html, question_html, statements_html
from bot.web.plain_text import plain

STOPPED = "Stopped. Everything above had passed the check."
STOPPED_EMPTY = "Stopped before anything had passed the check."
NOT_REACHED = "Not reached."
TROUBLE = "Something went wrong on this side and the answer is not complete. Please ask again."


class AnyGuide(Protocol):
    """What the window needs of a guide."""

    collection: Collection
    settings: Settings

    def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Event]: ...

    def starters(self) -> list[str]: ...

    def close(self) -> None: ...


@dataclass
class Ticket:
    """Tells a running answer that it is no longer wanted, whichever of two requests comes first."""

    withdrawn: bool = False


@dataclass(frozen=True)
class Draft:
    """The answer under way: what it is doing and what has passed so far."""

    question: str
    progress: str = ""
    proposition: str = ""
    statements: tuple[Statement, ...] = ()
    ticket: Ticket = field(default_factory=Ticket, compare=False)

    def after(self, event: Progress | Passed) -> Draft:
        if isinstance(event, Progress):
            return replace(self, progress=event.detail)
        proposition = event.proposition or self.proposition
        return replace(self, proposition=proposition, statements=(*self.statements, event.statement))

    @property
    def gist(self) -> str:
        """What was shown, for the questions that follow."""
        return "\n".join([self.proposition, *(f"{s.speaker}: {s.text}" for s in self.statements)]).strip()


@dataclass(frozen=True)
class Conversation:
    """Finished turns, the HTML each was shown as, and the draft of the one under way."""

    turns: tuple[Turn, ...] = ()
    shown: tuple[str, ...] = ()
    draft: Draft | None = None

    @property
    def ticket(self) -> Ticket:
        """The running answer's; a withdrawn one where none runs."""
        return self.draft.ticket if self.draft else Ticket(withdrawn=True)

    def asking(self, question: str, collection: Collection) -> Conversation:
        return replace(self.ended(STOPPED, collection), draft=Draft(question))

    def after(self, event: Event, collection: Collection) -> Conversation:
        """The conversation once `event` has come in from the guide."""
        if self.draft is None:
            return self
        if isinstance(event, Finished):
            turn = Turn(question=self.draft.question, answer=event.answer)
            return self._with(turn, answer_html(event.answer, collection))
        return replace(self, draft=self.draft.after(event))

    def waiting(self, progress: str) -> Conversation:
        return replace(self, draft=replace(self.draft, progress=progress)) if self.draft else self

    def ended(self, remark: str, collection: Collection) -> Conversation:
        """The draft becomes a turn as far as it got, with a remark on why it ends there."""
        if self.draft is None:
            return self
        self.draft.ticket.withdrawn = True
        if remark == STOPPED and not self.draft.statements:
            remark = STOPPED_EMPTY
        body = _draft_body(self.draft, collection, dict.fromkeys(Stance, NOT_REACHED))
        html = f'<div class="answer ended">{body}<p class="remark">{plain(remark)}</p></div>'
        return self._with(Turn(question=self.draft.question, gist=self.draft.gist), html)

    def messages(self, collection: Collection) -> list[dict[str, str]]:
        """Every message of the window, oldest first, as Gradio takes them."""
        pairs = [(turn.question, html) for turn, html in zip(self.turns, self.shown, strict=True)]
        if self.draft:
            pairs.append((self.draft.question, draft_html(self.draft, collection)))
        return [
            message
            for question, html in pairs
            for message in (
                {"role": "user", "content": question_html(question)},
                {"role": "assistant", "content": html},
            )
        ]

    def _with(self, turn: Turn, html: str) -> Conversation:
        return Conversation(turns=(*self.turns, turn), shown=(*self.shown, html))


def draft_html(draft: Draft, collection: Collection) -> str:
    """The answer under way: what has passed, and a line on what is being done."""
    progress = f'<p class="progress">{plain(draft.progress)}</p>' if draft.progress else ""
    return f'<div class="answer drafting">{_draft_body(draft, collection)}{progress}</div>'


def _draft_body(draft: Draft, collection: Collection, missing: dict[Stance, str] | None = None) -> str:
    return claim_html(draft.proposition) + statements_html(draft.statements, collection, missing)
