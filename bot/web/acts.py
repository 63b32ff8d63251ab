"""What a visitor can do about an answer and about the whole conversation, as lines under them.

Under an answer they are links, because Gradio's sanitiser lets no button through; `acts.js` makes
them act as buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.exchange import Exchange
from bot.records import Answer, Outcome
from bot.web.plain_text import plain
from bot.web.workings import working_link


@dataclass(frozen=True)
class Offers:
    """What the operator lets visitors do beyond asking, and whose working can still be shown."""

    feedback: bool = False
    suite: bool = False
    worked: Callable[[Answer], bool] = lambda _: True


NO_OFFERS = Offers()
UNWORKED = "The working is no longer kept: ask again to see it."
EDITING = (
    "<p>Asking now replaces your last question and its answer. "
    '<button type="button" class="leave-edit">Leave it as it was</button></p>'
)


def keeping_html(collection: str) -> str:
    """What is kept where, and how to save it; the page shows it once there is a conversation."""
    return (
        f'<p id="keeping-line" data-collection="{plain(collection)}">'
        '<span class="where">Kept on this device<span class="roomy"> only, until you clear it</span>.</span> '
        '<span class="crisis-where">Your words of distress are not kept on this device.</span> '
        '<span class="unkept-where">This browser keeps nothing here: a reload forgets it.</span> '
        '<span class="save">Save: <button type="button" data-save="markdown">Markdown</button> '
        '<button type="button" data-save="page">Web page</button></span></p>'
    )


def clearing_html() -> str:
    """What Clear asks before it forgets, as a closed dialog; `clearing.js` opens it."""
    return (
        '<dialog id="clearing" role="alertdialog" aria-labelledby="clearing-title" '
        'aria-describedby="clearing-what"><h2 id="clearing-title">Clear this conversation?</h2>'
        '<p id="clearing-what">It is forgotten here and on this device, and cannot be brought back.</p>'
        '<div class="dialog-acts"><button type="button" class="confirm-clear">Clear it</button>'
        '<button type="button" class="leave-clear" autofocus>Keep it</button></div></dialog>'
    )


def acts_html(number: int, exchange: Exchange, offers: Offers, *, last: bool) -> str:
    """The line under the exchange of that number; "" where nothing can be done.

    Someone in a crisis is shown help and nothing else.
    """
    if exchange.answer and exchange.answer.outcome is Outcome.CRISIS:
        return ""
    acts = [("again", "Ask again"), ("edit", "Edit the question")] if last else []
    if exchange.answer and offers.feedback:
        acts.append((f"feedback~{number}", "Give feedback"))
    if exchange.answer and offers.suite:
        acts.append((f"suite~{number}", "Add to suite"))
    links = "".join(f'<a class="act" href="#{act}">{label}</a>' for act, label in acts)
    link = working_link(exchange.answer) if exchange.answer else ""
    if exchange.answer and link and not offers.worked(exchange.answer):
        link = f'<span class="unworked">{UNWORKED}</span>'
    links += link
    return f'<p class="acts">{links}</p>' if links else ""
