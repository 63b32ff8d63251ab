"""The conversation as a visitor's own device keeps it: written for it here, and read back with mistrust.

The server stores none of it. What comes back may have been damaged, edited, or overtaken by another
text, so every statement passes the check again before it is shown again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from bot.corpus import Collection
from bot.exchange import Exchange
from bot.grounding import check, check_statement, grounds_for
from bot.positions import DebateMap
from bot.records import Outcome, Record
from bot.web.answer_page import NUMBER

# Well below what the gatekeeper lets in, since the text travels inside another JSON text.
MOST_BYTES = 180 * 1024
WORDS_NOT_KEPT = "(This question is not kept on this device.)"
DAMAGED = "The conversation kept on this device could not be read and was put away. You can begin anew."
UNANSWERED = (
    "Your last question had no answer yet when the page was left. It stands in the box: ask it again."
)


class KeptConversation(Record):
    """What the device keeps: the newest exchanges, and the question that has no answer yet, if any."""

    version: Literal[1]
    collection: str
    pending: str = ""
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True)
class Reopened:
    """What could be taken back, the question to ask again, and one sentence where not all could be."""

    exchanges: tuple[Exchange, ...] = ()
    pending: str = ""
    remark: str = ""


def kept_text(exchanges: Sequence[Exchange], pending: str, collection: Collection) -> str:
    """What the device is to keep, as text; "" for nothing. The oldest exchanges give way to the limit.

    Words written in a crisis stay out of it: others may use the device. The help lines stay.
    """
    all_kept = tuple(discreet(exchange) for exchange in exchanges)
    for first in range(len(all_kept) + 1):
        kept = KeptConversation(
            version=1, collection=collection.name, pending=pending, exchanges=all_kept[first:]
        )
        if not kept.exchanges and not pending:
            return ""
        text = kept.model_dump_json(exclude_defaults=True)
        if len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")) <= MOST_BYTES:
            return text
    return ""


def reopened(
    text: str, collection: Collection, debate: DebateMap, question_chars: int, care: str = ""
) -> Reopened:
    """The conversation in a text from a device. It never raises: what is amiss is told in `remark`.

    `care` is the text of the care file, which alone may name the numbers to call.
    """
    if not text:
        return Reopened()
    try:
        kept = KeptConversation.model_validate_json(text)
    except ValidationError:
        return Reopened(remark=DAMAGED)
    if kept.collection != collection.name:
        return Reopened()
    sound = tuple(e for e in kept.exchanges if _stands(e, collection, debate, question_chars, care))
    pending = kept.pending[:question_chars]
    remarks = [_left_out(len(kept.exchanges) - len(sound)), UNANSWERED if pending else ""]
    return Reopened(sound, pending, " ".join(filter(None, remarks)))


def discreet(exchange: Exchange) -> Exchange:
    """The exchange as it may be kept or saved: without the words of somebody in a crisis."""
    answer = exchange.answer
    if answer is None or answer.outcome is not Outcome.CRISIS:
        return exchange
    silent = {"question": WORDS_NOT_KEPT, "standalone_question": WORDS_NOT_KEPT}
    return Exchange(question=WORDS_NOT_KEPT, answer=answer.model_copy(update=silent))


def _stands(
    exchange: Exchange, collection: Collection, debate: DebateMap, question_chars: int, care: str
) -> bool:
    """Whether every statement in an exchange passes the check against the text as it is now."""
    if not exchange.question.strip() or len(exchange.question) > question_chars:
        return False
    if exchange.answer:
        if any(number.group() not in care for number in NUMBER.finditer(exchange.answer.notice)):
            return False
        found = check(exchange.answer, collection, debate.stances(exchange.answer.topics))
        return all(finding in exchange.answer.findings and finding.statement is None for finding in found)
    read = [evidence.passage for said in exchange.statements for evidence in said.evidence]
    grounds = grounds_for(collection, read)
    return not any(check_statement(said, grounds) for said in exchange.statements)


def _left_out(count: int) -> str:
    if not count:
        return ""
    which = "one answer" if count == 1 else f"{count} answers"
    return f"Left out, for the text has changed since: {which} kept on this device."
