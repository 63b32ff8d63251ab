from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.corpus import About, assemble
from bot.embedding import WordLlamaEmbedding
from bot.index import Hit, Index, IndexProblem, open_index
from bot.settings import Settings
from tests.tiny import THREAD, Failing, answers, collection


@pytest.fixture(scope="session")
def wordllama() -> WordLlamaEmbedding:
    return WordLlamaEmbedding()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def opened(settings: Settings, wordllama: WordLlamaEmbedding) -> Iterator[Index]:
    with open_index(collection(), settings, embedding=wordllama) as index:
        yield index


def found(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage for hit in hits]


def test_a_passage_is_found_by_its_meaning(opened: Index) -> None:
    assert found(opened.search("medication ruined me", 2))[0] == "C1"


def test_a_passage_is_found_by_its_words(opened: Index) -> None:
    assert found(opened.search("electroshock evidence", 1)) == ["A3"]


def test_a_hit_says_where_it_stands(opened: Index) -> None:
    hit = next(hit for hit in opened.search("the pills saved me") if hit.passage == "C1.1")
    assert (hit.parent, hit.chunk, hit.text) == ("C1", "C1.1#1", THREAD["C1.1"])


def test_each_passage_is_found_once(opened: Index) -> None:
    hits = found(opened.search("fear", 7))
    assert len(hits) == len(set(hits)) == 7


def test_a_score_is_the_weighted_reciprocal_ranks_worked_out_by_hand(opened: Index) -> None:
    # Both words of the query stand in C2, so words weigh (2 × 1)² = 4.
    for hit in opened.search("grandiose healer", 7):
        by_meaning = 1 / (10 + hit.dense_rank) if hit.dense_rank else 0
        by_words = 4 / (10 + hit.bm25_rank) if hit.bm25_rank else 0
        assert hit.score == pytest.approx(by_meaning + by_words)


def test_scores_fall(opened: Index) -> None:
    for hits in answers(opened):
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_equal_texts_stand_in_reading_order(opened: Index) -> None:
    assert found(opened.search("grandiose healer", 2)) == ["C2", "C3"]


@pytest.mark.parametrize("query", ["", " \n", "\u200b"])
def test_a_query_that_says_nothing_never_fails(opened: Index, query: str) -> None:
    assert all(np.isfinite(hit.score) for hit in opened.search(query))
    assert query.strip() or opened.search(query) == []


@pytest.mark.parametrize("query", ["the of", "zebra", "❄", "?!", "x" * 5000, "<|endoftext|>"])
def test_a_query_of_unknown_words_goes_by_meaning_alone(opened: Index, query: str) -> None:
    hits = opened.search(query, 3)
    assert [(hit.dense_rank, hit.bm25_rank) for hit in hits] == [(1, None), (2, None), (3, None)]


@pytest.mark.parametrize("k", [0, 1, 3, 100])
def test_at_most_k_hits(opened: Index, k: int) -> None:
    assert len(opened.search("fear and love", k)) == min(k, 7)


def test_the_settings_say_how_many_hits(tmp_path: Path, wordllama: WordLlamaEmbedding) -> None:
    few = Settings(data_dir=tmp_path, search_passages=2)
    with open_index(collection(), few, embedding=wordllama) as index:
        assert len(index.search("fear")) == 2


@pytest.mark.parametrize(
    ("within", "expected"),
    [({"C1.1"}, {"C1.1"}), ({"C2", "C3", "A1"}, {"C2", "C3", "A1"}), ({"Z9"}, set()), (set(), set())],
)
def test_a_search_within_some_passages(opened: Index, within: set[str], expected: set[str]) -> None:
    assert set(found(opened.search("the word healer and pills", 7, within=within))) == expected


def test_a_long_passage_is_shown_by_the_chunk_that_was_found(
    tmp_path: Path, wordllama: WordLlamaEmbedding
) -> None:
    short = Settings(data_dir=tmp_path, chunk_tokens=32)
    long = "The weather was fine all week. " * 6 + "\n\nElectroshock frightened my grandmother."
    with open_index(collection(C2=long), short, embedding=wordllama) as index:
        (hit,) = index.search("grandmother and electroshock", 1)
    assert (hit.passage, hit.text) == ("C2", "Electroshock frightened my grandmother.")


def test_an_extra_text_finds_its_passage_and_is_not_shown(
    settings: Settings, wordllama: WordLlamaEmbedding
) -> None:
    extra = {"C2": ["Is that job title pretentious?"]}
    with open_index(collection(), settings, embedding=wordllama, extra_texts=extra) as index:
        assert (index.search("pretentious job title", 1)[0].passage, index.manifest.recipe.extra_texts) != (
            "C2",
            "",
        )
        assert index.search("pretentious job title", 1)[0].text == THREAD["C2"]


def test_words_alone_answer_when_the_embedding_fails(
    settings: Settings, wordllama: WordLlamaEmbedding
) -> None:
    with open_index(collection(), settings, embedding=Failing(wordllama)) as index:
        assert [(hit.passage, hit.dense_rank) for hit in index.search("electroshock")] == [("A3", None)]
        assert index.dense_problem == "The embeddings endpoint failed."


def test_threads_find_the_same(opened: Index) -> None:
    expected = answers(opened)
    with ThreadPoolExecutor(8) as pool:
        assert all(each == expected for each in pool.map(lambda _: answers(opened), range(24)))


def test_no_network_is_asked(
    settings: Settings, wordllama: WordLlamaEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with open_index(collection(), settings, embedding=wordllama) as index:
        assert found(index.search("love", 1)) == ["A2"]


def test_a_collection_without_text_is_refused(settings: Settings, wordllama: WordLlamaEmbedding) -> None:
    with pytest.raises(IndexProblem, match="holds no text"):
        open_index(assemble("none", About(title="None"), [], [], []), settings, embedding=wordllama)


def test_a_row_that_nobody_put_in_is_noticed_and_changes_no_answer(opened: Index) -> None:
    before = answers(opened)
    opened._store.dense.add(["stranger"], ["A1"], opened._store.vectors[:1])
    assert answers(opened) == before
    assert opened.chroma_problem == "Chroma holds rows that were never put in"
