"""The chat window: what stands on the page, and what happens when a visitor asks, stops or clears."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import gradio as gr

from bot.care import CARE_FILE
from bot.corpus import Collection
from bot.events import Event, Turn
from bot.positions import load_map
from bot.settings import Settings
from bot.web.acts import EDITING, clearing_html, keeping_html
from bot.web.after_answer import AfterAnswer
from bot.web.bridge import Keep, Message, Open, Reload, bridge_part, update
from bot.web.conversation import STOPPED, STOPPED_OVER, TROUBLE, TROUBLE_OVER, AnyGuide, Conversation
from bot.web.feedback_form import form_html
from bot.web.limits import Limits, Visitor
from bot.web.memory import kept_text, reopened
from bot.web.plain_text import plain
from bot.web.source_panel import panel_html
from bot.web.workings import Workings

ASSETS = Path(__file__).parent / "assets"
FORGET_SECONDS = 2.0
OPENING = "Opening the text"
STARTERS_SHOWN = 6
# Keeps their place while the guide opens, so that the question box does not jump.
STARTERS_TO_COME = '<p class="to-come"></p>'
# Run in the browser before an event is sent: what the device keeps, and no more of a question than is read.
READ_KEPT = "() => [window.counterpoint.kept()]"
CUT_QUESTION = "(question, conversation) => [(question ?? '').slice(0, 50000), conversation]"
log = logging.getLogger(__name__)

# Plain family names: a theme's own font objects would be fetched from outside.
FONTS = ("system-ui", "sans-serif")
# As in colours.css.
PAPER, INK, PAPER_DARK, INK_DARK = "#faf8f4", "#23211d", "#17181a", "#e9e5dd"
Updates = tuple[Any, ...]


class Window:
    """The page for one collection, whose guide may still be opening when the first visitor comes."""

    def __init__(
        self,
        collection: Collection,
        settings: Settings,
        guide: Future[AnyGuide],
        workings: Workings | None = None,
    ) -> None:
        self.collection = collection
        self.settings = settings
        self.guide = guide
        self.limits = Limits(settings)
        self.debate = load_map(settings.collection_dir)
        care = settings.knowledge_dir / CARE_FILE
        self.care = care.read_text("utf-8") if care.is_file() else ""
        self.after_answer = AfterAnswer(collection, settings)
        self.workings = workings or Workings()
        self.offers = replace(self.after_answer.offers, worked=self.workings.holds)

    def blocks(self) -> gr.Blocks:
        """The page's parts and what joins them."""
        with gr.Blocks(title=f"Counterpoint: {self.collection.about.title}", analytics_enabled=False) as page:
            conversation = gr.State(Conversation(), time_to_live=24 * 3600)
            gr.HTML(self._masthead(), elem_id="masthead", padding=False, apply_default_css=False)
            chat = gr.Chatbot(
                elem_id="chat",
                show_label=False,
                label="Conversation",
                container=False,
                height="auto",
                autoscroll=False,
                buttons=[],
                feedback_options=None,
                latex_delimiters=[],
                layout="panel",
                group_consecutive_messages=False,
                allow_file_downloads=False,
            )
            starters = gr.HTML(STARTERS_TO_COME, elem_id="starters", padding=False, apply_default_css=False)
            with gr.Column(elem_id="foot"):
                note = gr.HTML("", elem_id="note", padding=False, apply_default_css=False)
                with gr.Row(elem_id="composer"):
                    box = gr.Textbox(
                        elem_id="question",
                        label="Your question",
                        placeholder="Ask a question",
                        lines=1,
                        max_lines=6,
                        container=False,
                        scale=1,
                        autofocus=True,
                    )
                    ask = gr.Button("Ask", elem_id="ask", variant="primary", scale=0, min_width=72)
                    stop = gr.Button("Stop", elem_id="stop", visible=False, scale=0, min_width=72)
                    clear = gr.Button("Clear", elem_id="clear", scale=0, min_width=72)
                gr.HTML(
                    keeping_html(self.collection.name),
                    elem_id="keeping",
                    padding=False,
                    apply_default_css=False,
                )
            gr.HTML(
                panel_html(self.collection), elem_id="source-holder", padding=False, apply_default_css=False
            )

            gr.HTML(clearing_html(), elem_id="clearing-holder", padding=False, apply_default_css=False)
            bridge = bridge_part()
            if self.settings.feedback:
                gr.HTML(form_html(), elem_id="feedback-holder", padding=False, apply_default_css=False)

            outputs = [chat, conversation, box, ask, stop, note, bridge]
            quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
            asked: dict[str, Any] = {"trigger_mode": "once", "js": CUT_QUESTION, **quiet}
            gr.on([box.submit, ask.click], self.ask, [box, conversation], outputs, **asked)
            # The answer under way ends itself and is the only one to write what is shown of it: two
            # writers would race, and the last of the answer's updates could undo the stop.
            stop.click(self.stop, conversation, None, **quiet)
            clear.click(self.clear, conversation, outputs, **quiet)
            bridge.retry(self.again, conversation, outputs, trigger_mode="once", **quiet)
            bridge.edit(self.edit, conversation, outputs, **quiet)
            bridge.undo(self.leave_edit, conversation, outputs, **quiet)
            self.after_answer.join(bridge, conversation, note, quiet)
            page.load(self.open, bridge, outputs, js=READ_KEPT, **quiet)
            page.load(self.starters, None, starters, **quiet)
        page.queue(api_open=False, max_size=256, default_concurrency_limit=None)
        return page

    async def ask(
        self, question: str | None, conversation: Conversation, request: gr.Request | None = None
    ) -> AsyncIterator[Updates]:
        """Answer a question, statement by statement."""
        # Half a surrogate pair, which JSON can carry, could be neither hashed nor sent back.
        question = (question or "").encode("utf-8", "replace").decode("utf-8").strip()
        visitor = visitor_of(request)
        fault = question_fault(question, self.settings.question_chars)
        if fault is None and not conversation.known:
            yield (*(gr.skip() for _ in range(6)), Reload(question=question).sent)
            return
        fault = self.limits.refusal(visitor) if fault is None else fault
        if fault is not None:
            yield self._updates(conversation, note=fault)
            return
        conversation = conversation.asking(question, self.collection)
        async for updates in self._answered(question, conversation, visitor):
            yield updates

    async def again(
        self, conversation: Conversation, request: gr.Request | None = None
    ) -> AsyncIterator[Updates]:
        """Answer the last question anew; its answer stands until there is another."""
        visitor = visitor_of(request)
        if conversation.draft or not conversation.turns:
            yield self._updates(conversation)
            return
        if refusal := self.limits.refusal(visitor):
            yield self._updates(conversation, note=refusal)
            return
        question = conversation.turns[-1].question
        async for updates in self._answered(question, conversation.asking_again(), visitor):
            yield updates

    async def _answered(
        self, question: str, conversation: Conversation, visitor: Visitor
    ) -> AsyncIterator[Updates]:
        """What the page shows from here until the answer has ended, and what the device is to keep."""
        yield self._updates(conversation, box="", message=self._keep(conversation))
        try:
            with self.limits.answering(visitor):
                async for state, note in self._answering(question, conversation):
                    kept = None if state.draft else self._keep(state)
                    unasked = question if note and state.turns[-1].question != question else None
                    yield self._updates(state, box=unasked, note=note, message=kept)
        finally:
            conversation.ticket.over()

    async def _answering(
        self, question: str, conversation: Conversation
    ) -> AsyncIterator[tuple[Conversation, str]]:
        """The conversation as the guide goes on, until it is answered or withdrawn.

        Beside it a note, where an answer that was to replace another one did not come.
        """
        ticket = conversation.ticket
        if not self.guide.done():
            conversation = conversation.waiting(OPENING)
            yield conversation, ""
        try:
            async with aclosing(ticket.batches(self._events(question, conversation))) as batches:
                async for batch in batches:
                    for event in batch:
                        conversation = conversation.after(event, self.collection)
                    yield conversation, ""
        except Exception:
            log.exception("A question could not be answered.")
        if conversation.draft and not ticket.forgotten:
            # Stopped, or the guide failed or ended without an answer.
            note = (STOPPED_OVER if ticket.withdrawn else TROUBLE_OVER) if conversation.draft.replaces else ""
            yield conversation.ended(STOPPED if ticket.withdrawn else TROUBLE, self.collection), note

    async def _events(self, question: str, conversation: Conversation) -> AsyncIterator[Event]:
        # Shielded: one visitor's Stop must not cancel the opening that all wait for.
        guide = await asyncio.shield(asyncio.wrap_future(self.guide))
        stream = cast("AsyncGenerator[Event]", guide.stream(question, self._history(conversation)))
        async with aclosing(stream) as events:
            async for event in events:
                self.workings.keep(event)
                yield event

    async def stop(self, conversation: Conversation) -> None:
        """Ask the answer under way to end; what has passed stays."""
        conversation.ticket.withdraw()

    async def clear(self, conversation: Conversation) -> Updates:
        """Forget the whole conversation."""
        if conversation.draft:
            await conversation.ticket.forget(FORGET_SECONDS)
        return self._updates(Conversation(known=True), box="", message=Keep(text=""))

    async def edit(self, conversation: Conversation) -> Updates:
        """Put the last question back into the box; what is asked next takes its place."""
        if conversation.draft or not conversation.turns:
            return self._updates(conversation)
        conversation = replace(conversation, editing=True)
        return self._updates(conversation, box=conversation.turns[-1].question)

    async def leave_edit(self, conversation: Conversation) -> Updates:
        """Leave the last question as it was."""
        return self._updates(replace(conversation, editing=False), box="")

    async def open(self, kept: str | None) -> Updates:
        """What a page begins with: the conversation that the device has kept, checked again, or none."""
        found = reopened(kept or "", self.collection, self.debate, self.settings.question_chars, self.care)
        conversation = Conversation.of(found.exchanges, self.collection)
        message = Open(text=kept_text(found.exchanges, "", self.collection))
        box = found.pending or None
        return self._updates(conversation, box=box, note=found.remark, message=message)

    async def starters(self) -> str:
        """Questions to begin with, as buttons; none while the guide cannot be opened."""
        guide = await asyncio.shield(asyncio.wrap_future(self.guide))
        return _starters_html(guide.starters()[:STARTERS_SHOWN])

    def _history(self, conversation: Conversation) -> tuple[Turn, ...]:
        count = self.settings.history_turns
        return tuple(exchange.turn for exchange in conversation.settled[-count:]) if count else ()

    def _keep(self, conversation: Conversation) -> Message:
        pending = conversation.draft.question if conversation.draft else ""
        return Keep(text=kept_text(conversation.turns, pending, self.collection))

    def _updates(
        self,
        conversation: Conversation,
        box: str | None = None,
        note: str = "",
        message: Message | None = None,
    ) -> Updates:
        busy = conversation.draft is not None
        noted = f"<p>{plain(note)}</p>" if note else ""
        return (
            conversation.messages(self.collection, self.offers),
            conversation,
            update(box),
            gr.Button(visible=not busy),
            gr.Button(visible=busy),
            noted + (EDITING if conversation.editing else ""),
            message.sent if message else update(None),
        )

    def _masthead(self) -> str:
        about = self.collection.about
        return (
            "<header><h1>Counterpoint</h1>"
            "<p>Both sides of one article and its comments, every quote checked. "
            "It takes no side and gives no advice.</p>"
            f'<p class="subject">The text: {plain(about.subject or about.title)}</p>'
            '<button type="button" class="open-source">Read the text</button></header>'
        )


def visitor_of(request: gr.Request | None) -> Visitor:
    """Who sends a request, as far as it says."""
    if request is None:
        return Visitor()
    client = request.client
    return Visitor(session=request.session_hash or "", address=client.host if client else "")


def question_fault(question: str, limit: int) -> str | None:
    """Why a question cannot be taken, in one kind sentence ("" for an empty one), or None."""
    if not question:
        return ""
    if len(question) > limit:
        return (
            f"Your question is longer than the {limit:,} characters that can be read at once: "
            "please shorten it and ask again."
        )
    return None


def _starters_html(questions: list[str]) -> str:
    if not questions:
        return ""
    items = "".join(
        f'<li><button type="button" class="ask-this">{plain(question)}</button></li>'
        for question in questions
    )
    return f'<p id="starters-label">Begin with one of these, or ask your own.</p><ul>{items}</ul>'


def head_html(read: Callable[[Path], str] = lambda path: path.read_text("utf-8")) -> str:
    """The page's own style and script, inline: Gradio's `css=` would rewrite rules inside `@media`."""
    styles = "".join(f"<style>{read(path)}</style>" for path in sorted(ASSETS.glob("*.css")))
    scripts = "".join(f"<script>{read(path)}</script>" for path in sorted(ASSETS.glob("*.js")))
    return styles + scripts


def theme() -> gr.themes.Base:
    """Gradio's plainest theme in the system's own fonts; the colours are in window.css.

    Those given here are of the first moment, before any style sheet of ours is there.
    """
    plainest = gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace"))
    return plainest.set(
        body_background_fill=PAPER,
        body_background_fill_dark=PAPER_DARK,
        body_text_color=INK,
        body_text_color_dark=INK_DARK,
    )
