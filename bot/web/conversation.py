"""One visitor's conversation: what was asked and answered, and the answer that is under way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot.corpus import Collection
from bot.events import Event, Finished, Passed, Progress, Turn
from bot.exchange import Exchange
from bot.records import Stance, Statement
from bot.settings import Settings
from bot.web.acts import NO_OFFERS, Offers, acts_html
from bot.web.answer_page import answer_html, claim_html, question_html, statements_html
from bot.web.plain_text import plain
from bot.web.ticket import Ticket

STOPPED = "Stopped. Everything above had passed the check."
STOPPED_EMPTY = "Stopped before anything had passed the check."
STOPPED_OVER = "Stopped. The answer above is the one from before."
TROUBLE_OVER = "Something went wrong on this side. The answer above is the one from before."
NOT_REACHED = "Not reached."
TROUBLE = "Something went wrong on this side and the answer is not complete. Please ask again."


class AnyGuide(Protocol):
    """What the window needs of a guide."""

    collection: Collection
    settings: Settings

    def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Event]: ...

    def starters(self) -> list[str]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Draft:
    """The answer under way: what it is doing and what has passed so far.

    `replaces`: it takes the place of the last exchange, which stands until it is finished.
    """

    question: str
    replaces: bool = False
    progress: str = ""
    proposition: str = ""
    statements: tuple[Statement, ...] = ()
    ticket: Ticket = field(default_factory=Ticket, compare=False)

    def after(self, event: Progress | Passed) -> Draft:
        if isinstance(event, Progress):
            return replace(self, progress=event.detail)
        proposition = event.proposition or self.proposition
        return replace(self, proposition=proposition, statements=(*self.statements, event.statement))

    def ended(self, remark: str) -> Exchange:
        """What had passed, with a remark on why it ends there."""
        return Exchange(
            question=self.question, proposition=self.proposition, statements=self.statements, remark=remark
        )


@dataclass(frozen=True)
class Conversation:
    """Finished exchanges, the HTML each was shown as, and the draft of the one under way.

    `known`: the page has opened this conversation here; one that it has not is a session that ended
    on this side while the page stayed open. `editing`: the next question takes the last one's place.
    """

    turns: tuple[Exchange, ...] = ()
    shown: tuple[str, ...] = ()
    draft: Draft | None = None
    known: bool = False
    editing: bool = False

    @property
    def ticket(self) -> Ticket:
        """The running answer's; a withdrawn one where none runs."""
        if self.draft:
            return self.draft.ticket
        ticket = Ticket()
        ticket.withdraw()
        return ticket

    @classmethod
    def of(cls, exchanges: Sequence[Exchange], collection: Collection) -> Conversation:
        """A conversation that is opened here, with these exchanges behind it."""
        shown = tuple(exchange_html(exchange, collection) for exchange in exchanges)
        return cls(turns=tuple(exchanges), shown=shown, known=True)

    @property
    def settled(self) -> tuple[Exchange, ...]:
        """What came before the answer under way and stays: the turns, less the one that it replaces."""
        return self.turns[:-1] if self.draft and self.draft.replaces else self.turns

    def asking(self, question: str, collection: Collection) -> Conversation:
        """A new question, in the place of the last one where that is being edited."""
        before = self.ended(STOPPED, collection)
        draft = Draft(question, replaces=before.editing and bool(before.turns))
        return replace(before, draft=draft, editing=False)

    def asking_again(self) -> Conversation:
        """The last question once more; its answer stands until there is another."""
        return replace(self, draft=Draft(self.turns[-1].question, replaces=True), editing=False)

    def after(self, event: Event, collection: Collection) -> Conversation:
        """The conversation once `event` has come in from the guide."""
        if self.draft is None:
            return self
        if isinstance(event, Finished):
            return self._with(Exchange(question=self.draft.question, answer=event.answer), collection)
        return replace(self, draft=self.draft.after(event))

    def waiting(self, progress: str) -> Conversation:
        return replace(self, draft=replace(self.draft, progress=progress)) if self.draft else self

    def ended(self, remark: str, collection: Collection) -> Conversation:
        """The draft becomes an exchange as far as it got, with a remark on why it ends there.

        One that was to replace an exchange leaves that as it was.
        """
        if self.draft is None:
            return self
        self.draft.ticket.withdraw()
        if self.draft.replaces:
            return replace(self, draft=None)
        if remark == STOPPED and not self.draft.statements:
            remark = STOPPED_EMPTY
        return self._with(self.draft.ended(remark), collection)

    def messages(self, collection: Collection, offers: Offers = NO_OFFERS) -> list[dict[str, str]]:
        """Every message of the window, oldest first, as Gradio takes them."""
        last = None if self.draft else len(self.turns) - 1
        pairs = [
            (exchange.question, html + acts_html(number, exchange, offers, last=number == last))
            for number, (exchange, html) in enumerate(zip(self.turns, self.shown, strict=True))
        ]
        if self.draft and self._again:
            pairs[-1] = (self.draft.question, again_html(self.draft) + self.shown[-1])
        elif self.draft:
            pairs[len(self.settled) :] = [(self.draft.question, draft_html(self.draft, collection))]
        return [
            message
            for question, html in pairs
            for message in (
                {"role": "user", "content": question_html(question)},
                {"role": "assistant", "content": html},
            )
        ]

    @property
    def _again(self) -> bool:
        """Whether the answer under way is to the very question whose answer it replaces."""
        draft = self.draft
        return draft is not None and draft.replaces and self.turns[-1].question == draft.question

    def _with(self, exchange: Exchange, collection: Collection) -> Conversation:
        html = exchange_html(exchange, collection)
        before = self.settled
        shown = self.shown[: len(before)]
        return replace(self, turns=(*before, exchange), shown=(*shown, html), draft=None)


def exchange_html(exchange: Exchange, collection: Collection) -> str:
    """The message that an exchange is shown as: a whole answer, or one that ended early."""
    if exchange.answer:
        return answer_html(exchange.answer, collection)
    missing = dict.fromkeys(Stance, NOT_REACHED)
    body = _draft_body(exchange.proposition, exchange.statements, collection, missing)
    return f'<div class="answer ended">{body}<p class="remark">{plain(exchange.remark)}</p></div>'


def draft_html(draft: Draft, collection: Collection) -> str:
    """The answer under way: what has passed, and a line on what is being done."""
    progress = f'<p class="progress">{plain(draft.progress)}</p>' if draft.progress else ""
    body = _draft_body(draft.proposition, draft.statements, collection)
    return f'<div class="answer drafting">{body}{progress}</div>'


def again_html(draft: Draft) -> str:
    """The line over an answer that stands while the same question is answered anew."""
    progress = plain(draft.progress or "Looking again")
    return f'<div class="answer drafting"><p class="progress">{progress}</p></div>'


def _draft_body(
    proposition: str,
    statements: Sequence[Statement],
    collection: Collection,
    missing: dict[Stance, str] | None = None,
) -> str:
    return claim_html(proposition) + statements_html(statements, collection, missing)
