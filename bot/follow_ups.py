"""Questions to begin with, to ask of a passage, and to go on with: each one that the collection answers.

They come from the map, the facts and the thread, never from a model, and each is put in words that the
embedded model is known to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.corpus import Collection, spoken_as
from bot.editor import sentences
from bot.facts import Facts
from bot.positions import TURNED_MARK, DebateMap, Sides, Topic
from bot.records import Answer, Outcome, Passage, PassageKind

MOST_FOLLOW_UPS = 3
PLAIN_SHARE = 3
WITHOUT = (Outcome.CRISIS, Outcome.DECLINED)


def starters(collection: Collection, debate: DebateMap, facts: Facts, most: int = 6) -> list[str]:
    """Questions to begin with: quarrels, those with both sides first, and every third a plain fact.

    Where nobody has written any down, questions about the comments that drew most replies.
    """
    quarrels = [t.questions[0] for t in sorted(debate.topics, key=_one_sided) if t.questions]
    plain = [fact.questions[0] for fact in facts.facts if fact.starter]
    plain = plain[: most // PLAIN_SHARE if quarrels else most]
    mixed = [*quarrels[: most - len(plain)], *plain]
    return mixed or [question_about(id_, collection) for id_ in most_answered(collection)[:most]]


def question_about(passage: str, collection: Collection) -> str:
    """A question about one passage; KeyError for an unknown id."""
    if collection.by_id[passage].kind is PassageKind.ARTICLE:
        return f"What does the article say in {passage}?"
    speaker = spoken_as(collection.speaker(passage))
    place = "" if speaker == f"Commenter {passage}" else f" in {passage}"
    subject = f"What does {passage if not place else speaker} say{place}"
    return f"{subject}, and what do the replies say?" if _replies(passage, collection) else f"{subject}?"


def replies_to(passage: str) -> str:
    """The question after the replies to a comment."""
    return f"What do the replies to {passage} say?"


def follow_ups(
    answer: Answer,
    collection: Collection,
    debate: DebateMap,
    asked: Iterable[str] = (),
    most: int = MOST_FOLLOW_UPS,
) -> tuple[str, ...]:
    """Questions to go on with after an answer: the replies to what it quotes, and the quarrels near it.

    None after a notice in fixed words. `asked` are the questions of this conversation so far.
    """
    if answer.outcome in WITHOUT or answer.notice:
        return ()
    known = {question.casefold() for question in (*asked, answer.question)}
    cited = [evidence.passage for statement in answer.statements for evidence in statement.evidence]
    near = cited or [near.passage for near in answer.unused]
    around = [passage.id for id_ in near for passage in _around(id_, collection)]
    found = [
        *_unread_replies(cited, collection)[:1],
        *_neighbours(answer, near, debate),
        *_neighbours(answer, around, debate),
    ]
    return tuple(dict.fromkeys(q for q in found if q.casefold() not in known))[:most]


def _one_sided(topic: Topic) -> bool:
    return topic.sides is not Sides.BOTH


def most_answered(collection: Collection) -> list[str]:
    """The comments whose replies can be quoted, those with most of them first."""
    counts = {id_: len(_replies(id_, collection)) for id_ in collection.by_id}
    return sorted((id_ for id_ in counts if counts[id_]), key=lambda id_: -counts[id_])


def _replies(passage: str, collection: Collection) -> list[Passage]:
    """The replies to a comment that say enough to be quoted."""
    return [reply for reply in collection.replies(passage) if _says_something(reply)]


def _says_something(passage: Passage) -> bool:
    """Whether a sentence of it is its writer's own, and more than “As Jung says:”."""
    for sentence in sentences(passage.text):
        start = passage.text.find(sentence)
        end = start + len(sentence)
        quoted = any(span.start < end and start < span.end for span in passage.quoted)
        if not quoted and not sentence.endswith(":"):
            return True
    return False


def _around(passage: str, collection: Collection) -> list[Passage]:
    """The passages of the same section, or of the same thread."""
    known = collection.by_id.get(passage)
    if known is None:
        return []
    if known.kind is PassageKind.ARTICLE:
        return [p for p in collection.passages if p.kind is known.kind and p.section == known.section]
    top = passage.split(".")[0]
    return [p for p in collection.passages if p.id.split(".")[0] == top]


def _unread_replies(cited: Iterable[str], collection: Collection) -> list[str]:
    """Questions after replies to a cited comment, those first of which the answer shows least."""
    shown = set(cited)
    unread = {
        id_: count
        for id_ in dict.fromkeys(cited)
        if (count := sum(reply.id not in shown for reply in _replies(id_, collection)))
    }
    return [replies_to(id_) for id_ in sorted(unread, key=lambda id_: -unread[id_])]


def _neighbours(answer: Answer, near: Iterable[str], debate: DebateMap) -> Iterator[str]:
    """The questions of other topics that cite the same passages, those that share most first."""
    passages = set(near)
    taken = {topic.removesuffix(TURNED_MARK) for topic in answer.topics}
    shared = {topic.id: len(passages & _cited_by(topic)) for topic in debate.topics if topic.id not in taken}
    ranked = sorted(debate.topics, key=lambda topic: (-shared.get(topic.id, 0), _one_sided(topic)))
    return (topic.questions[0] for topic in ranked if shared.get(topic.id) and topic.questions)


def _cited_by(topic: Topic) -> set[str]:
    return {quoted.passage for position in topic.positions for quoted in position.evidence}
