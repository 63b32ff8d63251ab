"""What a visitor can do about an answer, as a line of links under it.

Links, because Gradio's sanitiser lets no button through; `acts.js` makes them act as buttons.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.exchange import Exchange
from bot.records import Outcome


@dataclass(frozen=True)
class Offers:
    """What the operator lets visitors do beyond asking."""

    feedback: bool = False
    suite: bool = False


NO_OFFERS = Offers()


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
    return f'<p class="acts">{links}</p>' if acts else ""
