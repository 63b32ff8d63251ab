"""The agent's tools: search the text, read a thread, look up the map.

Each returns JSON for the model and, as its artifact, the ids of the passages it showed, which is
how the check knows what was read. Text of the collection stands inside JSON strings: it is data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage, ToolMessage
from langchain_core.tools import BaseTool, tool

from bot.corpus import Collection, spoken_as
from bot.details import content_stems
from bot.facts import quoted_owner
from bot.grounding import grounds_for
from bot.index import Index
from bot.positions import DebateMap
from bot.records import Passage, PassageKind, VoiceRole
from bot.settings import Settings
from bot.tokens import count_tokens, trim_to_tokens
from bot.topics import FactMatch, Finder, TopicMatch, UnansweredMatch

SEARCH, READ_THREAD, LOOK_UP_MAP = "search", "read_thread", "look_up_map"
NEIGHBOURS = 1
# Of passages' text in one result. What a model at an endpoint sees of it, bot/budget.py decides.
RESULT_TOKENS = 3000
MOST_NAMED = 40
LEAST_SAID = 2
PASSAGE_ID = re.compile(r"\b(?:A\d+|C\d+(?:\.\d+)*)\b")
EMPTIED = re.compile(r"[(\[][\s,]*[)\]]")


@dataclass(frozen=True)
class Library:
    """Everything that the tools read."""

    collection: Collection
    index: Index
    debate: DebateMap
    finder: Finder
    settings: Settings


def make_tools(library: Library) -> list[BaseTool]:
    """The three tools over one library."""

    @tool(SEARCH, response_format="content_and_artifact")
    def search(query: str) -> tuple[str, list[str]]:
        """Search the article and the comments; returns passages with their speakers, best first."""
        hits = library.index.search(query, library.settings.search_passages)
        passages = [
            {**describe(library.collection, hit.passage), "score": round(hit.score, 4), "best_part": hit.text}
            for hit in hits
        ]
        return _pack(passages)

    @tool(READ_THREAD, response_format="content_and_artifact")
    def read_thread(passage: str) -> tuple[str, list[str]]:
        """Read a passage with what surrounds it: what a comment answers and its replies, or the paragraphs
        before and after one of the article."""
        if passage not in library.collection.by_id:
            return json.dumps({"error": f"There is no passage {passage[:MOST_NAMED]}."}), []
        around = [describe(library.collection, near.id) for near in surroundings(library.collection, passage)]
        return _pack(around, asked=passage)

    @tool(LOOK_UP_MAP, response_format="content_and_artifact")
    def look_up_map(question: str) -> tuple[str, list[str]]:
        """Look up which topics of the debate a question touches and who takes which side, with quotes; which
        plain facts are near it; and what near it the text leaves open."""
        content, shown = look_up(question, library)
        return json.dumps(content, ensure_ascii=False), shown

    return [search, read_thread, look_up_map]


def passages_read(messages: Iterable[BaseMessage]) -> tuple[str, ...]:
    """The passages that tools have shown in these messages, in order, each once."""
    shown = (
        message.artifact or []
        for message in messages
        if isinstance(message, ToolMessage) and message.artifact
    )
    return tuple(dict.fromkeys(id_ for ids in shown for id_ in ids))


def describe(collection: Collection, id_: str) -> dict[str, Any]:
    """A passage as the tools show it: who speaks, where it stands, and whose words it quotes."""
    passage = collection.by_id[id_]
    described: dict[str, Any] = {
        "id": passage.id,
        "speaker": spoken_as(collection.speaker(id_)),
        "where": f"article, {passage.section or 'opening'}" if _is_article(passage) else "comments",
        "text": passage.text,
    }
    if passage.parent:
        described["answers"] = passage.parent
    if passage.quoted:
        described["quotes_others"] = [
            {"words": passage.text[span.start : span.end], "of": span.owner} for span in passage.quoted
        ]
    return described


def surroundings(collection: Collection, id_: str) -> Sequence[Passage]:
    """A comment with all above it and its direct replies; a paragraph with its neighbours."""
    passage = collection.by_id[id_]
    if not _is_article(passage):
        return [*reversed(collection.ancestors(id_)), passage, *collection.replies(id_)]
    article = [p for p in collection.passages if _is_article(p)]
    at = article.index(passage)
    return article[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]


def _is_article(passage: Passage) -> bool:
    return passage.kind is PassageKind.ARTICLE


def look_up(question: str, library: Library) -> tuple[dict[str, Any], list[str]]:
    """What the map, the facts and the open questions hold near a question, and the passages they quote.

    `unknown_words` are the question's words that neither the text nor the map nor the facts know.
    """
    finder = library.finder
    asked = passages_asked_of(question, library.collection)
    # An id says where to look; as a word it is one that nothing knows.
    question = finder.spelling.mended(EMPTIED.sub("", PASSAGE_ID.sub("", question)).strip())
    subject = unnamed(question, library.collection)
    unknown = set(unknown_words(question, library.collection))
    found = {
        "topics": [_describe_topic(library, match) for match in finder.topics(question)],
        "facts": [_describe_fact(library, match) for match in finder.facts(subject, asked)],
        "left_open": [_describe_open(match) for match in finder.unanswered(subject)],
        "elsewhere": round(finder.elsewhere(question), 4),
        "speaker_named": asked is not None,
        "unknown_words": [word for word in finder.unknown_words(question) if word in unknown],
    }
    quoted = [quote for topic in found["topics"] for p in topic["positions"] for quote in p["evidence"]]
    quoted += [quote for fact in found["facts"] for quote in (fact, *fact["disputed_by"])]
    near = [id_ for entry in found["left_open"] for id_ in entry["near"]]
    return found, list(dict.fromkeys([*(quote["passage"] for quote in quoted), *near]))


def unnamed(question: str, collection: Collection) -> str:
    """The question without the author's name, where it says more than that.

    The author is named in questions about anything, so that his name tells no two facts apart.
    """
    author = next((v.name for v in collection.voices if v.role is VoiceRole.AUTHOR and v.name), None)
    if author is None:
        return question
    names = "|".join(map(re.escape, author.split()))
    without = re.sub(rf"\b(?:dr\.?\s+)?(?:{names})(?:['’]s)?\b", " ", question, flags=re.I)
    return without if len(set(content_stems(without))) >= LEAST_SAID else question


def passages_asked_of(question: str, collection: Collection) -> frozenset[str] | None:
    """The passages of the commenters whom a question names, or that it names by id; None: it names none.

    The author is named in so many questions about others that his name narrows nothing.
    """
    named = {id_ for id_ in PASSAGE_ID.findall(question) if id_ in collection.by_id}
    for voice in collection.voices:
        name = voice.name if voice.role is VoiceRole.COMMENTER else None
        if name and re.search(rf"\b{re.escape(name)}\b", question, re.I):
            named.update(voice.passages)
    return frozenset(named) or None


def _describe_topic(library: Library, match: TopicMatch) -> dict[str, Any]:
    topic = library.debate.by_id[match.topic]
    positions = [
        {
            "speaker": spoken_as(library.collection.voice_by_id[position.voice]),
            "stance": position.stance,
            "claim": position.claim,
            "evidence": [quoted.model_dump(exclude_none=True) for quoted in position.evidence],
            "fit": round(fit, 4),
        }
        for position, fit in zip(topic.positions, match.fits, strict=True)
    ]
    return {
        "id": topic.id,
        "score": round(match.score, 4),
        "proposition": topic.proposition,
        "sides": topic.sides,
        "joins": match.joins,
        "positions": positions,
        "silent": list(topic.silent),
    }


def _describe_fact(library: Library, match: FactMatch) -> dict[str, Any]:
    fact = match.fact
    return {
        **_describe_quote(library, fact.passage, fact.quote),
        "answer": fact.answer,
        "score": round(match.score, 4),
        "asked_so": match.asked_so,
        "disputed_by": [_describe_quote(library, q.passage, q.quote) for q in fact.disputed_by],
    }


def _describe_quote(library: Library, id_: str, quote: str) -> dict[str, Any]:
    """A quote with its speaker, and whose words it holds where they are not the speaker's own."""
    described = {"passage": id_, "speaker": spoken_as(library.collection.speaker(id_)), "quote": quote}
    owner = quoted_owner(quote, library.collection.by_id[id_])
    return {**described, "owner": owner} if owner else described


def _describe_open(match: UnansweredMatch) -> dict[str, Any]:
    return {"about": match.entry.about, "near": list(match.entry.near), "score": round(match.score, 4)}


def unknown_words(query: str, collection: Collection) -> list[str]:
    """The words of a query that stand nowhere in the collection, by stem: a sign that it is not about it."""
    known = grounds_for(collection, ()).weights
    stems = dict.fromkeys(content_stems(query))
    return [word for word in stems if word not in known]


def _pack(passages: list[dict[str, Any]], asked: str | None = None) -> tuple[str, list[str]]:
    """The passages as JSON within the result's budget, in their order: the one asked for first of all,
    then whole ones as they come, then one cut short."""
    budget = RESULT_TOKENS
    packed: dict[str, dict[str, Any]] = {}
    for passage in sorted(passages, key=lambda each: each["id"] != asked):
        cost = count_tokens(passage["text"])
        if cost > budget:
            passage = {**passage, "text": trim_to_tokens(passage["text"], budget), "cut": True}
        if budget < 1:
            break
        packed[str(passage["id"])] = passage
        budget -= cost
    kept = [packed[passage["id"]] for passage in passages if passage["id"] in packed]
    content = {**({"asked": asked} if asked else {}), "passages": kept}
    return json.dumps(content, ensure_ascii=False), [passage["id"] for passage in kept]
