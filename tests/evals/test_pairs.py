"""The labelled pairs: what is shipped is whole, and the figures are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.ownership import own_sentences
from evals.checker import DataError, balanced_accuracy
from evals.judge import LEAST, shipped
from evals.pairs import PAIRS, _collection, kappa, pairs_table, read_pairs


def test_the_shipped_pairs_are_enough_of_either_label():
    pairs = read_pairs()
    assert len(pairs) == 150 and len({pair.id for pair in pairs}) == 150
    assert min(sum(p.faithful for p in pairs), sum(not p.faithful for p in pairs)) >= 40
    assert all(pair.faithful == all(pair.labels) for pair in pairs)


def test_the_evidence_of_every_pair_stands_in_its_collection():
    for pair in read_pairs():
        (evidence,) = pair.statement.evidence
        passage = _collection(pair.collection).by_id[evidence.passage]
        assert evidence.quote == passage.text[evidence.start : evidence.end]
        assert pair.evidence == own_sentences(evidence, passage)
        assert pair.claim == pair.statement.text


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([True, False], [True, False], 1),
        ([True, False, True, False], [True, True, False, False], 0),
        ([True, True, False, False], [False, False, True, True], -1),
        ([True, True], [True, True], 1),
    ],
)
def test_kappa(first: list[bool], second: list[bool], expected: float):
    assert kappa(first, second) == pytest.approx(expected)


def test_the_table_says_who_labelled_and_names_what_gets_through():
    few = [pair for pair in read_pairs() if pair.origin == "draft"][:30]
    few += [pair for pair in read_pairs() if pair.origin == "shown"]
    lines = pairs_table(1, few)
    assert "two sessions of a language model" in lines[0] and any(
        line.startswith("| shown | 77 | 3 |") for line in lines
    )
    got = [line for line in lines if line.startswith("passed though wrong: ")]
    assert len(got) == sum(pair.passes and not pair.faithful for pair in few)


def test_a_judge_is_held_against_the_check_itself_on_them():
    pairs = shipped()
    assert len(pairs) >= LEAST and all(pair.passes is not None for pair in pairs)
    labels, verdicts = zip(*((p.faithful, bool(p.passes)) for p in pairs), strict=True)
    import numpy as np

    assert balanced_accuracy(np.array(labels), np.array(verdicts)) > 0.7


def test_a_line_that_is_no_pair_is_named(tmp_path: Path):
    path = tmp_path / "pairs.jsonl"
    first = PAIRS.read_text("utf-8").split("\n")[0]
    path.write_text(first + '\n{"id": "x"}\n', "utf-8")
    with pytest.raises(DataError, match="line 2"):
        read_pairs(path)
