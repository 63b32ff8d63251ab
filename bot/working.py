"""How an answer came about: what was searched and found, what was drafted, and what the check made of it.

A record beside the `Answer`, for whoever wants to see the working; nothing is shown to a visitor
because of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from bot.records import Answer, Record, Stance, Statement
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH

KEY_DIGITS = 32


class Found(Record):
    """A passage with the score that a tool gave it; scores compare within one call only."""

    passage: str
    score: float


class Search(Record):
    """One search of the text: its words, and what it returned, best first."""

    query: str
    hits: tuple[Found, ...] = ()


class MappedPosition(Record):
    """A position of the map as it was looked up; `fit` is how near its claim is to the question."""

    speaker: str
    stance: Stance
    claim: str
    passages: tuple[str, ...]
    fit: float


class MappedTopic(Record):
    """A topic of the map that the question was found to touch."""

    topic: str
    proposition: str
    score: float
    positions: tuple[MappedPosition, ...] = ()


class Drafted(Record):
    """A statement as it was drafted, attributed and checked; `stand_in`: the embedded model drafted it
    in another model's place."""

    statement: Statement
    stand_in: bool = False


class Working(Record):
    """Everything between the question and its answer. `model` is the one that was asked."""

    model: str
    searches: tuple[Search, ...] = ()
    topics: tuple[MappedTopic, ...] = ()
    facts: tuple[Found, ...] = ()
    threads: tuple[str, ...] = ()
    drafted: tuple[Drafted, ...] = ()


def working_key(answer: Answer) -> str:
    """A name for an answer's working that only whoever holds the answer can tell."""
    return hashlib.sha256(answer.model_dump_json().encode()).hexdigest()[:KEY_DIGITS]


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
