"""What is sent to a model at an endpoint fits, whatever was said, asked for and found."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage

from bot.budget import OVERHEAD, fair_shares, fitted, message_tokens
from bot.draft import DRAFT
from bot.embedded import REPAIR
from bot.faults import TOO_LONG, EndpointError
from bot.tools import LOOK_UP_MAP, READ_THREAD, SEARCH

QUESTION = HumanMessage("Should the library drop late fines?")


def passages(count: int, first: int = 0) -> str:
    found = [{"id": f"A{n}", "text": f"Sentence {n} of it. " * 40, "score": 0.5} for n in range(first, count)]
    return json.dumps({"passages": found})


def step(*results: tuple[str, str], said: str = "", number: int = 0) -> list[AnyMessage]:
    """One reply that calls tools, and their results."""
    numbered = [(f"{number}-{n}", name, content) for n, (name, content) in enumerate(results)]
    calls = [{"name": name, "args": {"query": "late fines"}, "id": id_} for id_, name, _ in numbered]
    told = [ToolMessage(content, tool_call_id=id_, name=name) for id_, name, content in numbered]
    return [AIMessage(said, tool_calls=calls), *told]


def talk(turns: int, words: int = 60) -> list[AnyMessage]:
    return [
        message
        for n in range(turns)
        for message in (HumanMessage(f"Question {n}?"), AIMessage(f"Answer {n}: " + "fine words " * words))
    ]


def contents(messages: list[AnyMessage]) -> list[str]:
    return [str(message.content) for message in messages]


def test_what_fits_is_sent_whole_but_for_the_measures():
    messages = [*talk(2), QUESTION, *step((SEARCH, passages(2)))]
    sent = fitted(messages, 10_000)
    assert contents(sent)[:-1] == contents(messages)[:-1]
    assert "score" not in contents(sent)[-1]


def test_what_the_graph_keeps_is_not_touched():
    messages = [QUESTION, *step((SEARCH, passages(9)), said="I shall look. " * 400)]
    before = contents(messages)
    fitted(messages, 800)
    assert contents(messages) == before


def test_results_share_the_room_and_a_small_one_stays_whole():
    small = json.dumps({"passages": [{"id": "C1", "text": "You are right about that."}]})
    sent = fitted([QUESTION, *step((SEARCH, passages(9)), (READ_THREAD, small))], 900)
    assert contents(sent)[-1] == small
    assert 700 < message_tokens(sent) <= 900


def test_the_models_own_words_go_before_anything_that_was_found():
    result = passages(2)
    found = message_tokens([ToolMessage(result, tool_call_id="1")])
    sent = fitted([QUESTION, *step((SEARCH, result), said="I shall look. " * 400)], found + 100)
    assert contents(sent)[1] == ""
    assert json.loads(contents(sent)[2])["passages"][-1]["id"] == "A1"


def test_the_oldest_talk_goes_before_the_question_and_its_results():
    sent = fitted([*talk(6), QUESTION, *step((SEARCH, passages(4)))], 700)
    assert QUESTION.content in contents(sent)
    assert "Question 0?" not in contents(sent)
    assert json.loads(contents(sent)[-1])["passages"]


def test_a_summary_outlasts_the_talk_after_it():
    summary = HumanMessage("Summed up.", additional_kwargs={"lc_source": "summarization"})
    sent = fitted([summary, *talk(6), QUESTION, *step((SEARCH, passages(4)))], 250)
    assert contents(sent)[:2] == ["Summed up.", QUESTION.content]


def test_talk_goes_by_whole_turns():
    sent = fitted([*talk(6), QUESTION, *step((SEARCH, passages(4)))], 700)
    assert isinstance(sent[0], HumanMessage)


def test_old_steps_go_whole_so_that_no_call_is_left_without_a_result():
    steps = [message for n in range(20) for message in step((SEARCH, passages(3)), number=n)]
    sent = fitted([QUESTION, *steps], 900)
    made = {call["id"] for m in sent if isinstance(m, AIMessage) for call in m.tool_calls}
    assert made == {m.tool_call_id for m in sent if isinstance(m, ToolMessage)}
    assert "19-0" in made
    assert "0-0" not in made


def test_the_latest_repair_is_always_sent():
    drafted = AIMessage("", tool_calls=[{"name": DRAFT, "args": {"statements": ["x " * 4000]}, "id": "d"}])
    repair = HumanMessage("These statements failed.", name=REPAIR)
    taken = ToolMessage("Taken.", tool_call_id="d", name=DRAFT)
    sent = fitted([QUESTION, *step((SEARCH, passages(9))), drafted, taken, repair], 900)
    assert message_tokens(sent) <= 900
    assert contents(sent)[0] == QUESTION.content
    assert contents(sent)[-1] == repair.content


@pytest.mark.parametrize(
    "messages",
    [
        [HumanMessage("word " * 3000)],
        [QUESTION, *step(*((SEARCH, passages(1)) for _ in range(300)))],
    ],
)
def test_what_cannot_be_made_to_fit_is_told_plainly(messages: list[AnyMessage]):
    with pytest.raises(EndpointError, match=TOO_LONG):
        fitted(messages, 1000)


def anything(drawn: random.Random) -> list[AnyMessage]:
    """A conversation and a turn such as a model without measure might bring about."""
    sized = [lambda: passages(drawn.randrange(12)), lambda: "Taken.", lambda: "junk {" * drawn.randrange(900)]
    steps = [
        message
        for n in range(drawn.randrange(7))
        for message in step(
            *(
                (drawn.choice((SEARCH, LOOK_UP_MAP, READ_THREAD, DRAFT)), drawn.choice(sized)())
                for _ in range(drawn.randrange(1, 5))
            ),
            said="Let me see. " * drawn.choice((0, 3, 900)),
            number=n,
        )
    ]
    return [*talk(drawn.randrange(9), drawn.randrange(200)), QUESTION, *steps]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_comes_fits_and_holds_the_question(seed: int):
    drawn = random.Random(seed)
    room = drawn.randrange(1000, 5000)
    sent = fitted(anything(drawn), room)
    assert message_tokens(sent) <= room
    assert QUESTION.content in contents(sent)


@pytest.mark.parametrize(
    ("needs", "left", "given"),
    [
        ([], 10, []),
        ([5, 5], 20, [5, 5]),
        ([100, 2, 100], 22, [10, 2, 10]),
        ([100, 100], 9, [4, 5]),
        ([3, 4], -1, [0, 0]),
    ],
)
def test_fair_shares(needs: list[int], left: int, given: list[int]):
    assert fair_shares(needs, left) == given


def test_calls_count_as_well_as_words():
    call: dict[str, Any] = {"name": SEARCH, "args": {"query": "late fines"}, "id": "1"}
    spoken: list[BaseMessage] = [AIMessage("one two three")]
    assert message_tokens(spoken) == 3 + OVERHEAD
    assert message_tokens([AIMessage("one two three", tool_calls=[call])]) > 3 + 2 * OVERHEAD
