from dataclasses import replace

import pytest

from bot.corpus import Collection
from bot.events import Finished, Passed, Progress, Stage
from bot.web.answer_page import question_html
from bot.web.conversation import NOT_REACHED, STOPPED, STOPPED_EMPTY, TROUBLE, Conversation
from tests.web.page_parts import Parts
from tests.web.scripted_server import answer, statements


def after(mill: Collection, passed: int, *, question: str = "Keep it?") -> Conversation:
    """A conversation in which so many statements have passed and no answer is finished."""
    conversation = Conversation().asking(question, mill)
    for said in statements(mill)[:passed]:
        conversation = conversation.after(Passed(statement=said, proposition="Keep it."), mill)
    return conversation


def shown(conversation: Conversation, mill: Collection) -> str:
    """The words of the last message, without what can be done about it."""
    return Parts(conversation.messages(mill)[-1]["content"].partition('<p class="acts">')[0]).text


def test_a_question_stands_before_its_answer(mill: Collection) -> None:
    roles = [message["role"] for message in after(mill, 1).messages(mill)]
    assert roles == ["user", "assistant"]


def test_progress_is_shown_while_it_lasts(mill: Collection) -> None:
    progress = Progress(stage=Stage.CHECKING, detail="Checking statement 2")
    assert shown(after(mill, 1).after(progress, mill), mill).endswith("Checking statement 2")


def test_what_has_passed_is_shown_at_once(mill: Collection) -> None:
    assert statements(mill)[1].evidence[0].quote in shown(after(mill, 2), mill)


def test_a_finished_answer_is_remembered_whole(mill: Collection) -> None:
    whole = answer(mill, "Keep it?")
    assert after(mill, 1).after(Finished(answer=whole), mill).turns[-1].answer == whole


def test_a_stopped_answer_keeps_what_had_passed(mill: Collection) -> None:
    text = shown(after(mill, 1).ended(STOPPED, mill), mill)
    assert statements(mill)[0].text in text and text.endswith(STOPPED)


def test_a_stopped_answer_does_not_pass_for_one_sided(mill: Collection) -> None:
    assert NOT_REACHED in shown(after(mill, 1).ended(STOPPED, mill), mill)


def test_stopping_before_anything_passed_says_so(mill: Collection) -> None:
    assert shown(after(mill, 0).ended(STOPPED, mill), mill) == STOPPED_EMPTY


def test_a_stopped_answer_is_remembered_in_outline(mill: Collection) -> None:
    gist = after(mill, 1).ended(STOPPED, mill).turns[-1].gist
    assert gist == "Keep it.\nMiller's Child: Would never let the mill go: it fed them in two winters."


def test_ending_withdraws_the_running_answer(mill: Collection) -> None:
    running = after(mill, 1)
    running.ended(TROUBLE, mill)
    assert running.ticket.withdrawn


def test_an_event_after_the_end_changes_nothing(mill: Collection) -> None:
    ended = after(mill, 1).ended(STOPPED, mill)
    assert ended.after(Passed(statement=statements(mill)[1]), mill) == ended


def test_asking_again_ends_the_answer_under_way(mill: Collection) -> None:
    again = after(mill, 1, question="First?").asking("Second?", mill)
    assert [turn.question for turn in again.turns] == ["First?"] and again.draft is not None


@pytest.fixture
def good(mill: Collection) -> Conversation:
    """A conversation with one whole answer."""
    return after(mill, 0).after(Finished(answer=answer(mill, "Keep it?")), mill)


@pytest.mark.parametrize("remark", [STOPPED, TROUBLE])
def test_an_answer_that_was_to_be_replaced_stands_when_no_other_came(
    good: Conversation, mill: Collection, remark: str
) -> None:
    again = good.asking_again().after(Passed(statement=statements(mill)[0]), mill)
    assert again.ended(remark, mill).turns == good.turns
    assert again.ended(remark, mill).messages(mill) == good.messages(mill)


def test_the_answer_stays_on_the_page_while_the_same_is_asked_again(
    good: Conversation, mill: Collection
) -> None:
    shown_again = good.asking_again().messages(mill)[-1]["content"]
    assert good.shown[-1] in shown_again and "drafting" in shown_again


def test_asking_again_counts_the_replaced_answer_as_no_earlier_turn(good: Conversation) -> None:
    assert good.settled == good.turns and good.asking_again().settled == ()


def test_the_new_answer_takes_the_place_of_the_old_one(good: Conversation, mill: Collection) -> None:
    other = answer(mill, "Keep it?", gaps=("Nobody speaks of rain.",))
    assert good.asking_again().after(Finished(answer=other), mill).turns[-1].answer == other
    assert len(good.asking_again().after(Finished(answer=other), mill).turns) == 1


def test_an_edited_question_that_found_no_answer_leaves_the_one_before(
    good: Conversation, mill: Collection
) -> None:
    edited = replace(good, editing=True).asking("Sell it?", mill)
    assert edited.messages(mill)[0]["content"] == question_html("Sell it?")
    assert edited.ended(TROUBLE, mill).turns == good.turns
