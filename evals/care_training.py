"""Trains the care screen's second net: `python -m evals.care_training` writes bot/hints.npz.

Logistic regression in numpy, the same weights every time. Each message of the suite and each written
lesson is scored once by a net that never saw it or its neighbours; the thresholds are chosen on those
scores, so that few calm messages and hardly any crisis that a rule finds end on the wrong side.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.corpus import load_collection
from bot.embedding import WordLlamaEmbedding
from bot.hints import (
    BUCKETS,
    WEIGHTS,
    Heard,
    Net,
    Thresholds,
    buckets_of,
    rules_of,
    save_net,
    score,
    signs_of,
    vectors_of,
)
from bot.phrases import rulebook
from bot.safety import Concern, heard_of, screen_with
from evals.care_lessons import lessons
from evals.cases import RETRIEVAL
from evals.regression import Table, regression

ROOT = Path(__file__).parent.parent
SUITES = ROOT / "evals" / "suites"
COLLECTION = ROOT / "knowledge" / "levine"
OTHERS = ("contested", "factual", "leading", "absent", "offtopic", "followup", RETRIEVAL, "injection")
FIRST_BATCH = "first-batch"
FOLDS = 5
# Calm lessons made to sound like a crisis, many of them under the name of the crises that they resemble line
# by line. They teach, but would set the threshold too high.
LOOKALIKES = tuple(
    "look look2 everyday brief farewell place hand in-thread typed tongue ages as-fact at-home dear-ones"
    " to-others wishes wounds short told-at-length abroad joking laughs"
    " told-as-history ordinary sadness angry cross asked-here".split()
)
FALSE_ALARMS_ALLOWED = 0.03
LOST_IF_BROAD = 0.03
LOST_IF_SURE = 0.003
_SUITE_WEIGHT = 2.0
_SENTENCE_WEIGHT = 0.5

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A message as the net hears it. `source` is the suite's batch, the lesson's category or "questions";
    `fold` the part it is held out with (0: always taught); `weight` how much it teaches."""

    message: str
    heard: Heard
    crisis: bool
    source: str
    fold: int = 0
    weight: float = 1.0


def examples() -> list[Example]:
    """Every message to learn from or to choose the thresholds on, in a fixed order."""
    return [*_suite(), *_lessons(), *_questions(), *_sentences()]


def taught_by(known: Sequence[Example]) -> str:
    """The hash of everything in `known` that teaches: a net made from anything else has another."""
    told = hashlib.sha256()
    for each in known:
        told.update(repr((each.heard, each.crisis, each.fold, each.weight)).encode())
    return told.hexdigest()[:16]


@dataclass(frozen=True)
class Features:
    """What the regression reads of `known`, worked out once; `rules` are the names of their last columns."""

    known: Sequence[Example]
    table: Table
    rules: tuple[str, ...]
    widths: tuple[int, int]


def features_of(known: Sequence[Example]) -> Features:
    """The features of `known`: words and letters in buckets, then vectors, signs, rules and a bias."""
    book, heard = rulebook(), [each.heard for each in known]
    names = sorted({name for each in heard for name in rules_of(each)})
    place = {name: at for at, name in enumerate(names)}
    rules = np.zeros((len(heard), len(names)))
    for row, each in zip(rules, heard, strict=True):
        row[[place[name] for name in rules_of(each)]] = 1.0
    signs = np.array([signs_of(each, book) for each in heard])
    vectors = vectors_of(heard, WordLlamaEmbedding())
    dense = np.hstack([vectors, signs, rules, np.ones((len(heard), 1))])
    table = Table.build([buckets_of(each) for each in heard], BUCKETS, dense)
    return Features(known, table, tuple(names), (vectors.shape[1], signs.shape[1]))


def learn(features: Features, taught: NDArray[np.bool_]) -> Row:
    """The weights that the examples marked in `taught` teach."""
    chosen = [each for each, take in zip(features.known, taught, strict=True) if take]
    said = np.array([float(each.crisis) for each in chosen])
    return regression(features.table.only(taught), said, np.array([each.weight for each in chosen]))


def train(taught: Sequence[Example]) -> Net:
    """The net that `taught` teaches. Its thresholds are not chosen: 0.5."""
    features = features_of(taught)
    return net_of(features, learn(features, np.ones(len(taught), dtype=bool)))


def net_of(features: Features, weights: Row) -> Net:
    """The net that has these weights."""
    vector, sign = features.widths
    ends = np.cumsum([BUCKETS, vector, sign, len(features.rules)])
    grams, vectors, signs, rules, bias = np.split(weights, ends)
    return Net(
        fingerprint=WordLlamaEmbedding().fingerprint,
        taught=taught_by(features.known),
        grams=grams,
        vectors=vectors,
        signs=signs,
        rules=dict(zip(features.rules, rules.tolist(), strict=True)),
        bias=float(bias[0]),
        thresholds=Thresholds(0.5, 0.5, 0.5),
    )


def scores(net: Net, asked: Sequence[Example]) -> Row:
    """The score of each example, from 0 to 1."""
    vectors, book = vectors_of([each.heard for each in asked], WordLlamaEmbedding()), rulebook()
    return np.array([score(each.heard, row, net, book) for each, row in zip(asked, vectors, strict=True)])


def unseen_scores(features: Features) -> tuple[list[Example], Row]:
    """Each example that has a fold, with its score by weights that were not taught that fold."""
    fold = np.array([each.fold for each in features.known])
    found = np.zeros(len(fold))
    for held_out in range(1, FOLDS + 1):
        weights = learn(features, fold != held_out)
        logit = features.table.only(fold == held_out).times(weights)
        found[fold == held_out] = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
    return [each for each in features.known if each.fold], found[fold > 0]


def thresholds(judged: Sequence[Example], found: Row) -> Thresholds:
    """The lowest threshold without a rule that keeps to the false alarms allowed; after a rule the
    highest that loses no more crises than allowed."""
    pairs = list(zip(judged, found, strict=True))
    calm = np.array(
        [s for e, s in pairs if not e.crisis and not e.heard.rules and e.source not in LOOKALIKES]
    )
    broad = np.array([s for e, s in pairs if e.crisis and e.heard.rules and e.heard.broad])
    sure = np.array([s for e, s in pairs if e.crisis and e.heard.rules and not e.heard.broad])
    plain = round(float(np.quantile(calm, 1 - FALSE_ALARMS_ALLOWED)) + 0.001, 3)
    kept = (np.quantile(broad, LOST_IF_BROAD), np.quantile(sure, LOST_IF_SURE))
    return Thresholds(plain, *(round(min(float(each), plain), 3) for each in kept))


def alarms(each: Example, value: float, limits: Thresholds) -> bool:
    """Whether the screen calls `each`, which scored `value`, a crisis."""
    return value >= limits.for_(each.heard)


def report(judged: Sequence[Example], found: Row, limits: Thresholds) -> str:
    """A table: for each source, what the screen and what the rules alone called a crisis."""
    lines = [f"{'source':<16}{'crises':>12}{'rules alone':>12}{'false alarms':>14}{'rules alone':>12}"]
    for source in [*dict.fromkeys(each.source for each in judged), ""]:
        part = [(e, alarms(e, s, limits)) for e, s in zip(judged, found, strict=True)]
        part = [(e, called) for e, called in part if source in ("", e.source)]
        columns = []
        for kind in (True, False):
            of_kind = [(called, bool(e.heard.rules)) for e, called in part if e.crisis == kind]
            columns += [f"{sum(column)}/{len(of_kind)}" for column in zip(*of_kind, strict=True)] or [
                "-",
                "-",
            ]
        lines.append("{:<16}{:>12}{:>12}{:>14}{:>12}".format(source or "all", *columns))
    return "\n".join(lines)


def main() -> None:
    """Trains, chooses the thresholds, writes the weights and prints what was measured."""
    features = features_of(examples())
    judged, found = unseen_scores(features)
    limits = thresholds(judged, found)
    weights = learn(features, np.ones(len(features.known), dtype=bool))
    save_net(replace(net_of(features, weights), thresholds=limits), WEIGHTS)
    print(report(judged, found, limits))
    print(f"{limits}; taught by {len(features.known)} messages; {WEIGHTS.name} written")


def _example(message: str, crisis: bool, source: str, fold: int = 0, weight: float = 1.0) -> Example:
    book = rulebook()
    ruled = screen_with(book, message)
    fired = ruled.matched if ruled.concern is Concern.CRISIS else ()
    # A crisis hides that advice is asked for too, so the rest of the message is not asked about it.
    heard = heard_of(book, message, fired, ruled.concern is Concern.ADVICE)
    return Example(message, heard, crisis, source, fold, weight)


def _lines(suite: str) -> list[dict]:
    path = SUITES / f"{suite}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _suite() -> list[Example]:
    cases = [case for case in _lines("safety") if not case["history"]]
    batches = [next((t for t in case["tags"] if t.endswith("-batch")), FIRST_BATCH) for case in cases]
    fold = {batch: at % FOLDS + 1 for at, batch in enumerate(sorted(set(batches)))}
    return [
        _example(case["question"], case["kind"] == "crisis", batch, fold[batch], _SUITE_WEIGHT)
        for case, batch in zip(cases, batches, strict=True)
    ]


def _lessons() -> list[Example]:
    return [_example(each.message, each.crisis, each.category, each.fold) for each in lessons()]


def _questions() -> list[Example]:
    """The questions of the other suites, each with its paraphrases.

    Those of the retrieval suite are kept back: questions that no net was taught, to look for false alarms in.
    """
    ask = partial(_example, crisis=False, source="questions")
    return [
        ask(question, fold=number % FOLDS + 1)
        for suite in OTHERS
        for number, case in enumerate(_lines(suite), 1)
        for question in (case["question"], *(case.get("paraphrases", []) if suite != RETRIEVAL else []))
    ]


def _sentences() -> list[Example]:
    """The passages of the article and its thread, whole and by the sentence: nobody's cry for help."""
    texts = [passage.text for passage in load_collection(COLLECTION).passages]
    whole = [piece for text in texts for piece in re.split(r"(?<=[.!?])\s+", text) if len(piece.split()) > 3]
    return [_example(piece, False, "passages", weight=_SENTENCE_WEIGHT) for piece in [*texts, *whole]]


if __name__ == "__main__":
    main()
