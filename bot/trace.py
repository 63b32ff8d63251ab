"""Noting the working of one question while it is on its way, out of the graph's messages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from bot.records import Statement
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH
from bot.working import Drafted, Found, MappedPosition, MappedTopic, Search, Working


@dataclass
class Trace:
    """The working of one question as it grows."""

    searches: list[Search] = field(default_factory=list)
    topics: dict[str, MappedTopic] = field(default_factory=dict)
    facts: dict[str, Found] = field(default_factory=dict)
    threads: list[str] = field(default_factory=list)
    drafted: list[Drafted] = field(default_factory=list)
    _asked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def saw(self, messages: Iterable[BaseMessage]) -> None:
        """Note what tools were called with and what they returned; a call that failed leaves nothing."""
        for message in messages:
            if isinstance(message, AIMessage):
                self._asked.update({str(call["id"]): call["args"] for call in message.tool_calls})
            if isinstance(message, ToolMessage) and message.artifact:
                content = json.loads(str(message.content))
                self._returned(str(message.name), self._asked.get(message.tool_call_id, {}), content)

    def _returned(self, tool: str, args: dict[str, Any], content: dict[str, Any]) -> None:
        if tool == SEARCH:
            hits = tuple(Found(passage=p["id"], score=p["score"]) for p in content["passages"])
            self.searches.append(Search(query=str(args.get("query", "")), hits=hits))
        if tool == READ_THREAD:
            self.threads.append(str(args.get("passage", "")))
        if tool == LOOK_UP_MAP:
            self.topics.update({topic["id"]: _topic(topic) for topic in content["topics"]})
            self.facts.update(
                {f["passage"]: Found(passage=f["passage"], score=f["score"]) for f in content["facts"]}
            )

    def tried(self, statement: Statement, stand_in: bool) -> None:
        """Note a drafted statement with its verdict."""
        self.drafted.append(Drafted(statement=statement, stand_in=stand_in))

    def working(self, model: str) -> Working:
        """The record, as it stands."""
        return Working(
            model=model,
            searches=tuple(self.searches),
            topics=tuple(self.topics.values()),
            facts=tuple(self.facts.values()),
            threads=tuple(self.threads),
            drafted=tuple(self.drafted),
        )


def _topic(topic: dict[str, Any]) -> MappedTopic:
    positions = tuple(
        MappedPosition(
            speaker=position["speaker"],
            stance=position["stance"],
            claim=position["claim"],
            passages=tuple(quoted["passage"] for quoted in position["evidence"]),
            fit=position["fit"],
        )
        for position in topic["positions"]
    )
    return MappedTopic(
        topic=topic["id"], proposition=topic["proposition"], score=topic["score"], positions=positions
    )
