"""The guide: one question in, a stream of events and one checked answer out."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.utils import trim_messages
from langgraph.graph.state import CompiledStateGraph

from bot.agent import build_agent, build_endpoint_agent
from bot.assembly import Assembly
from bot.budget import message_tokens
from bot.care import CARE_FILE, load_care, notice
from bot.completion import remaining
from bot.corpus import Collection, load_collection
from bot.course import Course
from bot.deadline import within
from bot.elsewhere import ELSEWHERE_FILE, load_elsewhere
from bot.embedded import EmbeddedModel
from bot.embedding import Embedding, load_embedding
from bot.events import Event, Finished, Turn, last_of
from bot.facts import load_facts
from bot.faults import NOT_LOOKED, ONE_SIDED, OVERLOOKED, TOO_LATE, EndpointError
from bot.fingerprint import code_hash
from bot.follow_ups import follow_ups, starters
from bot.grounding import check
from bot.index import Index, open_index
from bot.judge import Judge
from bot.neutrality import frames
from bot.phrases import rulebook
from bot.positions import load_map
from bot.prompts import Prompts, load_prompts
from bot.records import Answer, Outcome, Provenance, Stance, Timings, Tokens
from bot.rendering import gist
from bot.safety import Concern, Screening, screen
from bot.settings import EMBEDDED, Settings
from bot.shelf import Shelf
from bot.tools import Library
from bot.topics import Finder

EARLIER_TOKENS = 1500
NOTHING_ASKED = "Ask a question about the article or the comments, such as one of those suggested."
NOTHING_SHOWN = "Nothing was shown."


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
        self._facts = load_facts(settings.collection_dir)
        words = (passage.text for passage in collection.passages)
        elsewhere = load_elsewhere(settings.knowledge_dir / ELSEWHERE_FILE)
        made_with = f"{code_hash()} {embedding.name} {embedding.fingerprint}"
        shelf = Shelf(settings.data_dir / "learned" / settings.collection, made_with)
        finder = Finder(self.debate, self._facts, embedding, words, elsewhere, shelf)
        self._take_up(Library(collection, index, self.debate, finder, settings))

    def _take_up(self, library: Library) -> None:
        settings, prompts = library.settings, self._prompts
        self._library = library
        self._embedded = build_agent(EmbeddedModel(), library, prompts, settings)
        self._endpoint = (
            None if settings.model == EMBEDDED else build_endpoint_agent(library, prompts, settings)
        )
        self._judge = _load_judge(settings, prompts, self.collection)

    def starters(self, most: int = 6) -> list[str]:
        """Questions to begin with, from the map and the facts."""
        return starters(self.collection, self.debate, self._facts, most)

    async def stream(self, question: str, history: Sequence[Turn] = ()) -> AsyncGenerator[Event]:
        """Answer a question: progress, each statement as it passes the check, then the whole answer.

        Never raises for what a model or an endpoint does; the embedded model then finishes the answer.
        """
        question = question.strip()
        course = self._course(question)
        screening = screen(question, [turn.question for turn in history])
        crisis, advice = screening.concern is Concern.CRISIS, screening.concern is Concern.ADVICE
        if not question or crisis or screening.only_told or (advice and not screening.wants_debate):
            yield Finished(answer=self._fixed(course, screening))
            return
        messages = self._messages(question, history)
        if self._endpoint is None:
            answering = self._run(self._embedded, self._trimmed(messages), course)
        else:
            answering = self._by_endpoint(self._endpoint, messages, course)
        # Closed with this one, so that a reader who leaves ends the calls that are under way.
        async with aclosing(answering) as events:
            async for event in events:
                yield event
        whole = self._whole(course, screening, messages)
        asked = [turn.question for turn in history]
        onward = follow_ups(whole, self.collection, self.debate, asked)
        whole = whole.model_copy(update={"follow_ups": onward})
        yield Finished(answer=whole, working=course.trace.working(self.settings.model))

    async def answer_async(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer to a question."""
        return (await last_of(self.stream(question, history))).answer

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """As `answer_async`, for callers without an event loop."""
        return asyncio.run(self.answer_async(question, history))

    def embedded(self) -> Guide:
        """This guide with the embedded model alone: same text, index and check. It is not to be closed."""
        return self.with_settings(self.settings.model_copy(update={"model": EMBEDDED, "judge": None}))

    def with_settings(self, settings: Settings) -> Guide:
        """This guide under other settings of the model: same text, index and map. It is not to be closed."""
        twin = copy.copy(self)
        twin.settings = settings
        twin._take_up(replace(self._library, settings=settings))
        return twin

    def check(self, answer: Answer) -> Answer:
        """The answer with every finding against it written into it."""
        findings = check(answer, self.collection, self.debate.stances(answer.topics))
        return answer.model_copy(update={"findings": findings})

    def chroma_answers(self) -> bool:
        """Whether the index's Chroma answers now; without it the same is found, more slowly."""
        return self.index.alive()

    def close(self) -> None:
        """Release the index, so that another process may open it."""
        self.index.close()

    def _course(self, question: str) -> Course:
        started = time.perf_counter()
        assembly = Assembly(self.collection, self.debate, question)
        return Course(assembly, started, started + self.settings.answer_timeout, self._judge)

    async def _run(
        self,
        agent: CompiledStateGraph,
        messages: list[BaseMessage],
        course: Course,
        limit: float | None = None,
    ) -> AsyncGenerator[Event]:
        """One run of the graph, its messages turned into events; TimeoutError after `limit` seconds."""
        stream = agent.astream({"messages": messages}, stream_mode=["messages", "updates"])
        async with aclosing(within(cast("AsyncGenerator[Any]", stream), limit)) as parts:
            async for mode, data in parts:
                if mode == "updates":
                    for update in data.values():
                        async for event in course.updated(update or {}):
                            yield event
                    continue
                chunk, origin = data
                # Other nodes' models (one that sums up the conversation) have no say in the answer.
                if isinstance(chunk, AIMessageChunk) and origin.get("langgraph_node") == "model":
                    async for event in course.drafted(chunk):
                        yield event

    async def _by_endpoint(
        self, agent: CompiledStateGraph, messages: list[BaseMessage], course: Course
    ) -> AsyncGenerator[Event]:
        """The endpoint's answer, which the embedded model finishes where it fails or leaves a side out."""
        fault = None
        try:
            async with aclosing(self._run(agent, messages, course, course.seconds_left)) as events:
                async for event in events:
                    yield event
        except EndpointError as error:
            fault = str(error)
        except TimeoutError:
            fault = TOO_LATE
        if course.assembly.kept:
            finishing = self._completed(course, messages, fault)
        elif course.denies:
            overlooked = await self._overlooked(course, messages)
            if overlooked is None:
                return
            finishing = self._taken_over(course, messages, overlooked)
        else:
            finishing = self._taken_over(course, messages, course.why_nothing(fault))
        async with aclosing(finishing) as events:
            async for event in events:
                yield event

    async def _taken_over(
        self, course: Course, messages: list[BaseMessage], reason: str
    ) -> AsyncGenerator[Event]:
        """The embedded model's answer, where nothing else is shown."""
        course.start_over(reason)
        async with aclosing(self._run(self._embedded, self._trimmed(messages), course)) as events:
            async for event in events:
                yield event

    async def _completed(
        self, course: Course, messages: list[BaseMessage], fault: str | None
    ) -> AsyncGenerator[Event]:
        """What is missing beside what is shown: a side that was left out, or all that was still to come."""
        assembly = course.assembly
        broken_off = fault is not None and course.draft is None
        beside = None
        if not assembly.offered or not (assembly.topics or assembly.takes_sides):
            beside = await self._answered_beside(course, messages)
            assembly.saw(beside.assembly.read)
            assembly.saw_topics(beside.assembly.offered)
        assembly.adopt_topic(beside.assembly.topics if beside else ())
        sides = assembly.missing_sides
        if broken_off or (sides and assembly.lost):
            sides = (Stance.FOR, Stance.AGAINST)
        if broken_off or sides:
            course.fallback = fault or ONE_SIDED
        course.completed = True
        if course.fallback is None:
            return
        # What is added now stands for what was dropped before.
        assembly.settle()
        async for event in course.offered(remaining(assembly, sides, beside.draft if beside else None)):
            yield event
        if assembly.topics and not assembly.missing_sides:
            assembly.outcome = Outcome.ANSWERED

    async def _overlooked(self, course: Course, messages: list[BaseMessage]) -> str | None:
        """What is wrong with a denial: the text answers this. None where nothing here does."""
        second = (await self._answered_beside(course, messages)).assembly
        cited = {evidence.passage for kept in second.kept for evidence in kept.evidence}
        if not cited <= course.assembly.read.keys():
            return NOT_LOOKED
        # Sentences that only share the question's words weigh less than a model that has read them.
        return OVERLOOKED if second.kept and second.outcome is Outcome.ANSWERED else None

    async def _answered_beside(self, course: Course, messages: list[BaseMessage]) -> Course:
        """What the embedded model makes of the question, none of it shown."""
        assembly = Assembly(self.collection, self.debate, course.assembly.question)
        beside = Course(assembly, course.started, course.deadline)
        async for _ in self._run(self._embedded, self._trimmed(messages), beside):
            pass
        return beside

    def _messages(self, question: str, history: Sequence[Turn]) -> list[BaseMessage]:
        """The conversation as messages, as many turns as the settings allow."""
        earlier: list[BaseMessage] = []
        for turn in history[-self.settings.history_turns :] if self.settings.history_turns else ():
            said = turn.gist or gist(turn.answer) or NOTHING_SHOWN
            earlier += [HumanMessage(turn.question), AIMessage(said)]
        return [*earlier, HumanMessage(question)]

    def _trimmed(self, messages: list[BaseMessage]) -> list[BaseMessage]:
        """The same for the embedded model, the oldest turns left out beyond what it reads back."""
        kept = trim_messages(
            messages[:-1],
            max_tokens=EARLIER_TOKENS,
            token_counter=message_tokens,
            strategy="last",
            start_on="human",
        )
        return [*kept, messages[-1]]

    def _fixed(self, course: Course, screening: Screening) -> Answer:
        """An answer in fixed words: a crisis, a request for advice, or nothing asked."""
        outcome = Outcome.CRISIS if screening.concern is Concern.CRISIS else Outcome.DECLINED
        text = notice(screening, self._care) if course.assembly.question else NOTHING_ASKED
        return Answer(
            question=course.assembly.question,
            standalone_question=course.assembly.question,
            outcome=outcome,
            notice=text,
            provenance=self._provenance(course),
        )

    def _whole(self, course: Course, screening: Screening, messages: list[BaseMessage]) -> Answer:
        # A gentle word may stand before an answer: to a bereavement long past, say.
        advice = screening.concern is Concern.ADVICE
        words = notice(screening, self._care)
        answer = course.assembly.answer(
            self._standalone(course, messages), self._provenance(course), notice=words
        )
        if advice and not answer.statements:
            # Who asked for a dose needs no list of what is near.
            answer = answer.model_copy(update={"outcome": Outcome.DECLINED, "gaps": (), "unused": ()})
        return self.check(answer)

    def _standalone(self, course: Course, messages: list[BaseMessage]) -> str:
        """The question as the draft restates it, if all its words come from the conversation or the map."""
        drafted = course.draft.standalone_question if course.draft else ""
        heard = [str(message.content) for message in messages]
        mapped = [self.debate.by_id[topic].proposition for topic in course.assembly.offered]
        return frames(drafted, [*heard, *mapped]) or course.assembly.question

    def _provenance(self, course: Course) -> Provenance:
        replaced = course.fallback and not course.completed
        return Provenance(
            model=EMBEDDED if replaced else self.settings.model,
            collection=self.collection.name,
            collection_hash=self.collection.hash,
            index_hash=self.index.hash,
            settings_hash=self.settings.hash,
            prompts_hash=self._prompts.hash,
            fallback=course.fallback,
            timings=Timings(
                first_statement=course.first_statement, total=time.perf_counter() - course.started
            ),
            tokens=Tokens(prompt=course.prompt_tokens, completion=course.completion_tokens),
        )


def _load_judge(settings: Settings, prompts: Prompts, collection: Collection) -> Judge | None:
    if settings.judge is None:
        return None
    # Imported here: only an endpoint needs its client.
    from bot.endpoint import load_plain_chat

    return Judge(load_plain_chat(settings, settings.judge), prompts, collection)


def open_guide(settings: Settings) -> Guide:
    """Load a collection, open its index (building it where needed) and make ready to answer.

    Raises CollectionError, PromptError or the index's own errors, each with what to do.
    """
    collection = load_collection(settings.collection_dir)
    prompts = load_prompts(settings.prompts_dir)
    embedding = load_embedding(settings)
    facts = load_facts(settings.collection_dir)
    index = open_index(collection, settings, embedding=embedding, extra_texts=facts.questions)
    # Compiling the care rules takes seconds, which the first visitor must not wait.
    rulebook()
    return Guide(settings, collection, index, embedding, prompts)
