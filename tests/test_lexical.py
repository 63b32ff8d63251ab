from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.lexical import Bm25, Lexical, terms

TEXTS = ["Fear heals nobody.", "Healers are afraid of fear, fear, fear.", "Drugs made me ill."]


@pytest.fixture
def lexical() -> Lexical:
    return Lexical.build(TEXTS, Bm25())


def test_terms_are_stems_of_words_that_carry_meaning() -> None:
    assert terms("The healers’ fears were NOT healing") == ["healer", "fear", "heal"]


def test_scores_follow_the_bm25_formula(lexical: Lexical) -> None:
    # Lucene's BM25: idf × tf / (tf + k1 (1 − b + b · length / mean length)); lengths 3, 5 and 3.
    lengths = [len(terms(text)) for text in TEXTS]
    mean = sum(lengths) / 3
    idf = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = [
        idf * tf / (tf + 1.2 * (1 - 0.75 + 0.75 * length / mean))
        for tf, length in zip([1, 3, 0], lengths, strict=True)
    ]
    assert lexical.scores("fear") == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("query", ["", "the of", "zebra", "❄"])
def test_a_query_without_a_known_word_scores_nothing(lexical: Lexical, query: str) -> None:
    assert lexical.scores(query).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("query", "covered"),
    [
        ("fear", 1.0),
        ("the of", 0.0),
        ("zebra", 0.0),
        ("", 0.0),
        ("drugs made ill", 1.0),
        ("drugs drugs", 1.0),
    ],
)
def test_coverage_of_whole_and_of_unknown_queries(lexical: Lexical, query: str, covered: float) -> None:
    assert lexical.coverage(query) == pytest.approx(covered)


def test_coverage_weighs_words_by_their_idf(lexical: Lexical) -> None:
    known, unknown = np.log(1 + 2.5 / 1.5), np.log(1 + 3.5 / 0.5)
    assert lexical.coverage("drugs zebra") == pytest.approx(known / (known + unknown))


def test_coverage_is_one_row_s_not_all_rows_together(lexical: Lexical) -> None:
    assert lexical.coverage("nobody drugs") == pytest.approx(0.5)


def test_a_saved_index_scores_the_same(lexical: Lexical, tmp_path: Path) -> None:
    lexical.save(tmp_path / "bm25")
    loaded = Lexical.load(tmp_path / "bm25")
    assert loaded.scores("healers fear drugs").tolist() == lexical.scores("healers fear drugs").tolist()


def test_texts_of_stop_words_alone_can_be_indexed() -> None:
    assert Lexical.build(["the of", "and"], Bm25()).scores("the fear").tolist() == [0, 0]
