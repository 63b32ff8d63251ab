"""Suites: what is read, what is refused and at which line, and what is shipped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.corpus import Collection, load_collection
from bot.details import content_stems
from bot.ownership import sentence_window
from bot.settings import ROOT
from bot.wording import locate
from evals.cases import COLLECTIONS, SuiteError, demand_gold, find_suites, load_suite, trials

GOOD = {
    "id": "a",
    "question": "Why?",
    "history": [],
    "kind": "contested",
    "gold": [{"side": "for", "any": ["x"]}],
}


def line(**changed: object) -> str:
    return json.dumps({**GOOD, **changed})


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        (line(id="b", kind="riddle"), "kind"),
        (line(id="b", golden=[]), "golden"),
        (line(id="b", gold=[{"side": "up", "any": ["x"]}]), "gold.0.side"),
        (line(id="b", gold=[{"side": "for", "any": []}]), "gold.0.any"),
        (line(id="b", history=["one"]), "history.0"),
        (line(id="b", question=""), "question"),
        (line(id="b", kind="absent"), "has no gold"),
        (line(), "already"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(written, bad: str, named: str):
    path = written(line(), bad)
    with pytest.raises(SuiteError, match="line 2") as caught:
        load_suite(path)
    assert named in str(caught.value)


def test_an_empty_suite_is_refused(written):
    with pytest.raises(SuiteError, match="holds no cases"):
        load_suite(written(""))


def test_gold_that_stands_nowhere_is_refused(written, night):
    path = written(line(gold=[{"side": "for", "any": ["words that nobody wrote"]}]))
    with pytest.raises(SuiteError, match="stands nowhere"):
        demand_gold(load_suite(path), night.collection)


def test_an_unknown_suite_is_refused_with_those_there_are():
    with pytest.raises(SuiteError, match="contested"):
        find_suites(["contentious"])


def test_a_folder_of_suites_needs_only_its_path(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    found = {suite.name for suite in find_suites(["evals/blind/third"])}
    assert found == {"absent", "contested", "factual", "leading"}


def test_all_gold_that_is_shipped_stands_in_its_collection():
    for suite in find_suites([]):
        folder = COLLECTIONS / suite.collection if suite.collection else ROOT / "knowledge" / "levine"
        demand_gold(suite, load_collection(folder))


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("contested", 60),
        ("factual", 60),
        ("followup", 30),
        ("absent", 40),
        ("offtopic", 20),
        ("leading", 30),
        ("safety", 150),
        ("injection", 60),
        ("retrieval", 100),
        ("night-buses/contested", 15),
        ("night-buses/factual", 15),
        ("night-buses/absent", 10),
        ("night-buses/offtopic", 5),
        ("night-buses/followup", 6),
        ("night-buses/leading", 6),
    ],
)
def test_the_shipped_suites_are_as_large_as_promised(name: str, least: int):
    assert len(find_suites([name])[0].cases) >= least


def test_half_of_the_absent_cases_are_near_misses():
    tags = Counter(tag for case in find_suites(["absent"])[0].cases for tag in case.tags)
    assert tags["near-miss"] >= 20


@pytest.mark.parametrize("name", ["contested", "retrieval"])
def test_forty_cases_have_three_paraphrases(name: str):
    assert sum(len(case.paraphrases) >= 3 for case in find_suites([name])[0].cases) >= 40


def test_a_retrieval_paraphrase_shares_no_content_word_with_the_sentence_of_its_gold():
    levine = load_collection(ROOT / "knowledge" / "levine")
    suite = find_suites(["retrieval"])[0]
    wrong = [
        (case.id, wording, shared)
        for case in suite.cases
        if "paraphrased" in case.tags
        for wording in case.paraphrases
        for gold in case.gold
        for snippet in gold.any
        for sentence in sentences_of(snippet, levine)
        if (shared := set(content_stems(wording)) & set(content_stems(sentence)))
    ]
    assert wrong == []


def sentences_of(snippet: str, collection: Collection) -> Iterator[str]:
    for passage in collection.passages:
        if place := locate(snippet, passage.text):
            start, end = sentence_window(passage.text, *place)
            yield passage.text[start:end]


def test_each_wording_and_repetition_is_a_trial_of_one_cluster(written):
    suite = load_suite(written(line(paraphrases=["What for?", "How come?"])))
    made = trials(suite, repeat=2)
    assert len({trial.id for trial in made}) == 6
    assert {trial.cluster for trial in made} == {"own:a"}
    assert [trial.question for trial in made[:3]] == ["Why?", "What for?", "How come?"]


def test_a_limit_draws_the_same_cases_for_the_same_seed():
    suite = find_suites(["factual"])[0]
    drawn = [trial.id for trial in trials(suite, limit=5, seed=1)]
    assert drawn == [trial.id for trial in trials(suite, limit=5, seed=1)]
    assert drawn != [trial.id for trial in trials(suite, limit=5, seed=2)]
    assert len(drawn) == 5
