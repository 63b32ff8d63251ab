import json

import pytest

from bot.corpus import Collection
from bot.exchange import Exchange
from bot.positions import DebateMap
from bot.records import Outcome
from bot.web.conversation import exchange_html
from bot.web.memory import DAMAGED, MOST_BYTES, UNANSWERED, WORDS_NOT_KEPT, Reopened, kept_text, reopened
from tests.web.scripted_server import answer, statements

NO_MAP = DebateMap(())


def exchange(mill: Collection, question: str = "Keep it?", **changes: object) -> Exchange:
    return Exchange(question=question, answer=answer(mill, question, **changes))


def stopped(mill: Collection) -> Exchange:
    return Exchange(
        question="Why?", proposition="Keep it.", statements=statements(mill)[:2], remark="Stopped."
    )


def read(text: str, mill: Collection) -> Reopened:
    return reopened(text, mill, NO_MAP, 2000)


def tampered(mill: Collection, old: str, new: str) -> str:
    text = kept_text([exchange(mill)], "", mill)
    assert old in text
    return text.replace(old, new)


def test_what_was_kept_comes_back_whole(mill: Collection) -> None:
    exchanges = (exchange(mill), stopped(mill), exchange(mill, "And the trout?"))
    assert read(kept_text(exchanges, "", mill), mill) == Reopened(exchanges)


def test_it_is_shown_as_it_was(mill: Collection) -> None:
    before = [exchange(mill), stopped(mill)]
    after = read(kept_text(before, "", mill), mill).exchanges
    assert [exchange_html(e, mill) for e in before] == [exchange_html(e, mill) for e in after]


def test_a_question_without_an_answer_comes_back_to_be_asked(mill: Collection) -> None:
    found = read(kept_text([exchange(mill)], "And now?", mill), mill)
    assert (found.pending, found.remark) == ("And now?", UNANSWERED)


def test_nothing_is_kept_of_nothing(mill: Collection) -> None:
    assert kept_text([], "", mill) == ""
    assert read("", mill) == Reopened()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "null",
        "[]",
        '{"version":1}',
        '{"version":2,"collection":"mill","exchanges":[]}',
        "\x00",
        "é" * 50,
    ],
)
def test_a_damaged_store_is_put_away_with_a_sentence(mill: Collection, text: str) -> None:
    assert read(text, mill) == Reopened(remark=DAMAGED)


def test_an_unknown_field_is_damage(mill: Collection) -> None:
    content = json.loads(kept_text([exchange(mill)], "", mill))
    content["exchanges"][0]["answer"]["html"] = "<b>"
    assert read(json.dumps(content), mill).remark == DAMAGED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The dam kills the trout, and", "The dam feeds the trout, and"),
        ('"speaker":"Commenter C2"', '"speaker":"The author"'),
        ('"passage":"C1.1"', '"passage":"C1.9"'),
        ("Repairs cost less: the roof", "Repairs cost nothing: the roof"),
    ],
)
def test_an_answer_that_fails_the_check_is_left_out_with_a_sentence(
    mill: Collection, old: str, new: str
) -> None:
    found = read(tampered(mill, old, new), mill)
    assert found.exchanges == ()
    assert found.remark == "Left out, for the text has changed since: one answer kept on this device."


def test_the_others_stay(mill: Collection) -> None:
    sound, wrong = exchange(mill), exchange(mill, "Wrong?", voices_for=())
    assert read(kept_text([sound, wrong], "", mill), mill).exchanges == (sound,)


def test_a_stopped_answer_is_checked_too(mill: Collection) -> None:
    text = kept_text([stopped(mill)], "", mill).replace("never let it go", "gladly let it go")
    assert read(text, mill).exchanges == ()


def test_an_endless_question_is_left_out(mill: Collection) -> None:
    assert read(kept_text([exchange(mill, "why " * 600)], "", mill), mill).exchanges == ()


def test_what_belongs_to_another_text_is_not_shown_here(mill: Collection) -> None:
    assert read(
        tampered(mill, '"collection":"mill","exchanges"', '"collection":"dam","exchanges"'), mill
    ) == (Reopened())


def test_the_oldest_give_way_when_there_is_too_much(mill: Collection) -> None:
    many = [exchange(mill, f"Question {number}?") for number in range(200)]
    text = kept_text(many, "", mill)
    kept = read(text, mill).exchanges
    assert len(json.dumps(text, ensure_ascii=False).encode()) <= MOST_BYTES
    assert 20 < len(kept) < 200 and kept == tuple(many[-len(kept) :])


@pytest.mark.parametrize(("care", "stays"), [("call: 116 123", True), ("call: 999 111", False)])
def test_a_number_to_call_must_be_one_of_the_care_file(mill: Collection, care: str, stays: bool) -> None:
    helped = exchange(mill, notice="Please call 116 123.")
    found = reopened(kept_text([helped], "", mill), mill, NO_MAP, 2000, care)
    assert bool(found.exchanges) is stays


def test_words_of_a_crisis_stay_out_and_the_help_lines_in(mill: Collection) -> None:
    crisis = exchange(
        mill,
        "I cannot go on.",
        outcome=Outcome.CRISIS,
        statements=(),
        voices_for=(),
        voices_against=(),
        proposition="",
        notice="Someone can be reached now.",
    )
    text = kept_text([crisis], "", mill)
    assert "cannot go on" not in text
    found = read(text, mill).exchanges[0]
    assert (
        found.question == WORDS_NOT_KEPT
        and found.answer
        and found.answer.notice == "Someone can be reached now."
    )
