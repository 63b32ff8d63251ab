"""Errors planted into whole answers: a side left out, a stance turned, an opinion, an answer to nothing.

The faithful answers are drawn from a collection's map, some positions of each side of a topic. What is
planted has to be found by the check or by the hard metric that is meant for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from bot.grounding import check, voices_of
from bot.planting import OPINIONS
from bot.positions import TURNED, statement_of
from bot.records import Answer, FindingKind, Stance, Statement
from evals.bench import Bench
from evals.bots import Bot
from evals.cases import UNANSWERABLE, Case, Kind, Suite, Trial
from evals.metrics import BY_NAME
from evals.planted import Tally, sentence_statements
from evals.scoring import score
from evals.support import Prices

Operator = Callable[[Answer, Bench, Random], Answer | None]

A_SIDE = 2


def faithful_answers(bench: Bench, seed: int, each: int = 1) -> list[Answer]:
    """For each topic, asked either way, `each` draws of some positions of every side, as an answer."""
    made: dict[Answer, None] = {}
    for id_, topic in bench.debate.by_id.items():
        for turn in range(each):
            random = Random(f"{seed} {id_} {turn}")
            statements = [statement_of(p, bench.collection) for p in topic.positions]
            chosen = [s for stance in Stance for s in _some(statements, stance, random)]
            answer = Bot(bench).whole(topic.proposition, chosen, topics=(id_,), proposition=topic.proposition)
            made[answer] = None
    return list(made)


def _some(statements: Sequence[Statement], stance: Stance, random: Random) -> list[Statement]:
    """A few statements of one side, each by another voice."""
    drawn = random.sample(statements, len(statements))
    by_voice = {s.voice: s for s in drawn if s.stance is stance}
    return list(by_voice.values())[:A_SIDE]


def refused(answers: Sequence[Answer], bench: Bench) -> list[tuple[Answer, str]]:
    """The faithful answers against which the check or a hard metric says anything, and what."""
    return [(answer, found[0]) for answer in answers if (found := complaints(answer, bench))]


def complaints(answer: Answer, bench: Bench, kind: Kind = Kind.CONTESTED) -> list[str]:
    """What the check finds against an answer, and each hard metric that it does badly on."""
    stances = bench.debate.stances(answer.topics)
    found = [f"{f.kind}: {f.detail}" for f in check(answer, bench.collection, stances)]
    case = Case(id="planted", question=answer.question, kind=kind)
    trial = Trial(Suite("planted", Path("planted.jsonl"), "", (case,)), case)
    made = score(trial, answer, bench, Prices())
    return found + [
        name for name, m in made.measures.items() if BY_NAME[name].hard and BY_NAME[name].failed(m)
    ]


def plant_answers(operator: str, answers: Sequence[Answer], bench: Bench, seed: int) -> Tally:
    """Plant one kind of error into every answer to which it applies."""
    change, by = OPERATORS[operator]
    planted, missed = 0, []
    for number, answer in enumerate(answers):
        wrong = change(answer, bench, Random(f"{seed} {operator} {number}"))
        if wrong is None:
            continue
        planted += 1
        if not any(found.startswith(by) for found in complaints(wrong, bench)):
            missed.append(f"{wrong.question} {[s.text for s in wrong.statements]}")
    return Tally(planted, planted - len(missed), {}, tuple(missed))


def answered_anyway(suites: Sequence[Suite], bench: Bench, seed: int) -> Tally:
    """Every unanswerable case of the suites answered with a faithful sentence that is beside the point."""
    sentences = list(sentence_statements(bench.collection))
    planted, missed = 0, []
    for case in (case for suite in suites for case in suite.cases if case.kind in UNANSWERABLE):
        shown = Random(f"{seed} {case.id}").choice(sentences)
        planted += 1
        if "wrong_answers" not in complaints(Bot(bench).whole(case.question, [shown]), bench, case.kind):
            missed.append(case.question)
    return Tally(planted, planted - len(missed), {}, tuple(missed))


def _drop_side(answer: Answer, bench: Bench, random: Random) -> Answer | None:
    """All that stands on one of two sides is left out, and the voices are counted anew."""
    if not (answer.voices_for and answer.voices_against):
        return None
    out = random.choice((Stance.FOR, Stance.AGAINST))
    return _with(answer, [s for s in answer.statements if s.stance is not out])


def _flip_stance(answer: Answer, bench: Bench, random: Random) -> Answer | None:
    """One statement is put on the other side, where the map knows its voice on one side only."""
    known = bench.debate.stances(answer.topics)
    if known is None:
        return None
    places = [n for n, s in enumerate(answer.statements) if TURNED[s.stance] not in known.by_voice[s.voice]]
    places = [n for n in places if answer.statements[n].stance is not Stance.CONTEXT]
    if not places:
        return None
    place = random.choice(places)
    turned = answer.statements[place].model_copy(update={"stance": TURNED[answer.statements[place].stance]})
    return _with(answer, [*answer.statements[:place], turned, *answer.statements[place + 1 :]])


def _opine(answer: Answer, bench: Bench, random: Random) -> Answer:
    """The guide says what it thinks, in one of the places that hold no statements."""
    side, opinion = random.choice(("for", "against")), random.choice(OPINIONS)
    opinion = f"The argument {side} this is the better one, {opinion}."
    field = random.choice(("gaps", "proposition", "notice"))
    return answer.model_copy(update={field: (*answer.gaps, opinion) if field == "gaps" else opinion})


def _with(answer: Answer, statements: Sequence[Statement]) -> Answer:
    return answer.model_copy(
        update={
            "statements": tuple(statements),
            "voices_for": voices_of(statements, Stance.FOR),
            "voices_against": voices_of(statements, Stance.AGAINST),
        }
    )


# Each operator, and what has to find it.
OPERATORS: Mapping[str, tuple[Operator, str]] = {
    "side dropped": (_drop_side, FindingKind.SIDE_MISSING),
    "stance flipped": (_flip_stance, FindingKind.STANCE_AGAINST_MAP),
    "opinion in the guide's own voice": (_opine, "own_voice"),
}


def planted_into(bench: Bench, suites: Sequence[Suite], seed: int, each: int) -> Iterator[tuple[str, Tally]]:
    """Every operator on whole answers with its tally."""
    answers = faithful_answers(bench, seed, each)
    for operator in OPERATORS:
        yield operator, plant_answers(operator, answers, bench, seed)
    yield "unanswerable answered", answered_anyway(suites, bench, seed)
