"""Soft measures: whether cited passages carry a statement (ALCE), what its wording adds, what it cost.

Citation recall and precision follow ALCE (Gao et al., 2023): a statement is recalled where its cited
passages carry it together, and a citation is precise where it carries the statement alone or the
others do not carry it without it. ALCE asks a large entailment model; the supporter here is
idf-weighted containment over whole passages, so its own balanced accuracy is printed beside it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.corpus import Collection
from bot.details import new_names, new_numbers
from bot.grounding import grounds_for
from bot.negation import turned_negations
from bot.overlap import containment, unframed
from bot.ownership import own_sentences
from bot.records import Answer, Record, Statement
from evals.bench import Bench
from evals.metrics import Tally
from evals.planted import map_statements
from evals.shown import stands

SUPPORTER = "idf-weighted containment over whole passages, threshold 0.8"
THRESHOLD = 0.8
PER_MILLION = 1_000_000


class Prices(Record):
    """What a million tokens cost, read and written, in one currency; None: unknown."""

    prompt: float | None = None
    completion: float | None = None


@dataclass(frozen=True)
class Accuracy:
    """How well the supporter tells a statement's own passage from another's."""

    supporter: str
    balanced: float | None
    pairs: int


def carries(statement: str, passages: Sequence[str], collection: Collection) -> bool:
    """Whether the passages hold enough of the statement's weighted words."""
    weights = grounds_for(collection, ()).weights
    texts = " ".join(collection.by_id[id_].text for id_ in passages if id_ in collection.by_id)
    return bool(passages) and containment(unframed(statement), texts, weights) >= THRESHOLD


def carries_text(claim: str, evidence: str, weights: Mapping[str, float]) -> bool:
    """As `carries`, for a claim and a text outside any collection; `weights` are the words' idf."""
    return containment(unframed(claim), evidence, weights) >= THRESHOLD


def supporter_accuracy(bench: Bench, seed: int = 0) -> Accuracy:
    """The supporter on the map's statements with their own passages, and each with one drawn at random."""
    statements = map_statements(bench.debate, bench.collection)
    if not statements:
        return Accuracy(SUPPORTER, None, 0)
    drawn = random.Random(seed)
    own = [carries(s.text, [e.passage for e in s.evidence], bench.collection) for s in statements]
    others = [
        carries(s.text, [drawn.choice(_strangers(s, bench.collection))], bench.collection) for s in statements
    ]
    balanced = (sum(own) / len(own) + sum(not each for each in others) / len(others)) / 2
    return Accuracy(SUPPORTER, balanced, len(own) + len(others))


def _strangers(statement: Statement, collection: Collection) -> list[str]:
    cited = {evidence.passage for evidence in statement.evidence}
    return [id_ for id_ in collection.by_id if id_ not in cited]


def count_support(tally: Tally, answer: Answer, bench: Bench, prices: Prices) -> None:
    """Count the soft measures of one answer."""
    for statement in answer.statements:
        _alce(tally, statement, bench.collection)
        _wording(tally, statement, bench)
    _cost(tally, answer, prices)


def _alce(tally: Tally, statement: Statement, collection: Collection) -> None:
    cited = list(dict.fromkeys(evidence.passage for evidence in statement.evidence))
    recalled = carries(statement.text, cited, collection)
    tally.judge("alce_recall", recalled, f"not carried by {', '.join(cited)}: {statement.text}")
    for passage in cited:
        rest = [other for other in cited if other != passage]
        needed = carries(statement.text, [passage], collection) or not carries(
            statement.text, rest, collection
        )
        tally.count("alce_precision", recalled and needed)


def _wording(tally: Tally, statement: Statement, bench: Bench) -> None:
    """What the statement's words add to its quotes; verbatim wording adds nothing."""
    passages = [
        bench.collection.by_id[e.passage] for e in statement.evidence if e.passage in bench.collection.by_id
    ]
    quoted = " ".join(evidence.quote for evidence in statement.evidence)
    verbatim = any(
        stands(statement.text, p.text) or stands(_lowered(statement.text), p.text) for p in passages
    )
    judged = bench.settings.judge is not None
    tally.count("unverified_paraphrase", not verbatim and not judged)
    tally.count("new_numbers", bool(new_numbers(statement.text, quoted)))
    proper = grounds_for(bench.collection, ()).proper
    tally.count("new_names", bool(new_names(statement.text, f"{quoted} {statement.speaker}", proper)))
    sentences = " ".join(
        own_sentences(evidence, bench.collection.by_id[evidence.passage])
        for evidence in statement.evidence
        if evidence.passage in bench.collection.by_id
    )
    tally.count("turned_negations", bool(turned_negations(statement.text, sentences or quoted)))


def _lowered(text: str) -> str:
    """The text as it may stand inside a sentence or at its start."""
    return text[:1].upper() + text[1:] if text[:1].islower() else text[:1].lower() + text[1:]


def _cost(tally: Tally, answer: Answer, prices: Prices) -> None:
    provenance = answer.provenance
    tally.count("latency", provenance.timings.total)
    if provenance.timings.first_statement is not None:
        tally.count("first_statement", provenance.timings.first_statement)
    tally.count("prompt_tokens", provenance.tokens.prompt)
    tally.count("completion_tokens", provenance.tokens.completion)
    if prices.prompt is not None and prices.completion is not None:
        cost = provenance.tokens.prompt * prices.prompt + provenance.tokens.completion * prices.completion
        tally.count("cost", cost / PER_MILLION)
    drafted = len(answer.statements) + len(answer.dropped)
    if drafted:
        tally.count("dropped_statements", len(answer.dropped), drafted)
    if answer.statements:
        tally.count("statements", len(answer.statements))
