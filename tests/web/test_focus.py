"""Where the focus and the page go once something was pressed: to where one goes on, never nowhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served
from tests.web.test_talk import act
from tests.web.test_window import ANSWER, SLOWLY, WAIT, answered, ask, visit

FINGER = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
IN_THE_BOX = "document.activeElement.matches('#question textarea')"
ON_THE_QUESTION = "document.activeElement.matches('#chat .asked')"


def top_of_the_last_question(page: Page) -> float:
    return page.locator("#chat .asked").last.evaluate("e => e.getBoundingClientRect().top")


@pytest.mark.parametrize("button", [".ask-this", "#clear"])
def test_a_click_leaves_the_focus_in_the_question_box(
    page: Page, scripted_window: Served, button: str
) -> None:
    answered(page, scripted_window) if button == "#clear" else visit(page, scripted_window)
    page.locator(button).first.click()
    if button == "#clear":
        page.locator(".confirm-clear").click()
    page.wait_for_function(IN_THE_BOX, timeout=WAIT)
    page.wait_for_timeout(500)
    assert page.evaluate(IN_THE_BOX)


def test_the_ask_button_leaves_it_there_too(page: Page, scripted_window: Served) -> None:
    visit(page, scripted_window).fill("#question textarea", "Should they keep it?")
    page.locator("#ask").click()
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    assert page.evaluate(IN_THE_BOX)


def test_a_touched_starter_leads_to_its_question_and_opens_no_keyboard(
    new_page: Callable[..., Page], scripted_window: Served
) -> None:
    page = visit(new_page(**FINGER), scripted_window)
    page.locator(".ask-this").first.tap()
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    page.wait_for_function(ON_THE_QUESTION, timeout=WAIT)


def test_a_touched_clear_leads_to_the_name_of_the_page(
    new_page: Callable[..., Page], scripted_window: Served
) -> None:
    page = answered(new_page(**FINGER), scripted_window)
    page.locator("#clear").tap()
    page.locator(".confirm-clear").tap()
    page.wait_for_function("document.activeElement.matches('#masthead h1')", timeout=WAIT)


def test_an_edited_question_is_brought_to_the_top(page: Page, scripted_window: Served) -> None:
    answered(page, scripted_window)
    ask(page, "And the trout?")
    expect(page.locator(ANSWER)).to_have_count(2, timeout=WAIT)
    act(page, "edit")
    expect(page.locator(".leave-edit")).to_be_visible()
    page.mouse.wheel(0, 4000)
    ask(page, "And the roof?")
    expect(page.locator("#chat .asked").last).to_have_text("And the roof?", timeout=WAIT)
    expect(page.locator(ANSWER)).to_have_count(2, timeout=WAIT)
    page.wait_for_function(
        "[...document.querySelectorAll('#chat .asked')].at(-1).getBoundingClientRect().top < 120"
    )
    assert top_of_the_last_question(page) >= 0


def test_an_answer_asked_for_again_is_brought_to_the_top_and_announced(
    page: Page, scripted_window: Served
) -> None:
    answered(page, scripted_window)
    ask(page, "And the trout?")
    expect(page.locator(ANSWER)).to_have_count(2, timeout=WAIT)
    page.evaluate("announcer.textContent = ''")
    page.mouse.wheel(0, 4000)
    act(page, "again")
    expect(page.locator("#announcer")).to_have_text("Answer ready.", timeout=WAIT)
    page.wait_for_function(
        "[...document.querySelectorAll('#chat .asked')].at(-1).getBoundingClientRect().top < 120"
    )
    assert page.evaluate(IN_THE_BOX)


def test_stop_leaves_the_focus_in_the_question_box(page: Page, scripted_window: Served) -> None:
    ask(visit(page, scripted_window), SLOWLY)
    expect(page.locator("#chat .statement").first).to_be_visible(timeout=WAIT)
    page.locator("#stop").click()
    expect(page.locator("#chat .remark")).to_be_visible(timeout=WAIT)
    assert page.evaluate(IN_THE_BOX)
