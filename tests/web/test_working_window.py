"""The working of an answer, two models and the reports in real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served

WAIT = 30_000
QUESTION = "Should the library stop charging late fines?"


def working(page: Page, served: Served) -> Page:
    """By way of the chat window, as a doubter comes to it."""
    page.goto(served.url)
    expect(page.locator(".ask-this").first).to_be_visible(timeout=WAIT)
    page.fill("#question textarea", QUESTION)
    page.keyboard.press("Enter")
    link = page.locator("#chat a.show-working")
    expect(link).to_be_visible(timeout=WAIT)
    page.goto(served.url + str(link.get_attribute("href")))
    return page


def test_from_an_answer_to_what_was_found_drafted_and_dropped(page: Page, stage_window: Served) -> None:
    working(page, stage_window)
    expect(page.locator(".group.for td .cite").first).to_be_visible()
    expect(page.locator(".group.against td .cite").first).to_be_visible()
    dropped = page.locator("#dropped .draft.failed")
    expect(dropped).to_have_count(1)
    expect(dropped.locator(".verdicts .failed")).to_contain_text("does not stand in C2")
    expect(page.locator("#drafted .draft")).to_have_count(2)


@pytest.mark.parametrize(
    ("button", "rule"),
    [
        ("Plant a wrong quote", "word for word"),
        ("Plant a wrong speaker", "The speaker wrote the passage"),
        ("Flip a negation", "No number, name or “not”"),
    ],
)
def test_it_is_broken_by_keyboard_and_caught(
    page: Page, stage_window: Served, button: str, rule: str
) -> None:
    working(page, stage_window)
    page.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#break-result .outcome")).to_have_text("Caught. This statement would be dropped.")
    expect(page.locator("#break-result .failed")).to_contain_text(rule)


def test_somebody_writes_a_wrong_claim_and_sees_it_caught(page: Page, stage_window: Served) -> None:
    working(page, stage_window)
    page.locator("#break summary").click()
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#break-result .outcome.unchanged")).to_be_visible()
    page.locator("#break-own [name=text]").fill("fines should be doubled <b>now</b>")
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#break-result .outcome.caught")).to_be_visible()
    expect(page.locator("#break-result ins").first).to_be_visible()
    assert page.locator("#break-result .said b").count() == 0


def test_both_models_answer_side_by_side(page: Page, stage_window: Served) -> None:
    page.goto(f"{stage_window.url}/compare")
    page.fill("#compare-question", QUESTION)
    page.get_by_role("button", name="Ask").click()
    for name in ("embedded", "endpoint"):
        expect(page.locator(f".model[data-model={name}] .answer .side.for")).to_be_visible(timeout=WAIT)
    expect(page.locator(".model[data-model=endpoint] .counts")).to_contain_text("1 dropped")
    expect(page.locator(".model[data-model=embedded] .counts")).to_contain_text("none dropped")
    boxes = [page.locator(f".model[data-model={n}]").bounding_box() for n in ("embedded", "endpoint")]
    assert boxes[0] and boxes[1] and boxes[0]["y"] == boxes[1]["y"]


def test_a_question_comes_with_the_address_and_no_server_sees_it(page: Page, stage_window: Served) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{stage_window.url}/compare#Should%20fines%20go%3F")
    expect(page.locator("#compare-question")).to_have_value("Should fines go?")
    expect(page.locator(".model[data-model=embedded] .doing")).to_contain_text("Answered", timeout=WAIT)
    assert not [url for url in asked if "fines" in url.partition("#")[0]]


def test_the_latest_report_is_shown_shut_in_its_frame(page: Page, stage_window: Served) -> None:
    page.goto(f"{stage_window.url}/reports")
    expect(page.locator("tbody tr")).to_have_count(1)
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_have_text("A report of the tests' own")
    # A frame of no origin can reach neither the page around it nor what this device keeps.
    expect(frame.locator("#origin")).to_have_text("ran at null")
