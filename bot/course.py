"""One question on its way: what the graph's messages become, event by event."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, ToolMessage

from bot.agent import topics_offered
from bot.assembly import NOTHING_SAID, Assembly
from bot.draft import DRAFT, Draft, DraftStatement
from bot.events import Event, Passed, Progress, Stage
from bot.faults import EMPTY, ENDLESS, NO_DRAFT, NOTHING_PASSED, EndpointError
from bot.judge import OBJECTION, Judge
from bot.records import Statement
from bot.streaming import DraftStream
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH
from bot.trace import Trace

TOOL_STAGES = {
    SEARCH: (Stage.SEARCHING, "Searching the article and the comments"),
    LOOK_UP_MAP: (Stage.SEARCHING, "Looking up who takes which side"),
    READ_THREAD: (Stage.READING, "Reading the thread"),
}
# Characters, statements, failed statements: an honest draft is a quarter of each.
MOST_WRITTEN = 40_000
MOST_SHOWN = 24
MOST_DROPPED = 40


@dataclass
class Course:
    """What has been drafted, counted and timed so far. Times are of `time.perf_counter`, in seconds.

    `fallback` says why the embedded model had a part in the answer; `completed` that it only
    completed what another model had shown.
    """

    assembly: Assembly
    started: float
    deadline: float
    judge: Judge | None = None
    streams: dict[str, DraftStream] = field(default_factory=dict)
    draft: Draft | None = None
    first_statement: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    written: int = 0
    announced: set[str] = field(default_factory=set)
    tried: list[DraftStatement] = field(default_factory=list)
    fallback: str | None = None
    completed: bool = False
    trace: Trace = field(default_factory=Trace)

    @property
    def seconds_left(self) -> float:
        """Until the question's time is up; below 0 after."""
        return self.deadline - time.perf_counter()

    @property
    def denies(self) -> bool:
        """Whether a whole draft says that there is nothing to show."""
        empty = self.draft is not None and not self.draft.statements
        return empty and self.assembly.outcome in NOTHING_SAID

    def why_nothing(self, fault: str | None) -> str:
        """Why a model's run left nothing to show; `fault`: what ended it, if anything did."""
        if self.draft is None:
            return fault or NO_DRAFT
        return NOTHING_PASSED if self.assembly.dropped else EMPTY

    def start_over(self, reason: str) -> None:
        """Forget a model's draft, of which nothing is shown, and let the embedded model begin anew."""
        self.fallback, self.draft, self.written = reason, None, 0
        self.streams.clear()
        self.tried.clear()
        self.assembly.start_over()

    async def drafted(self, chunk: AIMessageChunk) -> AsyncIterator[Event]:
        """Progress and statements out of one chunk of what the model writes."""
        self.written += len(str(chunk.content))
        for call in chunk.tool_call_chunks:
            piece = call.get("args") or ""
            self.written += len(piece)
            if self.written > MOST_WRITTEN:
                raise EndpointError(ENDLESS)
            key = f"{chunk.id}-{call.get('index')}"
            for progress in self._called(call.get("name"), key):
                yield progress
            stream = self.streams.get(key)
            if stream:
                async for event in self._streamed(stream, piece):
                    yield event
        if self.written > MOST_WRITTEN:
            raise EndpointError(ENDLESS)

    def _called(self, name: str | None, key: str) -> Iterator[Progress]:
        """What the opening of a tool call means: a stage to tell of, or a draft to read along."""
        if not name:
            return
        self.streams.pop(key, None)
        if name in TOOL_STAGES and name not in self.announced:
            self.announced.add(name)
            stage, detail = TOOL_STAGES[name]
            yield Progress(stage=stage, detail=detail)
        if name == DRAFT:
            self.streams[key] = DraftStream()
            yield Progress(stage=Stage.DRAFTING, detail="Picking quotes")

    async def _streamed(self, stream: DraftStream, piece: str) -> AsyncIterator[Event]:
        complete = stream.feed(piece)
        # A side is a side of something: until that is known, statements wait for the whole draft.
        if not stream.framed:
            return
        self.assembly.choose_topics(stream.topics)
        self.assembly.propose(stream.proposition)
        async for event in self.offered(complete, stream.drafted):
            yield event

    async def updated(self, update: dict[str, Any]) -> AsyncIterator[Event]:
        """What a node of the graph has just added: passages read, tokens used, the parsed draft."""
        messages = update.get("messages", ())
        self.trace.saw(messages)
        self.assembly.saw_topics(topics_offered(messages))
        for message in messages:
            if isinstance(message, ToolMessage) and message.artifact:
                self.assembly.saw(message.artifact, nearest_first=message.name == SEARCH)
            if isinstance(message, AIMessage) and message.usage_metadata:
                self.prompt_tokens += message.usage_metadata["input_tokens"]
                self.completion_tokens += message.usage_metadata["output_tokens"]
        draft = update.get("structured_response")
        if isinstance(draft, Draft):
            if self.draft is None:
                self.assembly.finish(draft)
            self.draft = draft
            async for event in self.offered(draft.statements, len(draft.statements)):
                yield event

    async def offered(
        self, drafted: Iterable[DraftStatement], whole: int | None = None
    ) -> AsyncIterator[Event]:
        """Each drafted statement through the check, and before the judge where there is one.

        `whole` is how many statements the draft has, once that is known.
        """
        for candidate in drafted:
            kept, dropped = self.assembly.kept, self.assembly.dropped
            failed = len(dropped)
            if len(kept) >= MOST_SHOWN or len(dropped) >= MOST_DROPPED:
                return
            # Read along, a draft comes once more when it is whole.
            if candidate in self.tried:
                continue
            self.tried.append(candidate)
            yield Progress(stage=Stage.CHECKING, detail=_checking(len(kept) + len(dropped) + 1, whole))
            statement = self.assembly.offer(candidate)
            if statement is None:
                self._note(dropped[failed:])
                continue
            if self.judge and await self.judge.objects(
                statement, self.assembly.proposition, self.seconds_left
            ):
                self.assembly.withdraw(statement, OBJECTION)
                self._note(dropped[failed:])
                continue
            self._note([statement])
            self.first_statement = self.first_statement or time.perf_counter() - self.started
            yield Passed(statement=statement, proposition=self.assembly.proposition)

    def _note(self, statements: Iterable[Statement]) -> None:
        for statement in statements:
            self.trace.tried(statement, stand_in=self.fallback is not None)


def _checking(number: int, whole: int | None) -> str:
    """What is being checked. A draft handed in again counts on from the first, and then has no whole."""
    return f"Checking statement {number}" + (f" of {whole}" if whole and number <= whole else "")
