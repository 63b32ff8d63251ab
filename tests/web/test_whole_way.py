"""Every flow of the window, one after the other as one visitor walks them, at each of the three sizes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served
from tests.web.test_talk import EARLIER, act, reopened
from tests.web.test_window import ANSWER, SLOWLY, WAIT, ask, clear, visit

SIZES = pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (390, 844)])


def within(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def reads(page: Page) -> None:
    """Citation, next and previous quote, find box, asking about a passage, and back."""
    page.locator(f"{ANSWER} a.cite[href^='#C1.1~']").click()
    expect(page.locator("#source .lit")).to_have_attribute("id", "C1.1")
    expect(page.locator("#source mark.now")).to_be_in_viewport()
    page.locator(".citation-next").click()
    expect(page.locator("#source .lit")).to_have_attribute("id", "A2")
    page.locator(".citation-previous").click()
    page.fill("#source-query", "repairs cost")
    # Counted from where one reads: the citation has led past the first.
    expect(page.locator(".found")).to_have_text("2 of 2")
    page.locator(".found-next").click()
    expect(page.locator(".found")).to_have_text("1 of 2")
    assert within(page)
    page.locator("#C2").hover()
    page.locator("#C2 .ask-about").click()
    expect(page.locator("#chat .asked").last).to_have_text("What does C2 say?")
    expect(page.locator(ANSWER)).to_have_count(2, timeout=WAIT)
    if page.locator("#source").is_visible():
        page.locator(".source-close").click()


def goes_on(page: Page) -> None:
    """Asks again, edits, stops."""
    act(page, "again")
    expect(page.locator("#chat .drafting")).to_be_visible(timeout=WAIT)
    expect(page.locator("#chat .drafting")).to_have_count(0, timeout=WAIT)
    act(page, "edit")
    expect(page.locator(".leave-edit")).to_be_visible()
    ask(page, EARLIER)
    expect(page.locator("#chat .asked").last).to_have_text(EARLIER, timeout=WAIT)
    expect(page.locator(f"{ANSWER} .gaps").last).to_contain_text("Earlier turns: 1.", timeout=WAIT)
    ask(page, SLOWLY)
    expect(page.locator("#chat .drafting .statement").first).to_be_visible(timeout=WAIT)
    page.locator("#stop").click()
    expect(page.locator("#chat .remark")).to_contain_text("Stopped.", timeout=WAIT)


@SIZES
def test_a_visitor_walks_the_whole_way(
    new_page: Callable[..., Page], open_handed: Served, width: int, height: int
) -> None:
    page = visit(new_page(width, height), open_handed)
    page.locator(".ask-this").first.click()
    expect(page.locator(ANSWER)).to_be_visible(timeout=WAIT)
    assert within(page)
    reads(page)
    goes_on(page)
    for kind in ("markdown", "page"):
        with page.expect_download():
            page.locator(f"[data-save={kind}]").click()
    act(page, "feedback")
    page.get_by_label("One-sided").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#note")).to_contain_text("Thank you", timeout=WAIT)
    expect(reopened(page).locator("#chat .asked")).to_have_count(3)
    clear(page)
    expect(page.locator("#chat .asked")).to_have_count(0)
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.startsWith('counterpoint.'))")
    assert within(page)


@SIZES
def test_a_facilitator_walks_the_whole_way(
    new_page: Callable[..., Page], stage_window: Served, width: int, height: int
) -> None:
    page = new_page(width, height)
    page.goto(f"{stage_window.url}/present#2", timeout=3 * WAIT)
    expect(page.locator(".slide:visible .answer")).to_be_visible(timeout=WAIT)
    for key in ("ArrowRight", "ArrowLeft", "t", "q", "b", "b", "r", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#bar .place")).to_have_text("2 of 4")
    assert within(page)
    page.goto(stage_window.url + str(page.locator(".slide:visible").get_attribute("data-working")))
    page.get_by_role("button", name="Plant a wrong quote").click()
    expect(page.locator("#break-result .outcome.caught")).to_be_visible(timeout=WAIT)
    assert within(page)
    page.goto(f"{stage_window.url}/compare#Should fines go?")
    expect(page.locator(".model .answer")).to_have_count(2, timeout=WAIT)
    assert within(page)
    page.goto(f"{stage_window.url}/reports")
    expect(page.locator("h1")).to_have_text("Evaluations")
    assert within(page)
