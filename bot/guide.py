"""The guide: one question in, a stream of events and one checked answer out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, ToolMessage
from langchain_core.messages.utils import trim_messages
from langgraph.errors import GraphRecursionError
from langgraph.graph.state import CompiledStateGraph
from openai import OpenAIError
from pydantic import ValidationError

from bot.agent import build_agent, load_model
from bot.assembly import Assembly
from bot.corpus import Collection, load_collection
from bot.draft import DRAFT, Draft, DraftStatement
from bot.embedded import EmbeddedModel
from bot.embedding import Embedding, load_embedding
from bot.events import Event, Finished, Passed, Progress, Stage, Turn
from bot.grounding import check
from bot.index import Index, open_index
from bot.positions import Sides, load_map
from bot.prompts import Prompts, load_prompts
from bot.records import Answer, Outcome, Provenance, Timings, Tokens
from bot.rendering import gist
from bot.safety import Concern, Screening, load_care, notice, screen
from bot.settings import EMBEDDED, Settings
from bot.streaming import DraftStream
from bot.tokens import count_tokens
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH, Library
from bot.topics import TopicFinder

CARE_FILE = "care.yaml"
EMPTY = "Ask a question about the article or the comments, such as one of those suggested."
TOOL_STAGES = {
    SEARCH: (Stage.SEARCHING, "Searching the article and the comments"),
    LOOK_UP_MAP: (Stage.SEARCHING, "Looking up who takes which side"),
    READ_THREAD: (Stage.READING, "Reading the thread"),
}
MODEL_FAULTS = (OpenAIError, GraphRecursionError, ValidationError, ValueError, OSError, asyncio.TimeoutError)


@dataclass
class Course:
    """One question on its way: what has been drafted, counted and timed so far."""

    assembly: Assembly
    started: float
    streams: dict[str, DraftStream] = field(default_factory=dict)
    draft: Draft | None = None
    first_statement: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    announced: set[str] = field(default_factory=set)


class Guide:
    """Answers questions about one collection; safe to share between conversations."""

    def __init__(
        self, settings: Settings, collection: Collection, index: Index, embedding: Embedding, prompts: Prompts
    ) -> None:
        self.settings = settings
        self.collection = collection
        self.index = index
        self.debate = load_map(settings.collection_dir)
        self._prompts = prompts
        self._care = load_care(settings.knowledge_dir / CARE_FILE)
        finder = TopicFinder(self.debate, embedding)
        self._library = Library(collection, index, self.debate, finder, settings)
        self._embedded = build_agent(EmbeddedModel(), self._library, prompts, settings)
        self._agent = (
            self._embedded
            if settings.model == EMBEDDED
            else build_agent(load_model(settings), self._library, prompts, settings)
        )

    def starters(self, most: int = 6) -> list[str]:
        """Questions to begin with, from the map: those on which both sides speak come first."""
        topics = sorted(self.debate.topics, key=lambda topic: topic.sides is not Sides.BOTH)
        return [topic.questions[0] for topic in topics if topic.questions][:most]

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncIterator[Event]:
        """Answer a question: progress, each statement as it passes the check, then the whole answer.

        Never raises for what a model or an endpoint does; the embedded model then finishes the answer.
        """
        question = question.strip()
        assembly = Assembly(self.collection, self.debate, question)
        course = Course(assembly, time.perf_counter())
        screening = screen(question, [turn.question for turn in history])
        if not question or screening.concern is Concern.CRISIS:
            yield Finished(answer=self._fixed(course, screening))
            return
        if screening.concern is Concern.ADVICE and not screening.wants_debate:
            yield Finished(answer=self._fixed(course, screening))
            return
        fallback = None
        messages = self._messages(question, history)
        if self._agent is not self._embedded:
            try:
                async for event in self._run(self._agent, messages, course):
                    yield event
                fallback = None if course.draft else "the model handed in no draft"
            except MODEL_FAULTS as error:
                fallback = f"the model failed ({type(error).__name__})"
        if course.draft is None:
            async for event in self._run(self._embedded, messages, course):
                yield event
        yield Finished(answer=self._whole(course, screening, fallback))

    async def answer_async(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer to a question."""
        answer = None
        async for event in self.stream(question, history):
            if isinstance(event, Finished):
                answer = event.answer
        assert answer is not None
        return answer

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """As `answer_async`, for callers without an event loop."""
        return asyncio.run(self.answer_async(question, history))

    def check(self, answer: Answer) -> Answer:
        """The answer with every finding against it written into it."""
        findings = check(answer, self.collection, self.debate.stances(answer.topics))
        return answer.model_copy(update={"findings": findings})

    def close(self) -> None:
        """Release the index, so that another process may open it."""
        self.index.close()

    async def _run(
        self, agent: CompiledStateGraph, messages: list[BaseMessage], course: Course
    ) -> AsyncIterator[Event]:
        """One run of the graph, its messages turned into events."""
        async for mode, data in agent.astream({"messages": messages}, stream_mode=["messages", "updates"]):
            if mode == "messages":
                chunk, _ = data
                if isinstance(chunk, AIMessageChunk):
                    for event in self._drafted(chunk, course):
                        yield event
            else:
                for update in data.values():
                    for event in self._updated(update or {}, course):
                        yield event

    def _drafted(self, chunk: AIMessageChunk, course: Course) -> Iterator[Event]:
        """Progress and statements out of one chunk of what the model writes."""
        for call in chunk.tool_call_chunks:
            name, key = call.get("name"), f"{chunk.id}-{call.get('index')}"
            if name in TOOL_STAGES and name not in course.announced:
                course.announced.add(name)
                stage, detail = TOOL_STAGES[name]
                yield Progress(stage=stage, detail=detail)
            if name == DRAFT:
                course.streams[key] = DraftStream()
                yield Progress(stage=Stage.DRAFTING, detail="Picking quotes")
            stream = course.streams.get(key)
            if stream:
                drafted = stream.feed(call.get("args") or "")
                course.assembly.choose_topics(stream.topics)
                course.assembly.drafted_proposition = stream.proposition
                yield from self._offered(drafted, course)

    def _updated(self, update: dict[str, Any], course: Course) -> Iterator[Event]:
        """What a node of the graph has just added: passages read, tokens used, the parsed draft."""
        for message in update.get("messages", ()):
            if isinstance(message, ToolMessage) and message.artifact:
                course.assembly.saw(message.artifact)
            if isinstance(message, AIMessage) and message.usage_metadata:
                course.prompt_tokens += message.usage_metadata["input_tokens"]
                course.completion_tokens += message.usage_metadata["output_tokens"]
        draft = update.get("structured_response")
        if isinstance(draft, Draft):
            if course.draft is None:
                course.assembly.finish(draft)
            course.draft = draft
            yield from self._offered(draft.statements, course)

    def _offered(self, drafted: Sequence[DraftStatement], course: Course) -> Iterator[Event]:
        for candidate in drafted:
            number = len(course.assembly.kept) + len(course.assembly.dropped) + 1
            yield Progress(stage=Stage.CHECKING, detail=f"Checking statement {number}")
            statement = course.assembly.offer(candidate)
            if statement:
                course.first_statement = course.first_statement or time.perf_counter() - course.started
                yield Passed(statement=statement, proposition=course.assembly.proposition)

    def _messages(self, question: str, history: Sequence[Turn]) -> list[BaseMessage]:
        """The conversation as messages, the oldest turns left out beyond a quarter of the token budget."""
        earlier: list[BaseMessage] = []
        for turn in history[-self.settings.history_turns :] if self.settings.history_turns else ():
            earlier += [HumanMessage(turn.question), AIMessage(turn.gist or gist(turn.answer))]
        kept = trim_messages(
            earlier,
            max_tokens=self.settings.context_tokens // 4,
            token_counter=lambda messages: sum(count_tokens(str(m.content)) for m in messages),
            strategy="last",
            start_on="human",
        )
        return [*kept, HumanMessage(question)]

    def _fixed(self, course: Course, screening: Screening) -> Answer:
        """An answer in fixed words: a crisis, a request for advice, or nothing asked."""
        outcome = Outcome.CRISIS if screening.concern is Concern.CRISIS else Outcome.DECLINED
        text = notice(screening, self._care) if course.assembly.question else EMPTY
        return Answer(
            question=course.assembly.question,
            standalone_question=course.assembly.question,
            outcome=outcome,
            notice=text,
            provenance=self._provenance(course, None),
        )

    def _whole(self, course: Course, screening: Screening, fallback: str | None) -> Answer:
        words = notice(screening, self._care) if screening.concern is Concern.ADVICE else ""
        provenance = self._provenance(course, fallback)
        drafted = course.draft.standalone_question.strip() if course.draft else ""
        standalone = drafted[: self.settings.question_chars] or course.assembly.question
        answer = course.assembly.answer(standalone, provenance, notice=words)
        return self.check(answer)

    def _provenance(self, course: Course, fallback: str | None) -> Provenance:
        return Provenance(
            model=EMBEDDED if fallback else self.settings.model,
            collection=self.collection.name,
            collection_hash=self.collection.hash,
            index_hash=self.index.hash,
            settings_hash=self.settings.hash,
            prompts_hash=self._prompts.hash,
            fallback=fallback,
            timings=Timings(
                first_statement=course.first_statement, total=time.perf_counter() - course.started
            ),
            tokens=Tokens(prompt=course.prompt_tokens, completion=course.completion_tokens),
        )


def open_guide(settings: Settings) -> Guide:
    """Load a collection, open its index (building it where needed) and make ready to answer.

    Raises CollectionError, PromptError or the index's own errors, each with what to do.
    """
    collection = load_collection(settings.collection_dir)
    prompts = load_prompts(settings.prompts_dir)
    embedding = load_embedding(settings)
    index = open_index(collection, settings, embedding=embedding)
    return Guide(settings, collection, index, embedding, prompts)
