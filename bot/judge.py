"""An optional second look at statements that have passed the check: a model that can only drop.

The code's check decides what may be shown; a judge may take away from that and never add to it.
"""

from __future__ import annotations

import asyncio
import logging
import re

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from bot.corpus import Collection
from bot.faults import plain_reason
from bot.ownership import own_sentences
from bot.prompts import Prompts
from bot.records import Statement

STAGE = "judge"
OBJECTION = "The judge finds that the words do not carry this."
VERDICT = re.compile(r"\W*(yes|no)\b\W*$", re.I)
log = logging.getLogger(__name__)


class Judge:
    """Asks a model about one statement at a time."""

    def __init__(self, model: BaseChatModel, prompts: Prompts, collection: Collection) -> None:
        self._model = model
        self._prompt = prompts[STAGE]
        self._collection = collection

    async def objects(self, statement: Statement, proposition: str, seconds: float) -> bool:
        """Whether the judge says no within so many seconds; False where it says yes or nothing readable."""
        if seconds <= 0:
            return self._unscored(statement, "there was no time left")
        try:
            async with asyncio.timeout(seconds):
                reply = await self._model.ainvoke([HumanMessage(self._question(statement, proposition))])
        # Whatever a server sends ends up here; a judge that fails must not take an answer with it.
        except Exception as error:  # noqa: BLE001
            return self._unscored(statement, plain_reason(error))
        verdict = VERDICT.match(reply.text.strip())
        if verdict is None:
            return self._unscored(statement, "its verdict could not be read")
        return verdict[1].lower() == "no"

    def _question(self, statement: Statement, proposition: str) -> str:
        by_id = self._collection.by_id
        return self._prompt.fill(
            speaker=statement.speaker,
            quote=" … ".join(evidence.quote for evidence in statement.evidence),
            context=" … ".join(own_sentences(e, by_id[e.passage]) for e in statement.evidence),
            claim=statement.text,
            stance=statement.stance.value,
            proposition=proposition or "not stated",
        )

    def _unscored(self, statement: Statement, why: str) -> bool:
        cited = ", ".join(evidence.passage for evidence in statement.evidence)
        log.warning("The judge left a statement from %s unscored: %s.", cited, why)
        return False
