"""Tool results cut to fewer tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.excerpt import excerpt, plain_result
from bot.tokens import count_tokens
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH, make_tools


def position(stance: str, number: int) -> dict[str, Any]:
    words = f"{stance} number {number} says that it is so for a reason"
    return {"stance": stance, "claim": words, "evidence": [{"passage": f"C{number}", "quote": words}]}


MAP = {
    "topics": [
        {
            "id": f"t{topic}",
            "proposition": "It is so.",
            "positions": [
                *(position("for", n) for n in range(8)),
                *(position("against", n) for n in range(8)),
            ],
        }
        for topic in range(3)
    ],
    "facts": [{"passage": "A1", "quote": f"Fact {n} stands here."} for n in range(5)],
    "left_open": [{"about": "Who pays for it.", "near": ["A2"]}],
}
SEARCHED = {"passages": [{"id": f"A{n}", "text": f"Sentence {n} of a passage. " * 30} for n in range(10)]}


@pytest.mark.parametrize("found", [MAP, SEARCHED, {"asked": "A7", **SEARCHED}])
@pytest.mark.parametrize("limit", [1, 40, 120, 300, 700, 1500])
def test_an_excerpt_is_within_its_limit(found: dict[str, Any], limit: int):
    assert count_tokens(excerpt(json.dumps(found), limit)) <= limit


@pytest.mark.parametrize("found", [MAP, SEARCHED])
def test_what_fits_stays_whole(found: dict[str, Any]):
    content = json.dumps(found)
    assert excerpt(content, count_tokens(content)) == content


@pytest.mark.parametrize("limit", [250, 400, 700, 1200])
def test_the_map_is_cut_between_positions_and_keeps_both_sides_of_the_best_topic(limit: int):
    kept = json.loads(excerpt(json.dumps(MAP), limit))
    stances = [each["stance"] for each in kept["topics"][0]["positions"]]
    assert kept["topics"][0]["id"] == "t0"
    assert abs(stances.count("for") - stances.count("against")) <= 1
    assert stances.count("against") >= 1
    assert kept["facts"]


def test_passages_are_kept_from_the_best_on_and_one_is_begun():
    kept = json.loads(excerpt(json.dumps(SEARCHED), 640))["passages"]
    assert [passage["id"] for passage in kept] == [f"A{n}" for n in range(len(kept))]
    assert [passage.get("cut", False) for passage in kept] == [False] * (len(kept) - 1) + [True]
    assert SEARCHED["passages"][len(kept) - 1]["text"].startswith(kept[-1]["text"])


def test_the_passage_asked_for_is_kept_first():
    kept = json.loads(excerpt(json.dumps({"asked": "A7", **SEARCHED}), 300))["passages"]
    assert "A7" in {passage["id"] for passage in kept if "cut" not in passage}
    assert len(kept) < 4


def test_a_begun_passage_still_tells_whose_words_it_quotes():
    text = "“Fines hurt.” " + "That is what she says and I do not. " * 60
    passage = {"id": "C2", "text": text, "quotes_others": [{"words": "Fines hurt.", "of": "author"}]}
    kept = json.loads(excerpt(json.dumps({"passages": [passage]}), 200))["passages"][0]
    assert (kept["cut"], kept["quotes_others"]) == (True, passage["quotes_others"])


@pytest.mark.parametrize(
    "content", ["no JSON at all " * 50, '["a list"]' * 50, '{"error": "' + "x " * 200 + '"}']
)
def test_other_text_is_cut_off(content: str):
    cut = excerpt(content, 20)
    assert content.startswith(cut)
    assert count_tokens(cut) == 20


def test_measures_and_empty_things_are_left_out():
    found = {
        "topics": [{"id": "t", "score": 0.9, "joins": False, "positions": [{"claim": "c", "fit": 0.1}]}],
        "facts": [{"quote": "q", "score": 0.2, "answer": "", "disputed_by": []}],
        "passages": [],
        "unknown_words": ["x"],
    }
    assert json.loads(plain_result(json.dumps(found))) == {
        "topics": [{"id": "t", "positions": [{"claim": "c"}]}],
        "facts": [{"quote": "q"}],
        "passages": [],
    }


def test_text_that_is_no_result_is_left_as_it_is():
    assert plain_result("Taken.") == "Taken."


@pytest.mark.parametrize(
    ("name", "args"),
    [
        (SEARCH, {"query": "fines"}),
        (READ_THREAD, {"passage": "C1"}),
        (LOOK_UP_MAP, {"question": "Drop fines?"}),
    ],
)
def test_every_tools_result_can_be_cut(library: Any, name: str, args: dict[str, str]):
    tool = next(tool for tool in make_tools(library) if tool.name == name)
    content = tool.invoke({"type": "tool_call", "id": "1", "name": name, "args": args}).content
    half = count_tokens(content) // 2
    cut = excerpt(plain_result(content), half)
    assert count_tokens(cut) <= half
    assert json.loads(cut)
