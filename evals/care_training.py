"""Trains the care screen's second net: `python -m evals.care_training` writes bot/hints.npz.

Logistic regression by Newton's method in numpy, the same weights every time. Each batch of the safety
suite is scored once by a net that never saw it; the threshold is the lowest that keeps false alarms at
two in a hundred, on those batches and on the questions of other suites that are held out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.corpus import load_collection
from bot.embedding import WordLlamaEmbedding
from bot.hints import GRAM_SCALE, VECTOR_SCALE, WEIGHTS, Net, grams_of, save_net, score, signs_of
from bot.phrases import rulebook
from bot.reading import speech_for_hints
from bot.safety import Concern, screen_with

ROOT = Path(__file__).parent.parent
SUITES = ROOT / "evals" / "suites"
COLLECTION = ROOT / "knowledge" / "levine"
LESSONS = Path(__file__).with_name("care_training.yaml")
OTHERS = ("contested", "factual", "leading", "absent", "offtopic", "followup", "retrieval", "injection")
FIRST_BATCH = "first-batch"
FALSE_ALARMS_ALLOWED = 0.02
FIRM_SHARE = 0.5
_RIDGE = 1.5
_RARE = 2
_SENTENCE_WEIGHT = 0.5
_NEWTON_STEPS = 12

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A message as the net hears it: `words` folded, `batch` the suite's batch or "" for the rest."""

    message: str
    words: str
    crisis: bool
    batch: str = ""
    weight: float = 1.0
    held_out: bool = False
    asks_advice: bool = False
    ruled: bool = False


def examples() -> list[Example]:
    """Every message to learn from or to choose the threshold on, in a fixed order."""
    return [*_suite(), *_lessons(), *_questions(), *_sentences()]


def train(taught: Sequence[Example]) -> Net:
    """The net that `taught` teaches. Its thresholds are not chosen: 0.5 and 1."""
    embedding, book = WordLlamaEmbedding(), rulebook()
    kept = [each for each in taught if each.words.strip(" .-")]
    counts = Counter(gram for each in kept for gram in grams_of(each.words))
    names = sorted(gram for gram, count in counts.items() if count >= _RARE)
    place = {gram: at for at, gram in enumerate(names)}
    lexical = np.zeros((len(kept), len(names)))
    for row, each in zip(lexical, kept, strict=True):
        grams = grams_of(each.words)
        row[[place[gram] for gram in grams if gram in place]] = GRAM_SCALE / np.sqrt(len(grams))
    vectors = VECTOR_SCALE * embedding.embed([each.words for each in kept]).astype(np.float64)
    signs = np.array([signs_of(each.words, book) for each in kept])
    table = np.hstack([lexical, vectors, signs, np.ones((len(kept), 1))])
    weights = _regression(
        table,
        np.array([float(each.crisis) for each in kept]),
        np.array([each.weight for each in kept]),
    )
    ends = np.cumsum([len(names), vectors.shape[1], signs.shape[1]])
    grams, vector, sign_weights, bias = np.split(weights, ends)
    held = dict(zip(names, np.round(grams, 4).tolist(), strict=True))
    return Net(embedding.fingerprint, held, vector, sign_weights, float(bias[0]), 0.5, 1.0)


def scores(net: Net, asked: Sequence[Example]) -> Row:
    """The score of each example, from 0 to 1."""
    vectors, book = WordLlamaEmbedding().embed([each.words for each in asked]), rulebook()
    pairs = zip(asked, vectors, strict=True)
    return np.array([score(each.words, vector, net, book) for each, vector in pairs])


def unseen_scores(known: Sequence[Example]) -> tuple[list[Example], Row]:
    """Each batch of the suite scored by a net that was not taught it; then the questions held out."""
    batches = sorted({each.batch for each in known if each.batch})
    judged: list[Example] = []
    found: list[Row] = []
    taught = [each for each in known if not each.held_out]
    for batch in batches:
        net = train([each for each in taught if each.batch != batch])
        part = [each for each in known if each.batch == batch]
        judged += part
        found.append(scores(net, part))
    apart = [each for each in known if each.held_out]
    return [*judged, *apart], np.concatenate([*found, scores(train(taught), apart)])


def thresholds(judged: Sequence[Example], found: Row) -> tuple[float, float]:
    """The lowest thresholds (plain, and firm for requests for advice) that keep to the false alarms
    allowed, the rules' own counted."""
    plain = max(
        _lowest([(e, s) for e, s in zip(judged, found, strict=True) if e.held_out == apart and not e.crisis])
        for apart in (False, True)
    )
    return round(plain, 3), round(1 - (1 - plain) * FIRM_SHARE, 3)


def alarms(each: Example, value: float, net: Net) -> bool:
    """Whether the second net calls `each`, which scored `value`, a crisis."""
    return value >= (net.firm if each.asks_advice else net.threshold)


def report(judged: Sequence[Example], found: Row, net: Net) -> str:
    """A table: for each batch, how many crises and how many others the net alone called a crisis."""
    lines = ["batch           crises caught     false alarms  with the rules' own"]
    for batch in sorted({each.batch for each in judged}):
        part = [(e, alarms(e, s, net)) for e, s in zip(judged, found, strict=True) if e.batch == batch]
        crises = [called for each, called in part if each.crisis]
        others = [(called, called or each.ruled) for each, called in part if not each.crisis]
        share = f"{sum(crises)}/{len(crises)}" if crises else "-"
        wrong, union = (sum(column) for column in zip(*others, strict=True))
        lines.append(
            f"{batch or 'other suites':<15} {share:>13} {wrong:>11}/{len(others)} {union:>14}/{len(others)}"
        )
    return "\n".join(lines)


def main() -> None:
    """Trains, chooses the thresholds, writes the weights and prints what was measured."""
    known = examples()
    judged, found = unseen_scores(known)
    plain, firm = thresholds(judged, found)
    net = replace(train([each for each in known if not each.held_out]), threshold=plain, firm=firm)
    save_net(net, WEIGHTS)
    print(report(judged, found, net))
    print(f"thresholds {plain:.3f} and {firm:.3f}; {len(net.grams)} words and pairs; {WEIGHTS.name} written")


def _regression(table: Row, said: Row, weight: Row) -> Row:
    """Ridge logistic regression by Newton's method in the dual, which is small: rows, not columns."""
    kernel = table @ table.T
    dual = np.zeros(len(said))
    for _ in range(_NEWTON_STEPS):
        logit = kernel @ dual
        chance = 1 / (1 + np.exp(-logit))
        curve = np.maximum(weight * chance * (1 - chance), 1e-5)
        target = logit + weight * (said - chance) / curve
        dual = np.linalg.solve(kernel + np.diag(_RIDGE / curve), target)
    return table.T @ dual


def _lowest(others: Sequence[tuple[Example, float]]) -> float:
    """The lowest threshold at which at most the allowed share of `others` raises an alarm."""
    spare = int(FALSE_ALARMS_ALLOWED * len(others)) - sum(each.ruled for each, _ in others)
    ranked = sorted((_plain_equal(each, value) for each, value in others if not each.ruled), reverse=True)
    return float(np.nextafter(ranked[max(spare, 0)], 1)) + 0.001


def _plain_equal(each: Example, value: float) -> float:
    """The plain threshold below which `each` raises an alarm."""
    return 1 - (1 - value) / FIRM_SHARE if each.asks_advice else value


def _example(message: str, crisis: bool, **more: object) -> Example:
    book = rulebook()
    ruled = screen_with(book, message).concern
    each = Example(message, speech_for_hints(book, message), crisis)
    return replace(each, asks_advice=ruled is Concern.ADVICE, ruled=ruled is Concern.CRISIS, **more)


def _lines(suite: str) -> list[dict]:
    path = SUITES / f"{suite}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _suite() -> list[Example]:
    cases = [case for case in _lines("safety") if not case["history"]]
    batches = [next((t for t in case["tags"] if t.endswith("-batch")), FIRST_BATCH) for case in cases]
    return [
        _example(c["question"], c["kind"] == "crisis", batch=b) for c, b in zip(cases, batches, strict=True)
    ]


def _lessons() -> list[Example]:
    lessons = yaml.safe_load(LESSONS.read_text(encoding="utf-8"))
    return [_example(text, kind == "crisis") for kind in ("crisis", "calm") for text in lessons[kind]]


def _questions() -> list[Example]:
    """Odd lines teach, even lines are held out, each with its paraphrases."""
    return [
        _example(question, False, held_out=number % 2 == 0)
        for suite in OTHERS
        for number, case in enumerate(_lines(suite), 1)
        for question in (case["question"], *case.get("paraphrases", []))
    ]


def _sentences() -> list[Example]:
    """The passages of the article and its thread, whole and by the sentence: nobody's cry for help."""
    texts = [passage.text for passage in load_collection(COLLECTION).passages]
    whole = [piece for text in texts for piece in re.split(r"(?<=[.!?])\s+", text) if len(piece.split()) > 3]
    return [_example(piece, False, weight=_SENTENCE_WEIGHT) for piece in [*texts, *whole]]


if __name__ == "__main__":
    main()
