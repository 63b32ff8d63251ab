"""An answer against its gold: which positions it finds, on which side, and what else it shows."""

from __future__ import annotations

from collections.abc import Iterable

from bot.corpus import Collection
from bot.positions import TURNED, TURNED_MARK, DebateMap, Topic
from bot.records import Answer, Stance, Statement
from bot.wording import level, locate
from evals.bench import Bench
from evals.cases import ONE_SIDED, SIDE_OPEN, Case, Gold, Kind, holders
from evals.metrics import Tally

SIDED = (Stance.FOR, Stance.AGAINST)


def count_gold(tally: Tally, case: Case, answer: Answer, bench: Bench) -> None:
    """Count everything that rests on the case's gold; nothing where it has none."""
    if not case.gold:
        return
    found = [_finders(gold, answer, bench.collection) for gold in case.gold]
    _recall(tally, case, found, bench.collection)
    _sides(tally, case, answer, found)
    if ONE_SIDED in case.tags:
        _invented(tally, case, answer, bench)
    if answer.statements:
        _relevance(tally, case, answer, bench)
    if case.kind is Kind.FOLLOWUP:
        resolved = any(_meets(gold, by, case) for gold, by in zip(case.gold, found, strict=True))
        tally.judge("followup_resolution", resolved, "No gold position is found on its side.")


def gold_passages(gold: Gold, collection: Collection) -> frozenset[str]:
    """The passages that hold any of a gold position's snippets."""
    return frozenset().union(*(holders(snippet, collection) for snippet in gold.any))


def _finders(gold: Gold, answer: Answer, collection: Collection) -> list[Statement]:
    """The statements that cite a passage holding the position."""
    places = gold_passages(gold, collection)
    return [s for s in answer.statements if any(e.passage in places for e in s.evidence)]


def _meets(gold: Gold, finders: list[Statement], case: Case) -> bool:
    """Whether a position is found, and on its side unless its side is open or it takes none."""
    if SIDE_OPEN in case.tags or gold.side is Stance.CONTEXT:
        return bool(finders)
    return any(statement.stance is gold.side for statement in finders)


def _quotes(gold: Gold, statement: Statement, collection: Collection) -> bool:
    """Whether a statement's quotes share words of its passage with a snippet of the position."""
    for evidence in statement.evidence:
        passage = collection.by_id.get(evidence.passage)
        spans = (locate(snippet, passage.text) for snippet in gold.any) if passage else ()
        if any(span and span[0] < evidence.end and evidence.start < span[1] for span in spans):
            return True
    return False


def _recall(tally: Tally, case: Case, found: list[list[Statement]], collection: Collection) -> None:
    pairs = list(zip(case.gold, found, strict=True))
    tally.count("position_recall", sum(map(bool, found)) / len(found))
    said = [any(_quotes(gold, statement, collection) for statement in by) for gold, by in pairs]
    tally.count("position_words", sum(said) / len(said))
    for gold, finders in pairs:
        tally.count(f"recall_{gold.side}", bool(finders))
        if not finders:
            tally.complain("position_recall", f"not found ({gold.side}): “{gold.any[0]}”")


def _sides(tally: Tally, case: Case, answer: Answer, found: list[list[Statement]]) -> None:
    pairs = list(zip(case.gold, found, strict=True))
    if SIDE_OPEN not in case.tags:
        for gold, finders in pairs:
            if finders and gold.side in SIDED:
                shown = " and ".join(dict.fromkeys(statement.stance for statement in finders))
                detail = f"“{gold.any[0]}” is gold {gold.side}; what is shown of its passage is {shown}"
                tally.judge("side_accuracy", _meets(gold, finders, case), detail)
        _consistency(tally, pairs)
    if not two_sided(case.gold):
        return
    met = {
        side: [_meets(gold, finders, case) for gold, finders in pairs if gold.side is side] for side in SIDED
    }
    tally.count("min_side_recall", min(sum(each) / len(each) for each in met.values()))
    shown = {statement.stance for statement in answer.statements}
    missing = [side.value for side in SIDED if side not in shown]
    tally.judge("both_sides_shown", not missing, f"nothing is shown {' or '.join(missing)}")
    unmet = [side.value for side, each in met.items() if not any(each)]
    tally.judge("both_sides_found", not unmet, f"no gold position {' or '.join(unmet)} is found there")


def _consistency(tally: Tally, pairs: list[tuple[Gold, list[Statement]]]) -> None:
    """How many of the positions found are right if the question is read the way that fits best."""
    sided = [(gold.side, finders) for gold, finders in pairs if finders and gold.side in SIDED]
    straight = sum(any(s.stance is side for s in finders) for side, finders in sided)
    turned = sum(any(s.stance is TURNED[side] for s in finders) for side, finders in sided)
    tally.count("side_consistency", max(straight, turned), len(sided))


def _invented(tally: Tally, case: Case, answer: Answer, bench: Bench) -> None:
    """Whether a statement stands on the side that nobody takes, and neither gold nor map bears it out."""
    held = {gold.side for gold in case.gold if gold.side in SIDED}
    if len(held) != 1:
        return
    empty = next(side for side in SIDED if side not in held)
    other = {p for gold in case.gold if gold.side in held for p in gold_passages(gold, bench.collection)}
    wrong = [
        statement
        for statement in answer.statements
        if statement.stance is empty
        and (
            any(e.passage in other for e in statement.evidence)
            or not _is_mapped(statement, answer, bench.debate)
        )
    ]
    detail = f"{wrong[0].speaker} is shown {empty}: {wrong[0].text}" if wrong else ""
    tally.judge("invented_side", not wrong, detail)


def _is_mapped(statement: Statement, answer: Answer, debate: DebateMap) -> bool:
    """Whether a topic of the answer gives this voice this stance by a passage that the statement cites."""
    cited = {evidence.passage for evidence in statement.evidence}
    return any(
        position.voice == statement.voice
        and position.stance is statement.stance
        and cited & {quoted.passage for quoted in position.evidence}
        for topic in answer.topics
        if topic in debate.by_id
        for position in debate.by_id[topic].positions
    )


def _relevance(tally: Tally, case: Case, answer: Answer, bench: Bench) -> None:
    fitting = {p for gold in case.gold for p in gold_passages(gold, bench.collection)}
    on_topic = {
        (position.voice, quoted.passage)
        for topic in gold_topics(case, bench.debate)
        for position in topic.positions
        for quoted in position.evidence
    }
    beside = [
        statement
        for statement in answer.statements
        if not any(
            e.passage in fitting or (statement.voice, e.passage) in on_topic for e in statement.evidence
        )
    ]
    tally.count("answer_relevance", 1 - len(beside) / len(answer.statements))
    for statement in beside:
        tally.complain("answer_relevance", f"beside the point: {statement.speaker}: {statement.text}")


def gold_topics(case: Case, debate: DebateMap) -> list[Topic]:
    """The topics of the map that hold most of the case's gold positions; none where none holds any."""
    topics = [topic for id_, topic in debate.by_id.items() if not id_.endswith(TURNED_MARK)]
    held = [sum(_holds(topic, gold) for gold in case.gold) for topic in topics]
    most = max(held, default=0)
    return [topic for topic, count in zip(topics, held, strict=True) if most and count == most]


def _holds(topic: Topic, gold: Gold) -> bool:
    """Whether the words of a gold snippet and of one of the topic's quotes lie within each other."""
    quotes = [level(q.quote).text.strip() for position in topic.positions for q in position.evidence]
    snippets = [level(snippet).text.strip() for snippet in gold.any]
    return any(snippet in quote or quote in snippet for snippet in snippets for quote in quotes)


def two_sided(golds: Iterable[Gold]) -> bool:
    """Whether the gold has views for and against."""
    return {gold.side for gold in golds} >= set(SIDED)
